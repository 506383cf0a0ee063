"""The old format: headers as in a mail, then variables, timeline and traceback as lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from reports.formats.errors import Undecodable
from reports.formats.escapes import unescape
from reports.formats.values import as_float, as_time

NOT_UTF8 = "Text that was no UTF-8 is shown by what its bytes are in Latin-1."

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
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]?(.*)\Z", re.DOTALL)
_STEP = re.compile(r"(\d{1,12})-(\d{1,12})(?:@(\S*))?(?:\s+(.*))?\Z", re.DOTALL)
_EXTRA = "== EXTRA DATA =="
_FRAME = re.compile(r"\s*(?:File \"[^\n]*\"|Module \S+), line \d+")


def looks_like(content: bytes) -> bool:
    """Whether `content` begins with a header that this format has."""
    first = content.lstrip()[:200].split(b":", 1)
    return len(first) == 2 and first[0].decode("ascii", "replace").lower() in _HEADERS


def decode(content: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The dict that headers and lines tell of, and what had to be mended. Raises Undecodable."""
    text, notes = _read_text(content)
    lines = text.replace("\r\n", "\n").lstrip().split("\n")
    data, start = _read_headers(lines)
    if not data:
        raise Undecodable("not-a-report", "No header of an OOPS report was found.")
    body = _read_body(lines[start:])
    data["req_vars"] = body.variables
    data["timeline"] = body.timeline
    if any(line.strip() for line in body.traceback):
        data["tb_text"] = unescape("\n".join(body.traceback))
    return data, notes


def begins_traceback(line: str) -> bool:
    """Whether a reader takes `line` for the first of a traceback, wherever it stands."""
    return (
        line.startswith(_EXTRA)
        or (line.lower().startswith("traceback") and "=" not in line)
        or _FRAME.match(line) is not None
    )


def _read_text(content: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        # Such bytes then have the form in which the writer escapes bytes.
        return content.decode("utf-8-sig", "backslashreplace"), (NOT_UTF8,)


def _read_headers(lines: list[str]) -> tuple[dict[str, Any], int]:
    """Of headers that come twice the first counts. Also where the body starts."""
    found: dict[str, str] = {}
    name = ""
    for number, line in enumerate(lines):
        if not line.strip():
            return _typed(found), number + 1
        if line[0] in " \t" and name:
            found[name] = f"{found[name]}\n{line.strip()}"
            continue
        if begins_traceback(line) or not (header := _HEADER.match(line)):
            return _typed(found), number
        name = _HEADERS.get(header[1].lower(), header[1])
        # What comes again is kept, under a name that nothing else has.
        name = name if name not in found else f"{name} ({number + 1})"
        found[name] = header[2].strip()
    return _typed(found), len(lines)


def _typed(found: dict[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {name: _header_value(name, text) for name, text in found.items()}
    if data.get("time"):
        data["time"] = as_time(data["time"]) or data["time"]
    if data.get("duration"):
        number = as_float(data["duration"])
        data["duration"] = data["duration"] if number is None else number
    if data.get("informational"):
        data["informational"] = data["informational"].lower() == "true"
    return data


def _header_value(name: str, text: str) -> str | None:
    """The released writer writes None as a word; as a message it may be one."""
    return None if text == "None" and name != "value" else unescape(text)


@dataclass
class _Body:
    variables: list[list[str]] = field(default_factory=list)
    timeline: list[list[Any]] = field(default_factory=list)
    traceback: list[str] = field(default_factory=list)


def _read_body(lines: list[str]) -> _Body:
    """Variables and actions, until a line is neither: there the traceback begins.

    oops_wsgi's has no first line that says so, and must not be taken for
    variables where its code holds `=`.
    """
    body = _Body()
    is_in_step = False
    for number, line in enumerate(lines):
        if not line.strip():
            is_in_step = False
        elif begins_traceback(line):
            body.traceback = lines[number:]
            break
        elif step := _STEP.match(line.strip()):
            body.timeline.append(_read_step(step))
            is_in_step = True
        elif is_in_step:
            body.timeline[-1][3] += f"\n{unescape(line)}"
        elif "=" in line and line[0] not in " \t":
            body.variables.append([unescape(unquote(part)) for part in line.split("=", 1)])
        else:
            body.traceback = lines[number:]
            break
    return body


def _read_step(step: re.Match[str]) -> list[Any]:
    start, stop, category, detail = step.groups()
    return [int(start), int(stop), unescape(category or ""), unescape(detail or "")]
