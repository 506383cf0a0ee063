"""Fields: a safe dict's keys to a Report's, with a note for each that had to be mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reports.formats.ids import reporter_of_id
from reports.formats.values import as_float, as_text, as_time
from reports.report import Report, Step

_TEXTS = (
    "type",
    "value",
    "tb_text",
    "reporter",
    "hostname",
    "branch_nick",
    "revno",
    "topic",
    "url",
    "username",
)
_TEXT_LIKE = (str, bytes, int, float, type(None))
_STEPS_AT_MOST = 50_000


def build_report(data: Mapping[str, Any], oops_id: str) -> Report:
    """The report that a safe dict tells of. Never fails: what is odd is noted."""
    notes: list[str] = []
    texts = {name: _text(data, name, notes) for name in _TEXTS}
    if not texts["reporter"]:
        texts["reporter"] = reporter_of_id(oops_id)
    return Report(
        id=oops_id,
        occurred_at=_time(data, notes),
        req_vars=tuple(_variables(data.get("req_vars"), notes)),
        timeline=tuple(_steps(data.get("timeline"), notes)),
        given_duration_ms=_duration_ms(data, notes),
        is_informational=_is_true(data.get("informational")),
        data=data,
        notes=tuple(notes),
        **texts,
    )


def _text(data: Mapping[str, Any], name: str, notes: list[str]) -> str:
    value = data.get(name)
    if type(value) is str:
        return value
    if not isinstance(value, _TEXT_LIKE):
        notes.append(f"{name} is no text; it is shown as it was written.")
    return as_text(value)


def _time(data: Mapping[str, Any], notes: list[str]) -> Any:
    value = data.get("time")
    time = as_time(value)
    if time is None and value is not None:
        notes.append(f"time {as_text(value)[:80]!r} can't be read; the receipt counts.")
    return time


def _duration_ms(data: Mapping[str, Any], notes: list[str]) -> float | None:
    value = data.get("duration")
    seconds = as_float(value)
    if seconds is None and value is not None:
        notes.append("duration is no number.")
    return None if seconds is None or seconds < 0 else seconds * 1000


def _is_true(value: Any) -> bool:
    return value is True or as_text(value).strip().lower() == "true"


def _variables(variables: Any, notes: list[str]) -> Iterator[tuple[str, str]]:
    if variables is None:
        return
    if isinstance(variables, dict):
        yield from ((key, as_text(value)) for key, value in variables.items())
    elif isinstance(variables, list):
        yield from (_pair(item) for item in variables)
    else:
        notes.append("req_vars is neither a dict nor a list; it is kept among the other data.")


def _pair(item: Any) -> tuple[str, str]:
    """Old lists hold pairs, and single names."""
    if not isinstance(item, list):
        return as_text(item), ""
    key, value = (*item, "", "")[:2] if len(item) <= 2 else (item[0], item[1:])
    return as_text(key), as_text(value)


def _steps(timeline: Any, notes: list[str]) -> Iterator[Step]:
    if timeline is None:
        return
    if not isinstance(timeline, list):
        notes.append("timeline is no list; it is kept among the other data.")
        return
    if len(timeline) > _STEPS_AT_MOST:
        notes.append(f"Of {len(timeline):,} actions the first {_STEPS_AT_MOST:,} are read.")
    odd = 0
    for row in timeline[:_STEPS_AT_MOST]:
        if isinstance(row, list) and len(row) >= 2:
            yield _step(row)
        else:
            odd += 1
    if odd:
        notes.append(f"{odd:,} rows of the timeline are no actions; they are kept in the data.")


def _step(row: list[Any]) -> Step:
    start, stop, category, detail, traceback = (*row, None, None, None)[:5]
    begin = _ms(start)
    return Step(
        begin,
        max(begin, _ms(stop)),
        as_text(category),
        as_text(detail),
        as_text(traceback),
    )


def _ms(value: Any) -> float:
    if type(value) is int and -(10**12) < value < 10**12:
        return value
    return as_float(value) or 0.0
