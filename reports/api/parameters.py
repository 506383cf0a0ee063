"""Reading a query's parameters. What can't be used is refused with its name and the reason."""

from __future__ import annotations

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

MAX_TEXT = 20_000
"""Characters of any one parameter."""
MAX_NUMBER = 2**63 - 1


def read_text(request: Request, name: str) -> str:
    """A text without NULs, which PostgreSQL can't hold; empty if not given."""
    text = request.query_params.get(name, "").strip()
    if "\0" in text:
        raise ValidationError(f"{name} holds a NUL.")
    if len(text) > MAX_TEXT:
        raise ValidationError(f"{name} may have {MAX_TEXT:,} characters.")
    return text


def read_number(
    request: Request, name: str, *, least: int = 0, most: int = MAX_NUMBER
) -> int | None:
    """A whole number in decimal digits; None if not given."""
    text = read_text(request, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most):
        raise ValidationError(f"{name} must be a whole number from {least} to {most}.")
    return int(text)
