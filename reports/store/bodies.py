"""Bodies: a report's BSON, packed small, with what earlier reports had in common.

A zstd frame names the dictionary it was packed with, so a body needs nothing
beside it to be read but that dictionary's row. Without any dictionary bodies
are packed alone, about twice as large.
"""

from __future__ import annotations

import threading
import time
from functools import lru_cache

import zstandard

from reports.models import BodyDictionary

LEVEL = 3
"""Higher packs a little smaller at several times the cost."""

MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes. No body is larger: intake's limit is lower, and BSON of JSON only a little larger."""

NEWEST_LASTS_SECONDS = 15
"""How long a worker may go on with a dictionary after a newer one was trained."""


class MissingDictionary(LookupError):
    """A body names a dictionary that is not stored."""


def pack(content: bytes) -> bytes:
    """A zstd frame of `content`, with the newest dictionary if there is one."""
    number = _newest_number(int(time.monotonic() / NEWEST_LASTS_SECONDS))
    if getattr(_own, "number", None) != number:
        _own.compressor, _own.number = _compressor(number), number
    packed: bytes = _own.compressor.compress(content)
    return packed


def unpack(body: bytes | memoryview) -> bytes:
    """What was packed. Raises MissingDictionary, or zstandard.ZstdError if it is damaged."""
    frame = bytes(body)
    number = zstandard.get_frame_parameters(frame).dict_id
    # A decompressor is cheap, and no two threads may share one; its dictionary they may.
    unpacker = zstandard.ZstdDecompressor(dict_data=_dictionary(number) if number else None)
    return unpacker.decompress(frame, max_output_size=MAX_UNPACKED)


def forget_dictionaries() -> None:
    """Look dictionaries up afresh, as after a changed database."""
    _newest_number.cache_clear()
    _prepared.cache_clear()
    _dictionary.cache_clear()
    _own.__dict__.clear()


@lru_cache(maxsize=1)
def _newest_number(_moment: int) -> int:
    newest = BodyDictionary.objects.order_by("-number").values_list("number", flat=True).first()
    return newest or 0


_own = threading.local()
"""Each thread's compressor, which no two may share, and its dictionary's number."""


def _compressor(number: int) -> zstandard.ZstdCompressor:
    shared = _prepared(number) if number else None
    return zstandard.ZstdCompressor(level=LEVEL, dict_data=shared, write_checksum=True)


@lru_cache(maxsize=1)
def _prepared(number: int) -> zstandard.ZstdCompressionDict:
    shared = _dictionary(number)
    shared.precompute_compress(level=LEVEL)
    return shared


@lru_cache(maxsize=32)
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    content = BodyDictionary.objects.filter(number=number).values_list("content", flat=True).first()
    if content is None:
        raise MissingDictionary(f"No dictionary {number} is stored")
    return zstandard.ZstdCompressionDict(bytes(content))
