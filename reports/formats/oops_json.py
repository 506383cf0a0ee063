"""JSON, for senders without BSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from reports.formats.errors import Undecodable

NOT_UTF8 = "Text that was no UTF-8 is shown with its bytes."

_LONG_NUMBER = re.compile(rb"[0-9]{19}")
_LONGEST_INT = 1000
_RAW_BYTE = re.compile(r"[\udc80-\udcff]")


def decode(content: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The object in a JSON text, and what had to be mended. Raises Undecodable."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    data, notes = _parse(content)
    if not isinstance(data, dict):
        raise Undecodable("not-a-report", f"A report is a JSON object, not {_name(data)}.")
    return data, notes


def encode(data: Mapping[str, Any]) -> bytes:
    """A safe dict as JSON: bytes as text, times as ISO 8601, NaN and infinities as null."""
    return orjson.dumps(data, default=_encode_other, option=orjson.OPT_NON_STR_KEYS)


def split_lines(content: bytes) -> list[bytes]:
    """One JSON text a line; empty lines are none."""
    return [line for line in content.split(b"\n") if line.strip()]


def _encode_other(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)


def _parse(content: bytes) -> tuple[Any, tuple[str, ...]]:
    # orjson makes long whole numbers floats, which loses their last digits.
    if not _LONG_NUMBER.search(content):
        try:
            return orjson.loads(content), ()
        except orjson.JSONDecodeError:
            pass
    return _parse_leniently(content)


def _parse_leniently(content: bytes) -> tuple[Any, tuple[str, ...]]:
    """Python's own reader takes NaN, numbers of any length, lone surrogates and raw newlines."""
    text, notes = _read_text(content)
    try:
        return json.loads(text, parse_int=_read_int, strict=False), notes
    except RecursionError:
        raise Undecodable("too-deep", "Lists and objects lie in each other too deeply.") from None
    except ValueError as problem:
        raise Undecodable("broken-json", f"The JSON is damaged: {problem}.") from None


def _read_text(content: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return content.decode(), ()
    except UnicodeDecodeError:
        text = content.decode("utf-8", "surrogateescape")
        return _RAW_BYTE.sub(_escape_byte, text), (NOT_UTF8,)


def _escape_byte(match: re.Match[str]) -> str:
    # Within JSON a backslash is written by two.
    return f"\\\\x{ord(match[0]) - 0xDC00:02x}"


def _read_int(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_INT else digits


def _name(value: Any) -> str:
    return {list: "a list", str: "a text", type(None): "null"}.get(type(value), "a number")
