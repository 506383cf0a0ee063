"""JSON, for senders without BSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from reports.formats.errors import Undecodable


def decode(content: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The object in a JSON text, and what had to be mended. Raises Undecodable."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        data = orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        data = _decode_leniently(content, problem)
    if not isinstance(data, dict):
        raise Undecodable("not-a-report", f"A report is a JSON object, not {_name(data)}.")
    return data, ()


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


def _decode_leniently(content: bytes, problem: ValueError) -> Any:
    """Python's own reader takes NaN, large numbers, lone surrogates and other encodings."""
    if "depth" in str(problem):
        raise Undecodable("too-deep", "Lists and objects lie in each other too deeply.")
    try:
        return json.loads(content.decode("utf-8", "backslashreplace"))
    except RecursionError:
        raise Undecodable("too-deep", "Lists and objects lie in each other too deeply.") from None
    except ValueError:
        raise Undecodable("broken-json", f"The JSON is damaged: {problem}.") from None


def _name(value: Any) -> str:
    return {list: "a list", str: "a text", type(None): "null"}.get(type(value), "a number")
