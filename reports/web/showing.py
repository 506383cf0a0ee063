"""Senders' values made fit to be shown: nothing invisible, nothing that turns text around.

Escaping for HTML is not done here but by the templates, as for every text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SHORT = 1_000
"""Characters of a value that are shown at once."""

WHOLE = 50_000
"""Characters that a page holds of one value; the rest is in the report's JSON."""

MAX_DEPTH = 30
MAX_LINES = 2_000

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\uffff\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """A long text in two parts: at once, and on demand."""

    head: str
    rest: str
    length: int
    """Characters of the whole text."""
    left_out: int
    """Characters that are in neither part."""


def reveal(text: str) -> str:
    """`text` with characters that can't be seen, or that turn others around, named instead."""
    return _UNSAFE.sub(_name, text)


def cut(text: str, short: int = SHORT) -> Cut:
    """`text` revealed, in parts."""
    return Cut(
        head=reveal(text[:short]),
        rest=reveal(text[short:WHOLE]),
        length=len(text),
        left_out=max(0, len(text) - WHOLE),
    )


def write_out(value: Any) -> str:
    """Any value of a report as indented text, at most `MAX_DEPTH` levels and `MAX_LINES` lines."""
    lines: list[str] = []
    for line in _lines_of(value, 0):
        if len(lines) == MAX_LINES:
            lines.append("… more lines are in the report's JSON")
            break
        lines.append(line)
    return "\n".join(lines)


def _name(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return f"⟨U+{code:04X}⟩"


def _lines_of(value: Any, depth: int) -> Iterator[str]:
    indent = "    " * depth
    if not isinstance(value, Mapping | list | tuple) or not value:
        yield indent + _word(value)
    elif depth >= MAX_DEPTH:
        yield indent + "… deeper levels are in the report's JSON"
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pair(f"{indent}{key}:", inner, depth)
    else:
        for inner in value:
            yield from _pair(f"{indent}-", inner, depth)


def _pair(start: str, value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping | list | tuple) and value:
        yield start
        yield from _lines_of(value, depth + 1)
    else:
        yield f"{start} {_word(value)}"


def _word(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return repr(value)
