"""Write a report in the old form, as far as that goes: it has no place for unknown keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from reports.formats.escapes import escape
from reports.formats.oops_rfc822 import begins_traceback
from reports.formats.values import as_float, as_text

_HEADERS = (
    ("Oops-Id", "id"),
    ("Exception-Type", "type"),
    ("Exception-Value", "value"),
    ("Date", "time"),
    ("Page-Id", "topic"),
    ("Branch", "branch_nick"),
    ("Revision", "revno"),
    ("User", "username"),
    ("URL", "url"),
    ("Duration", "duration"),
    ("Informational", "informational"),
    ("Oops-Reporter", "reporter"),
)
_SAFE_IN_VARIABLES = "/:;,()[]$&*+?@!"
_NOT_IN_CATEGORY = re.compile(r"[^A-Za-z0-9_-]+")


def encode(data: Mapping[str, Any]) -> bytes:
    """A safe dict in the old form: ASCII, white space in a line made single spaces.

    A traceback without a first line that says so gets one; the released reader
    finds none without it.
    """
    lines = [
        f"{name}: {_one_line(data[key])}" for name, key in _HEADERS if data.get(key) is not None
    ]
    # A form without any header would be none.
    lines = [*(lines or ["Exception-Type: "]), ""]
    lines += [f"{_quoted(key)}={_quoted(value)}" for key, value in _pairs(data.get("req_vars"))]
    lines += ["", *map(_write_step, _rows(data.get("timeline"))), ""]
    text = "\n".join(lines) + "\n" + escape(_traceback(as_text(data.get("tb_text"))))
    return text.encode("ascii")


def _traceback(text: str) -> str:
    text = text.replace("\r\n", "\n")
    first = text.lstrip("\n").partition("\n")[0]
    if not text.strip() or (begins_traceback(first) and not first.lstrip().startswith(("F", "M"))):
        return text
    return f"Traceback (most recent call last):\n{text}"


def _pairs(variables: Any) -> Iterator[tuple[Any, Any]]:
    items: Iterable[Any] = variables.items() if isinstance(variables, dict) else ()
    if isinstance(variables, list):
        items = (item if isinstance(item, list) else [item] for item in variables)
    for item in items:
        if item:
            yield item[0], item[1] if len(item) > 1 else ""


def _rows(timeline: Any) -> Iterator[list[Any]]:
    rows = timeline if isinstance(timeline, list) else ()
    yield from (row for row in rows if isinstance(row, list) and len(row) >= 2)


def _write_step(row: list[Any]) -> str:
    start, stop, category, detail = (row + [None] * 4)[:4]
    name = _NOT_IN_CATEGORY.sub("-", as_text(category))
    return f"{_ms(start):05d}-{_ms(stop):05d}@{name} {_one_line(detail)}".rstrip()


def _ms(value: Any) -> int:
    """The old form has no place for a sign, or for more digits than a reader takes."""
    return min(max(int(as_float(value) or 0), 0), 10**12 - 1)


def _one_line(value: Any) -> str:
    return escape(" ".join(as_text(value).split()))


def _quoted(value: Any) -> str:
    return quote(escape(as_text(value)), safe=_SAFE_IN_VARIABLES)
