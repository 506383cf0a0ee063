"""Bodies: a report's BSON, packed small, with what earlier reports had in common.

A zstd frame names the dictionary it was packed with, so a body needs nothing
beside it to be read but that dictionary's row.
"""

from __future__ import annotations

from functools import lru_cache

import zstandard

from reports.models import BodyDictionary

LEVEL = 3
"""Higher packs a little smaller at several times the cost."""

MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes. No body is larger: intake's limit is lower, and BSON of JSON only a little larger."""


class MissingDictionary(LookupError):
    """A body names a dictionary that is not stored."""


def pack(bson: bytes) -> bytes:
    """A zstd frame of `bson`, with the newest dictionary if there is one."""
    return _compressor().compress(bson)


def unpack(body: bytes | memoryview) -> bytes:
    """The BSON in `body`. Raises MissingDictionary, or zstandard.ZstdError if it is damaged."""
    frame = bytes(body)
    number = zstandard.get_frame_parameters(frame).dict_id
    return _decompressor(number).decompress(frame, max_output_size=MAX_UNPACKED)


@lru_cache(maxsize=1)
def _compressor() -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True, write_content_size=True)


@lru_cache(maxsize=16)
def _decompressor(number: int) -> zstandard.ZstdDecompressor:
    if not number:
        return zstandard.ZstdDecompressor()
    content = BodyDictionary.objects.filter(number=number).values_list("content", flat=True).first()
    if content is None:
        raise MissingDictionary(f"No dictionary {number} is stored")
    return zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(bytes(content)))
