"""Packing: gzip, bzip2 and zstd, unpacked under a limit, so that no bomb goes off."""

from __future__ import annotations

import bz2
import zlib
from collections.abc import Callable
from typing import Any

import zstandard

from reports.formats.errors import MAX_UNPACKED, TooLarge, Undecodable

MAX_LAYERS = 2
"""A packed file may have been packed again on its way; more layers are somebody's game."""


def unpack(content: bytes, encoding: str = "", *, max_unpacked: int = MAX_UNPACKED) -> bytes:
    """`content` as it was before packing.

    `encoding` is that of a Content-Encoding header, several divided by commas;
    without one the packing is found from the bytes. Raises TooLarge before more
    than `max_unpacked` bytes are in memory, Undecodable if the packing is broken.
    """
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    for name in reversed(names):
        content = _unpack_named(content, name, max_unpacked)
    for _ in range(MAX_LAYERS):
        packing = _packing_of(content)
        if not packing:
            break
        content = _unpack_as(content, packing, max_unpacked)
    if len(content) > max_unpacked:
        raise _too_large(max_unpacked)
    return content


_NAMES = {
    "gzip": "gzip",
    "x-gzip": "gzip",
    "bzip2": "bzip2",
    "bz2": "bzip2",
    "x-bzip2": "bzip2",
    "zstd": "zstd",
    "identity": "",
}
_MAGIC = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\x28\xb5\x2f\xfd", "zstd"))


def _packing_of(content: bytes) -> str:
    return next((name for magic, name in _MAGIC if content.startswith(magic)), "")


def _unpack_named(content: bytes, name: str, limit: int) -> bytes:
    if name not in _NAMES:
        raise Undecodable(
            "unknown-encoding", f"Content-Encoding {name[:40]!r} is none of gzip, bzip2, zstd."
        )
    return _unpack_as(content, _NAMES[name], limit) if _NAMES[name] else content


def _unpack_as(content: bytes, packing: str, limit: int) -> bytes:
    try:
        return _UNPACK[packing](content, limit)
    except (OSError, zlib.error, zstandard.ZstdError, EOFError, ValueError) as problem:
        if isinstance(problem, Undecodable):
            raise
        raise Undecodable("broken-packing", f"The {packing} data is damaged: {problem}.") from None


def _unpack_gzip(content: bytes, limit: int) -> bytes:
    return _unpack_members(content, limit, lambda: zlib.decompressobj(wbits=31), "gzip")


def _unpack_bzip2(content: bytes, limit: int) -> bytes:
    return _unpack_members(content, limit, bz2.BZ2Decompressor, "bzip2")


def _unpack_members(content: bytes, limit: int, make: Callable[[], Any], packing: str) -> bytes:
    """One packed stream after the other, as both tools allow."""
    parts: list[bytes] = []
    size = 0
    while content:
        member = make()
        part = member.decompress(content, limit - size + 1)
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        if not member.eof:
            raise Undecodable("truncated", f"The {packing} data ends early.")
        parts.append(part)
        content = member.unused_data
    return b"".join(parts)


def _unpack_zstd(content: bytes, limit: int) -> bytes:
    reader = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(
        content, read_across_frames=True
    )
    unpacked = reader.read(limit + 1)
    while len(unpacked) <= limit and (more := reader.read(limit + 1 - len(unpacked))):
        unpacked += more
    if len(unpacked) > limit:
        raise _too_large(limit)
    _check_zstd_ends(content)
    return unpacked


def _check_zstd_ends(content: bytes) -> None:
    """The stream reader takes a cut frame for a whole one; only the object knows its end."""
    while content:
        member = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
        member.decompress(content)
        if not member.eof:
            raise Undecodable("truncated", "The zstd data ends early.")
        content = member.unused_data


_UNPACK = {"gzip": _unpack_gzip, "bzip2": _unpack_bzip2, "zstd": _unpack_zstd}


def _too_large(limit: int) -> TooLarge:
    return TooLarge("too-large", f"Unpacked it has more than {limit:,} bytes.")
