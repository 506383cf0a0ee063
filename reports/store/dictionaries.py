"""Training dictionaries: in the background, from stored bodies, as their mix changes.

1. Take a sample of the newest bodies.
2. Train on one half of it.
3. Keep the result if it packs the other half clearly better than the newest does.

Stored bodies are scrubbed, so a dictionary holds no secret.
"""

from __future__ import annotations

from dataclasses import dataclass

import zstandard
from django.db import connection, transaction

from reports.models import BodyDictionary
from reports.store.bodies import LEVEL, unpack

SIZE = 256 * 1024
"""Bytes of a dictionary at most. 110 KB packed 3 % worse in a trial, twice as many 2 % better."""

SAMPLE_TO_SIZE = 8
"""A dictionary is this many times smaller than what it learns from, at least."""

SEGMENT_BYTES = 2000
"""How long the pieces are that a dictionary is made of. Left to search for the best length, zstd
took 15 s of CPU for one that packed no better; with it given, half a second."""

MIN_SAMPLES = 400
MIN_SAMPLE_BYTES = 64 * 1024
"""Less teaches nothing worth a dictionary."""
MAX_SAMPLES = 4000
MAX_SAMPLE_BYTES = 64 * 1024
"""Longer bodies teach little, and fill the sample."""

FIRST_NUMBER = 40_000
"""Below 32,768 zstd's numbers are spoken for."""

WORTH_IT = 0.95
"""A new dictionary is kept if it packs to less than this share of what the last one does."""

TRAINING_LOCK = 0x006469637473


@dataclass(frozen=True, slots=True)
class Training:
    """What a look at the bodies led to; sizes are packed bytes a report."""

    samples: int
    before: float = 0
    after: float = 0
    number: int | None = None
    """Of the new dictionary; None if the one in use is good enough."""


@transaction.atomic
def train_dictionary() -> Training:
    """Train a dictionary if that pays. One process at a time; others return at once."""
    if not _try_lock():
        return Training(0)
    samples = _sample()
    if len(samples) < MIN_SAMPLES or sum(map(len, samples)) < MIN_SAMPLE_BYTES:
        return Training(len(samples))
    newest = BodyDictionary.objects.order_by("-number").first()
    learnt: list[bytes | bytearray | memoryview[int]] = [*samples[::2]]
    held_out = samples[1::2]
    number = newest.number + 1 if newest else FIRST_NUMBER
    trained = _train(learnt, number)
    before = _packed_size(held_out, bytes(newest.content) if newest else b"")
    after = _packed_size(held_out, trained.as_bytes())
    if after > before * WORTH_IT:
        return Training(len(samples), before, after)
    BodyDictionary.objects.create(
        number=number, content=trained.as_bytes(), sample_count=len(learnt)
    )
    return Training(len(samples), before, after, number)


def _train(
    learnt: list[bytes | bytearray | memoryview[int]], number: int
) -> zstandard.ZstdCompressionDict:
    size = min(SIZE, sum(map(len, learnt)) // SAMPLE_TO_SIZE)
    return zstandard.train_dictionary(
        size, learnt, level=LEVEL, dict_id=number, d=8, f=20, k=min(SEGMENT_BYTES, size // 16)
    )


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TRAINING_LOCK])
        return bool(cursor.fetchone()[0])


def _sample() -> list[bytes]:
    """The newest bodies that are not too long, unpacked, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body FROM reports_report ORDER BY occurred_at DESC LIMIT %s", [MAX_SAMPLES]
        )
        bodies = (unpack(body) for (body,) in cursor.fetchall())
        return [body for body in bodies if len(body) <= MAX_SAMPLE_BYTES]


def _packed_size(samples: list[bytes], dictionary: bytes) -> float:
    shared = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    packer = zstandard.ZstdCompressor(level=LEVEL, dict_data=shared, write_checksum=True)
    return sum(len(packer.compress(sample)) for sample in samples) / len(samples)
