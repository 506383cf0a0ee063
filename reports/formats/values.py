"""Hostile values made safe: what can be shown, packed and searched without a fear.

After `make_safe` a report's dict holds only text without NUL and lone
surrogates, bytes, whole numbers of 64 bits, floats, booleans, None, aware
times, lists, and dicts with text keys.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
from bson import Binary, DatetimeMS, DBRef, Decimal128, ObjectId, Timestamp

from reports.formats.errors import MAX_DEPTH, Undecodable

NUL_SHOWN = "␀"
"""Stands for NUL, which PostgreSQL's texts and BSON's keys can't hold."""

_UNSAFE = re.compile(r"[\x00\ud800-\udfff]")
_INT64_LIMIT = 2**63
_PLAIN = (str, bool, float, type(None))
_CONTAINERS = frozenset({dict, list})
_WATCHED = _CONTAINERS | {int, tuple}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STRICTLY = (
    orjson.OPT_PASSTHROUGH_SUBCLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
)


def make_safe(value: Any) -> Any:
    """`value` itself where it is safe already; else a copy. Raises Undecodable if too deep."""
    return value if _is_safe(value) else _mend(value, 0)


def safe_text(text: str) -> str:
    """`text` without NUL and lone surrogates, which are shown instead."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSAFE.sub(_show, text) if _UNSAFE.search(text) else text


def as_text(value: Any) -> str:
    """Any safe value as people would write it; None is empty."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bytes):
        return safe_text(value.decode("utf-8", "backslashreplace"))
    if isinstance(value, datetime):
        return value.isoformat()
    return safe_text(repr(value) if isinstance(value, list | dict) else str(value))


def as_float(value: Any) -> float | None:
    """A finite number, also one written as text; else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | bytes):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < 1e15 else None


def as_time(value: Any) -> datetime | None:
    """An aware time in UTC from a time, ISO 8601 or mail date, or number since 1970; else None.

    What names no zone is in UTC, as senders write it.
    """
    if isinstance(value, str):
        value = _parse_time(value.strip())
    elif isinstance(value, int | float) and not isinstance(value, bool):
        value = _from_epoch(as_float(value))
    if not isinstance(value, datetime):
        return None
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _parse_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        number = as_float(text)
    return _from_epoch(number) if number is not None else _parse_mail_date(text)


def _parse_mail_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text[:100])
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _from_epoch(number: float | None) -> datetime | None:
    """Seconds, or where these would be thousands of years away, milliseconds."""
    if number is None:
        return None
    try:
        return _EPOCH + timedelta(seconds=number if abs(number) < 1e11 else number / 1000)
    except (OverflowError, ValueError):
        return None


def _is_safe(value: Any) -> bool:
    """Whether nothing must be mended, with each text and number looked at in C.

    orjson fails on half characters and on every type that is not plain. False
    may also be said of what is safe: the careful way then finds nothing to do.
    """
    if type(value) is not dict or not _is_shallow(value):
        return False
    try:
        written = orjson.dumps(value, default=_pass_plain, option=_STRICTLY)
    except (TypeError, RecursionError):
        return False
    return b"\\u0000" not in written


def _is_shallow(value: Any) -> bool:
    """Level by level, so that no depth can exhaust the stack.

    False also for what orjson would pass: tuples, and numbers of 64 bits without sign.
    """
    level = [value]
    for _ in range(MAX_DEPTH):
        found = [item for each in level for item in _items(each) if type(item) in _WATCHED]
        level = [item for item in found if type(item) is not int or item >= _INT64_LIMIT]
        if not level:
            return True
        if not _CONTAINERS.issuperset(map(type, level)):
            return False
    return False


def _items(container: Any) -> Iterable[Any]:
    return container.values() if type(container) is dict else container


def _pass_plain(value: Any) -> None:
    """Let through what orjson does not know and is plain all the same."""
    if type(value) is not bytes and not (type(value) is datetime and value.tzinfo is UTC):
        raise TypeError


def _mend(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind is str:
        return safe_text(value)
    if kind is dict:
        return _safe_dict(value, depth + 1)
    if kind is list:
        return _safe_list(value, depth + 1)
    if kind in _PLAIN or kind is bytes:
        return value
    return _safe_scalar(value, depth)


def _safe_dict(mapping: dict[Any, Any], depth: int) -> dict[str, Any]:
    _check_depth(depth)
    changed = False
    safe: dict[str, Any] = {}
    for key, value in mapping.items():
        new_key = key if type(key) is str and key.isascii() and "\0" not in key else _safe_key(key)
        new = _mend(value, depth)
        changed = changed or new is not value or new_key is not key
        safe[_free(new_key, safe)] = new
    return safe if changed else mapping


def _safe_list(values: list[Any], depth: int) -> list[Any]:
    _check_depth(depth)
    safe = [_mend(value, depth) for value in values]
    return safe if any(a is not b for a, b in zip(safe, values, strict=True)) else values


def _safe_key(key: Any) -> str:
    return safe_text(key) if isinstance(key, str) else as_text(_mend(key, 0))


def _free(key: str, taken: dict[str, Any]) -> str:
    """A key that was mended must not put another's value away."""
    while key in taken:
        key += "'"
    return key


def _safe_scalar(value: Any, depth: int) -> Any:
    if isinstance(value, int):
        return int(value) if -_INT64_LIMIT <= value < _INT64_LIMIT else _long_number(value)
    if isinstance(value, datetime):
        return as_time(value)
    if isinstance(value, str):
        return safe_text(str(value))
    if isinstance(value, Binary | bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, DBRef):
        # A dict that happens to hold `$ref` and `$id`.
        return _safe_dict(dict(value.as_doc()), depth + 1)
    if isinstance(value, Mapping):
        return _safe_dict(dict(value), depth + 1)
    return _safe_other(value, depth)


def _safe_other(value: Any, depth: int) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        return _safe_list(list(value), depth + 1)
    if isinstance(value, Timestamp):
        # PyPI's bson writes whole numbers from 2**63 on under this type.
        return _safe_scalar(value.time << 32 | value.inc, depth)
    if isinstance(value, DatetimeMS):
        return f"{int(value)} ms since 1970"
    if isinstance(value, ObjectId | Decimal128 | date):
        return str(value)
    return safe_text(repr(value))


def _long_number(value: int) -> str:
    # Python refuses to write very long numbers in decimal.
    return str(value) if value.bit_length() < 10_000 else hex(value)[:5000]


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Undecodable("too-deep", f"More than {MAX_DEPTH} lists and dicts lie in each other.")


def _show(match: re.Match[str]) -> str:
    return NUL_SHOWN if match.group() == "\0" else f"\\u{ord(match.group()):04x}"
