"""The old format: headers as in a mail, then variables, timeline and traceback as lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from reports.formats.errors import Undecodable
from reports.formats.values import as_float, as_text, as_time

_HEADERS = {
    "oops-id": "id",
    "exception-type": "type",
    "exception-value": "value",
    "date": "time",
    "page-id": "topic",
    "topic": "topic",
    "branch": "branch_nick",
    "revision": "revno",
    "user": "username",
    "url": "url",
    "duration": "duration",
    "informational": "informational",
    "oops-reporter": "reporter",
}
_WRITTEN = (
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
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]?(.*)\Z", re.DOTALL)
_STEP = re.compile(r"(\d{1,12})-(\d{1,12})(?:@(\S*))?(?: (.*))?\Z", re.DOTALL)
_TRACEBACK = ("Traceback", "== EXTRA DATA ==")


def looks_like(content: bytes) -> bool:
    """Whether `content` begins with a header that this format has."""
    first = content.lstrip()[:200].split(b":", 1)
    return len(first) == 2 and first[0].decode("ascii", "replace").lower() in _HEADERS


def decode(content: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The dict that the headers and lines tell of, with no notes. Raises Undecodable."""
    lines = content.decode("utf-8", "backslashreplace").replace("\r\n", "\n").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    data = _read_headers(lines)
    if not data:
        raise Undecodable("not-a-report", "No header of an OOPS report was found.")
    _read_body(lines, data)
    return data, ()


def encode(data: Mapping[str, Any]) -> bytes:
    """A safe dict in the old form, with what is not ASCII backslash-escaped."""
    lines = [
        f"{name}: {_one_line(data[key])}" for name, key in _WRITTEN if data.get(key) is not None
    ]
    lines.append("")
    lines += [f"{_quoted(key)}={_quoted(value)}" for key, value in _pairs(data.get("req_vars"))]
    lines.append("")
    lines += [_write_step(row) for row in _rows(data.get("timeline"))]
    lines.append("")
    text = "\n".join(lines) + "\n" + as_text(data.get("tb_text"))
    return text.encode("ascii", "backslashreplace")


def _read_headers(lines: list[str]) -> dict[str, Any]:
    """Consume lines up to the first empty one."""
    data: dict[str, Any] = {}
    last = ""
    while lines:
        line = lines.pop(0)
        if not line.strip():
            break
        if line[0] in " \t" and last:
            data[last] = f"{data[last]}\n{line.strip()}"
            continue
        if line.startswith(_TRACEBACK) or not (header := _HEADER.match(line)):
            lines.insert(0, line)
            break
        last = _HEADERS.get(header.group(1).lower(), header.group(1))
        data[last] = header.group(2).strip()
    return _typed(data)


def _typed(data: dict[str, Any]) -> dict[str, Any]:
    if "time" in data:
        data["time"] = as_time(data["time"]) or data["time"]
    if "duration" in data:
        number = as_float(data["duration"])
        data["duration"] = data["duration"] if number is None else number
    if "informational" in data:
        data["informational"] = data["informational"].strip().lower() == "true"
    return data


def _read_body(lines: list[str], data: dict[str, Any]) -> None:
    variables: list[list[str]] = []
    timeline: list[list[Any]] = []
    for number, line in enumerate(lines):
        if line.startswith(_TRACEBACK):
            data["tb_text"] = "\n".join(lines[number:])
            break
        _read_line(line, variables, timeline)
    data["req_vars"] = variables
    data["timeline"] = timeline


def _read_line(line: str, variables: list[list[str]], timeline: list[list[Any]]) -> None:
    step = _STEP.match(line)
    if step:
        start, stop, category, detail = step.groups()
        timeline.append([int(start), int(stop), category or "", detail or ""])
    elif "=" in line:
        key, value = line.split("=", 1)
        variables.append([unquote(key), unquote(value)])
    elif line.strip() and timeline:
        timeline[-1][3] += f"\n{line}"


def _pairs(variables: Any) -> Iterator[tuple[Any, Any]]:
    items: Iterable[Any] = variables.items() if isinstance(variables, dict) else variables or ()
    for item in items if isinstance(items, Iterable) and not isinstance(items, str | bytes) else ():
        if isinstance(item, list | tuple) and item:
            yield item[0], item[1] if len(item) > 1 else ""


def _rows(timeline: Any) -> Iterator[list[Any]]:
    rows = timeline if isinstance(timeline, list | tuple) else ()
    yield from (list(row) for row in rows if isinstance(row, list | tuple))


def _write_step(row: list[Any]) -> str:
    start, stop, category, detail = (row + [None] * 4)[:4]
    return (
        f"{int(as_float(start) or 0):05d}-{int(as_float(stop) or 0):05d}"
        f"@{'_'.join(as_text(category).split())} {_one_line(detail)}"
    )


def _one_line(value: Any) -> str:
    return re.sub(r"\s*[\r\n]+\s*", " ", as_text(value))


def _quoted(value: Any) -> str:
    return quote(as_text(value), safe=" /:;,()[]{}<>'\"!@#$^&*|~?`", errors="backslashreplace")
