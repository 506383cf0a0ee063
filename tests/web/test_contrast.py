"""Every colour can be read on what it lies on, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
PAIRS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", TOKENS.split("@media")[0]
    )
}
SURFACES = ("bg", "surface", "sunken", "hover")
TEXTS = (
    "ink",
    "ink-2",
    "ink-3",
    "accent",
    "new",
    "rising",
    "quiet",
    "exc",
    "hard",
    "soft",
    "user",
    "robot",
    "keyword",
)
SHAPES = (
    "edge", "exc-fill", "hard-fill", "soft-fill", "user-fill", "robot-fill",
    "time-sql", "time-repeat", "time-http", "time-other",
)  # fmt: skip
ON_TINTS = [
    ("accent", "accent-bg"), ("ink", "accent-bg"), ("new", "new-bg"), ("rising", "rising-bg"),
    ("quiet", "quiet-bg"), ("exc", "exc-bg"), ("ink", "exc-bg"), ("on-ink", "ink"),
]  # fmt: skip


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", TEXTS)
def test_text_can_be_read_on_every_surface(name: str, scheme: int) -> None:
    for surface in SURFACES:
        assert contrast(PAIRS[name][scheme], PAIRS[surface][scheme]) >= 4.5, surface


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", SHAPES)
def test_shapes_can_be_seen_where_charts_lie(name: str, scheme: int) -> None:
    for surface in ("surface", "bg"):
        assert contrast(PAIRS[name][scheme], PAIRS[surface][scheme]) >= 3, surface


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "tint"), ON_TINTS)
def test_words_can_be_read_on_their_tint(text: str, tint: str, scheme: int) -> None:
    assert contrast(PAIRS[text][scheme], PAIRS[tint][scheme]) >= 4.5
