"""BSON, the format that today's clients write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import bson
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError

from reports.formats.errors import Undecodable

_OPTIONS: dict[str, Any] = {
    "tz_aware": True,
    "tzinfo": UTC,
    "datetime_conversion": DatetimeConversion.DATETIME_AUTO,
}
_STRICT: CodecOptions[dict[str, Any]] = CodecOptions(**_OPTIONS)
_LENIENT: CodecOptions[dict[str, Any]] = CodecOptions(
    **_OPTIONS, unicode_decode_error_handler="backslashreplace"
)


def decode(content: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The dict in one BSON document, and what had to be mended. Raises Undecodable."""
    try:
        return bson.decode(content, _STRICT), ()
    except (BSONError, ValueError, OverflowError, TypeError):
        return _decode_leniently(content), ("Text that was no UTF-8 is shown with its bytes.",)


def encode(data: Mapping[str, Any]) -> bytes:
    """A safe dict as one BSON document."""
    return bson.encode(data)


def is_document(content: bytes) -> bool:
    """Whether `content` has the frame of exactly one document."""
    return (
        len(content) >= 5
        and int.from_bytes(content[:4], "little") == len(content)
        and content[-1] == 0
    )


def split_sequence(content: bytes) -> list[bytes | Undecodable]:
    """Documents one after the other. After a broken length the rest is one Undecodable."""
    members: list[bytes | Undecodable] = []
    start = 0
    while start < len(content):
        length = int.from_bytes(content[start : start + 4], "little")
        if not 5 <= length <= len(content) - start:
            members.append(_broken_length(length, len(content) - start))
            break
        members.append(content[start : start + length])
        start += length
    return members


def _broken_length(length: int, left: int) -> Undecodable:
    return Undecodable(
        "truncated", f"A BSON document says it has {length:,} bytes, where {left:,} are left."
    )


def _decode_leniently(content: bytes) -> dict[str, Any]:
    try:
        return bson.decode(content, _LENIENT)
    except (BSONError, ValueError, OverflowError, TypeError) as problem:
        if "recursion" in str(problem):
            raise Undecodable("too-deep", "Lists and dicts lie in each other too deeply.") from None
        detail = str(problem).encode("utf-8", "replace").decode()[:300]
        raise Undecodable("broken-bson", f"The BSON is damaged: {detail.rstrip('.')}.") from None
