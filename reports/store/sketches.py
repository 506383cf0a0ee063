"""Sketches: how many different people, in a few bytes from which no name can be read. Pure.

A sketch is made of hashes of names under a secret key. Up to 511 of them are
kept as they are, so a small number is exact. From there on only 2,048
registers are left (HyperLogLog), whose estimate has a standard error of 2.3 %.
A sketch depends on nothing but the set of its names, so sketches can be joined
in any order, any number of times.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Collection, Iterable
from hashlib import blake2b

PRECISION = 11
REGISTERS = 1 << PRECISION
"""Bytes of a full sketch, one a register."""

HASH_BITS = 32
MAX_EXACT = REGISTERS // 4 - 1
"""Hashes of four bytes that are shorter than the registers."""

_RANK_BITS = HASH_BITS - PRECISION
_LOW_BITS = (1 << _RANK_BITS) - 1


def hash_of(name: str, key: bytes) -> int:
    """32 bits of a name, which say nothing without the key."""
    digest = blake2b(name.encode("utf-8", "surrogatepass"), key=key, digest_size=4).digest()
    return int.from_bytes(digest, "big")


def sketch_of(hashes: Collection[int]) -> bytes:
    """The sketch of a set of hashes."""
    distinct = set(hashes)
    if len(distinct) <= MAX_EXACT:
        return struct.pack(f"<{len(distinct)}I", *sorted(distinct))
    registers = bytearray(REGISTERS)
    _enter(registers, distinct)
    return bytes(registers)


def merge(sketches: Iterable[bytes]) -> bytes:
    """The sketch of everybody in any of them."""
    few: set[int] = set()
    full: list[bytes] = []
    for sketch in sketches:
        if len(sketch) == REGISTERS:
            full.append(sketch)
        else:
            few.update(_hashes_in(sketch))
    if not full:
        return sketch_of(few)
    registers = bytearray(map(max, *full) if len(full) > 1 else full[0])
    _enter(registers, few)
    return bytes(registers)


def estimate(sketch: bytes) -> int:
    """How many different names: exact up to `MAX_EXACT`, else within a few per cent."""
    if len(sketch) != REGISTERS:
        return len(sketch) // 4
    raw = _estimate_registers(sketch)
    # Two names may share a hash; of millions some do.
    hashes = float(1 << HASH_BITS)
    return round(-hashes * math.log1p(-min(raw / hashes, 0.999)))


def is_exact(sketch: bytes) -> bool:
    """Whether `estimate` is no estimate."""
    return len(sketch) != REGISTERS


def _hashes_in(sketch: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(sketch) // 4}I", sketch)


def _enter(registers: bytearray, hashes: Iterable[int]) -> None:
    """Raise each hash's register to the rank of its first set bit."""
    # The smallest has the highest rank, so ranks are worked out once a register.
    least = [_LOW_BITS + 1] * REGISTERS
    for each in hashes:
        low = each & _LOW_BITS
        place = each >> _RANK_BITS
        if low < least[place]:
            least[place] = low
    for place, low in enumerate(least):
        if low <= _LOW_BITS:
            registers[place] = max(registers[place], _RANK_BITS + 1 - low.bit_length())


def _estimate_registers(registers: bytes) -> float:
    """Ertl's improved estimator: one formula for all sizes, without tables ("New cardinality
    estimation algorithms for HyperLogLog sketches", 2017, algorithm 6)."""
    counts = [0] * (_RANK_BITS + 2)
    for rank in registers:
        counts[rank] += 1
    total = REGISTERS * _tau(1 - counts[_RANK_BITS + 1] / REGISTERS)
    for rank in range(_RANK_BITS, 0, -1):
        total = 0.5 * (total + counts[rank])
    total += REGISTERS * _sigma(counts[0] / REGISTERS)
    return REGISTERS * REGISTERS / (2 * math.log(2) * total) if total else math.inf


def _sigma(share: float) -> float:
    """Of the empty registers."""
    if share == 1:
        return math.inf
    weight, total, last = 1.0, share, -1.0
    while total != last:
        share *= share
        last = total
        total += share * weight
        weight += weight
    return total


def _tau(share: float) -> float:
    """Of the registers that can rise no further."""
    if share in (0, 1):
        return 0.0
    weight, total, last = 1.0, 1 - share, -1.0
    while total != last:
        share = math.sqrt(share)
        last = total
        weight *= 0.5
        total -= (1 - share) ** 2 * weight
    return total / 3
