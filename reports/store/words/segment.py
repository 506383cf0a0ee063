"""A segment: which of some hundred reports have which word, as a few blocks of bytes.

Reports have a place in the segment, from 0. Each key has one entry: its
number. A number below the reports' count is the place of the only report
with that key; a greater one names a list of places. Words that come together
share one list: those of a traceback, of a statement's shape. That is why what
many reports have in common costs next to nothing.

A small segment has one block of 8-byte entries, any other one 256 blocks of
4-byte entries by the key's upper 8 bits, so that finding a word reads 1/256.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.store.words.keys import KEY_BITS

MAX_REPORTS = 1000
SMALL_KEYS = 4000
WHOLE = -1
"""The slot of a small segment's only block."""
SLOT_BITS = 8
REST_BITS = KEY_BITS - SLOT_BITS
NUMBER_BITS = 32 - REST_BITS
MAX_NUMBERS = 1 << NUMBER_BITS
IS_BITMAP = 1 << 31
_REST = (1 << REST_BITS) - 1
_NUMBER = (1 << NUMBER_BITS) - 1


class TooManyLists(ValueError):
    """These reports have so little in common that they need several segments."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The blocks by slot, and the lists: where each starts, then all of them in one."""

    blocks: dict[int, bytes]
    list_starts: bytes
    lists: bytes


def build(reports: Sequence[array[int]]) -> Segment:
    """The segment of reports whose keys are given. Raises TooManyLists."""
    places = _places_by_key(reports)
    keys = sorted(places)
    numbers, lists = _number_lists(keys, places, len(reports))
    is_small = len(keys) <= SMALL_KEYS
    if not is_small and len(reports) + len(lists) > MAX_NUMBERS:
        raise TooManyLists(f"{len(lists)} lists")
    blocks = _one_block(keys, numbers) if is_small else _blocks(keys, numbers)
    return Segment(blocks, *_pack_lists(lists, len(reports)))


def _places_by_key(reports: Sequence[array[int]]) -> dict[int, int | list[int]]:
    """The only place of each key, or a list of them."""
    places: dict[int, int | list[int]] = {}
    get = places.get
    for place, keys in enumerate(reports):
        for key in keys:
            known = get(key)
            if known is None:
                places[key] = place
            elif type(known) is int:
                places[key] = [known, place]
            else:
                known.append(place)  # type: ignore[union-attr]
    return places


def _number_lists(
    keys: list[int], places: dict[int, int | list[int]], count: int
) -> tuple[list[int], list[tuple[int, ...]]]:
    """The number of each key, and the lists in the order of their numbers."""
    known: dict[tuple[int, ...], int] = {}
    numbers = []
    for key in keys:
        place = places[key]
        numbers.append(
            place if type(place) is int else known.setdefault(tuple(place), count + len(known))  # type: ignore[arg-type]
        )
    return numbers, list(known)


def _one_block(keys: list[int], numbers: list[int]) -> dict[int, bytes]:
    entries = array("Q", [key << 32 | number for key, number in zip(keys, numbers, strict=True)])
    return {WHOLE: entries.tobytes()}


def _blocks(keys: list[int], numbers: list[int]) -> dict[int, bytes]:
    entries = array(
        "I",
        [(key & _REST) << NUMBER_BITS | number for key, number in zip(keys, numbers, strict=True)],
    ).tobytes()
    blocks = {}
    start = 0
    for slot in range(1 << SLOT_BITS):
        end = bisect_left(keys, (slot + 1) << REST_BITS, start)
        if end > start:
            blocks[slot] = entries[4 * start : 4 * end]
        start = end
    return blocks


def _pack_lists(lists: Sequence[tuple[int, ...]], count: int) -> tuple[bytes, bytes]:
    """Each list as 2-byte places or as one bit a report, whichever is shorter."""
    bitmap_bytes = (count + 7) // 8
    starts = array("I")
    packed = bytearray()
    for places in lists:
        if 2 * len(places) < bitmap_bytes:
            starts.append(len(packed))
            packed += array("H", places).tobytes()
        else:
            starts.append(len(packed) | IS_BITMAP)
            packed += sum(1 << place for place in places).to_bytes(bitmap_bytes, "little")
    starts.append(len(packed))
    return starts.tobytes(), bytes(packed)


def slots_of(first: int, end: int) -> set[int]:
    """The slots whose blocks may hold keys from `first` up to before `end`."""
    return {WHOLE, *range(first >> REST_BITS, ((end - 1) >> REST_BITS) + 1)}


def find_numbers(slot: int, block: bytes, first: int, end: int) -> list[int]:
    """The numbers of the keys from `first` up to before `end` in one block."""
    if slot == WHOLE:
        view, shift, mask = memoryview(block).cast("Q"), 32, (1 << 32) - 1
        low, high = first, end
    else:
        view, shift, mask = memoryview(block).cast("I"), NUMBER_BITS, _NUMBER
        base = slot << REST_BITS
        low, high = max(0, first - base), min(1 << REST_BITS, end - base)
    start = bisect_left(view, low << shift)
    found = []
    limit = high << shift
    while start < len(view) and view[start] < limit:
        found.append(view[start] & mask)
        start += 1
    return found


def unpack_list(start: int, packed: bytes) -> int:
    """A list as bits, the report at place 0 the lowest. `start` says how it is packed."""
    if start & IS_BITMAP:
        return int.from_bytes(packed, "little")
    bits = 0
    for place in memoryview(packed).cast("H"):
        bits |= 1 << place
    return bits


def take_apart(segment: Segment, count: int) -> list[array[int]]:
    """The keys of each report again: what `build` was given, sorted."""
    starts = memoryview(segment.list_starts).cast("I")
    reports: list[array[int]] = [array("I") for _ in range(count)]
    for key, number in _entries(segment):
        if number < count:
            reports[number].append(key)
            continue
        start, end = starts[number - count], starts[number - count + 1] & ~IS_BITMAP
        bits = unpack_list(start, segment.lists[start & ~IS_BITMAP : end])
        for place in places_of(bits):
            reports[place].append(key)
    return reports


def _entries(segment: Segment) -> Iterator[tuple[int, int]]:
    for slot, block in sorted(segment.blocks.items()):
        if slot == WHOLE:
            for entry in memoryview(block).cast("Q"):
                yield entry >> 32, entry & 0xFFFFFFFF
        else:
            for entry in memoryview(block).cast("I"):
                yield slot << REST_BITS | entry >> NUMBER_BITS, entry & _NUMBER


def places_of(bits: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
