"""Writes the samples that no released sender writes any more, or that only trouble makes.

    python -m tests.samples.make

Numbers below 10 were written by the python-oops packages as released.
"""

from __future__ import annotations

import bz2
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bson
import zstandard

FOLDER = Path(__file__).resolve().parent
TIME = datetime(2026, 11, 24, 10, tzinfo=UTC)
PLAIN: dict[str, Any] = {"id": "OOPS-1234A567", "type": "KeyError", "value": "'x'", "time": TIME}


def nest(levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = {}
    for _ in range(levels):
        inner = {"a": inner}
    return inner


def with_bytes(old: bytes, new: bytes) -> bytes:
    """BSON with bytes in it that no encoder writes; both must be of one length."""
    return bson.encode(PLAIN | {"value": "MARK-HERE"}).replace(old, new)


def frame(body: bytes) -> bytes:
    """A document with the right length and whatever in it."""
    return (len(body) + 4).to_bytes(4, "little") + body


SAMPLES: dict[str, bytes] = {
    "010-packed-by-bzip2.bz2": bz2.compress(bson.encode(PLAIN)),
    "011-packed-by-gzip.gz": gzip.compress(bson.encode(PLAIN), mtime=0),
    "012-packed-by-zstd.zst": zstandard.compress(bson.encode(PLAIN)),
    "013-packed-twice.gz": gzip.compress(bz2.compress(bson.encode(PLAIN)), mtime=0),
    "014-without-id-type-value-and-traceback.bson": bson.encode({"topic": "T:+x"}),
    "015-empty-report.bson": bson.encode({}),
    "016-req-vars-as-pairs-and-single-names.bson": bson.encode(
        PLAIN | {"req_vars": [["a", "1"], ["b"], ["c", b"\xff"], ["d", {"e": [1]}]]}
    ),
    "017-timeline-rows-of-every-length.bson": bson.encode(
        PLAIN
        | {
            "timeline": [
                [],
                [1],
                [1, 2],
                [1, 2, "SQL-main"],
                [1, 2, "SQL", "SELECT 1"],
                [1, 2, "SQL", "SELECT 2", "tb"],
                [1, 2, "SQL", "x", "tb", "more"],
                "no",
            ]
        }
    ),
    "018-timeline-is-no-list.bson": bson.encode(PLAIN | {"timeline": "none"}),
    "019-informational-as-text.bson": bson.encode(PLAIN | {"informational": "True"}),
    "020-duration-minus-one.bson": bson.encode(PLAIN | {"duration": -1}),
    "021-revno-as-number.bson": bson.encode(PLAIN | {"revno": 14533}),
    "022-time-of-1970.bson": bson.encode(PLAIN | {"time": datetime(1970, 1, 1, tzinfo=UTC)}),
    "023-time-of-the-year-9999.bson": bson.encode(
        PLAIN | {"time": datetime(9999, 12, 31, tzinfo=UTC)}
    ),
    "024-time-beyond-all-calendars.bson": bson.encode(PLAIN | {"time": bson.DatetimeMS(10**17)}),
    "025-time-without-zone.json": json.dumps(PLAIN | {"time": "2026-11-24T10:00:00"}).encode(),
    "026-lone-surrogate.json": b'{"id": "OOPS-1", "value": "\\ud800x"}',
    "027-nul-in-key-and-value.json": b'{"id": "OOPS-1", "value": "a\\u0000b", "k\\u0000": 1}',
    "028-not-a-number.json": b'{"id": "OOPS-1", "duration": NaN, "x": Infinity}',
    "029-byte-order-mark.json": b"\xef\xbb\xbf" + json.dumps(PLAIN | {"time": None}).encode(),
    "030-text-that-is-no-utf-8.bson": with_bytes(b"MARK-HERE", b"MARK-\xff\xfe\xe9E"),
    "031-url-as-raw-bytes.bson": bson.encode(PLAIN | {"url": b"http://x/\xfc"}),
    "032-dots-and-dollars-in-keys.bson": bson.encode(PLAIN | {"a.b": 1, "$set": 2, "": 3}),
    "033-types-that-only-bson-has.bson": bson.encode(
        PLAIN
        | {
            "o": bson.ObjectId(b"0123456789ab"),
            "r": bson.Regex("x"),
            "d": bson.Decimal128("1.5"),
            "i": bson.Int64(2**62),
            "m": bson.MinKey(),
            "t": bson.Timestamp(1, 2),
            "c": bson.Code("x"),
        }
    ),
    "034-old-id-with-date.rfc822": b"Oops-Id: 2010-05-21/689S6\nException-Type: E\nException-Value: v\n\n",
    "035-reporter-only-in-the-id.bson": bson.encode(PLAIN),
    "036-ubuntu-one-id.bson": bson.encode(PLAIN | {"id": "OOPS-appserverZ" + "0a" * 16}),
    "037-id-is-no-text.bson": bson.encode(PLAIN | {"id": 7}),
    "038-deep-but-bearable.bson": bson.encode(PLAIN | {"deep": nest(90)}),
    "050-empty": b"",
    "051-truncated.bson": bson.encode(PLAIN)[:-9],
    "052-truncated.gz": gzip.compress(bson.encode(PLAIN), mtime=0)[:-9],
    "053-a-list.json": b"[1, 2]",
    "054-too-deep.bson": bson.encode({"deep": nest(150)}),
    "055-far-too-deep.json": b'{"a":' * 3000 + b"1" + b"}" * 3000,
    "056-a-bomb.gz": gzip.compress(gzip.compress(b"\0" * 60_000_000, mtime=0), mtime=0),
    "057-not-a-report": b"\x00\x01\x02\x03 what is this",
    "058-broken.json": b'{"id": "OOPS-1", ',
    "059-broken-length.bson": frame(b"\x02id\x00\xff\xff\xff\x7fOOPS-1\0\0"),
}


def main() -> None:
    for name, content in SAMPLES.items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
