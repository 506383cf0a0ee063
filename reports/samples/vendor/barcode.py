"""Bar codes: check digits and the widths of their bars."""

from __future__ import annotations

WIDTHS = ["3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"]


def encode(text: str) -> list[str]:
    """The widths of the bars of each digit."""
    digits = clean(text)
    check(digits)
    return [WIDTHS[int(digit)] for digit in digits]


def clean(text: str) -> str:
    """The text without its hyphens."""
    return text.replace("-", "").strip()


def check(digits: str) -> None:
    """Compare the last digit with what the others say it must be."""
    last = digits[12]
    total = sum(weigh(place, digit) for place, digit in enumerate(digits[:12]))
    if int(last) != -total % 10:
        raise ValueError(f"check digit of {digits} is {last}, not {-total % 10}")


def weigh(place: int, digit: str) -> int:
    """One digit's share of the total."""
    return int(digit) * (3 if place % 2 else 1)
