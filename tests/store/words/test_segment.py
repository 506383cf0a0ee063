"""A segment gives back what was put in, whatever its form."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.store.words import segment as segments
from reports.store.words.segment import TooManyLists, build, find_numbers, slots_of, take_apart

KEYS = st.integers(0, (1 << 26) - 1)
REPORTS = st.lists(st.sets(KEYS | st.integers(0, 50), max_size=30), min_size=1, max_size=40)


def bits_of(segment, count, key):
    numbers = [
        number
        for slot in slots_of(key, key + 1)
        if slot in segment.blocks
        for number in find_numbers(slot, segment.blocks[slot], key, key + 1)
    ]
    starts = memoryview(segment.list_starts).cast("I")
    bits = 0
    for number in numbers:
        if number < count:
            bits |= 1 << number
        else:
            start, end = starts[number - count], starts[number - count + 1]
            low, high = start & ~segments.IS_BITMAP, end & ~segments.IS_BITMAP
            bits |= segments.unpack_list(start, segment.lists[low:high])
    return bits


@pytest.mark.parametrize("small_keys", [0, 10**6], ids=["256 blocks", "one block"])
@given(reports=REPORTS)
def test_every_report_has_the_keys_it_came_with(small_keys, reports):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "SMALL_KEYS", small_keys)
        segment = build([array("I", sorted(keys)) for keys in reports])
    assert [set(keys) for keys in take_apart(segment, len(reports))] == reports
    for key in set().union(*reports):
        expected = sum(1 << place for place, keys in enumerate(reports) if key in keys)
        assert bits_of(segment, len(reports), key) == expected


def test_a_key_that_no_report_has_is_not_found():
    segment = build([array("I", range(0, 50_000, 2))])
    assert len(segment.blocks) < 256
    assert bits_of(segment, 1, 4) == 1
    assert bits_of(segment, 1, 5) == 0
    assert bits_of(segment, 1, (1 << 26) - 1) == 0


def test_too_little_in_common_for_one_segment_is_said(monkeypatch):
    monkeypatch.setattr(segments, "SMALL_KEYS", 0)
    monkeypatch.setattr(segments, "MAX_NUMBERS", 4)
    with pytest.raises(TooManyLists):
        build([array("I", [1, 2, 3]), array("I", [1, 2]), array("I", [1, 3])])
