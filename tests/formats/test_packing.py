"""Unpacking never makes more than allowed, and never takes a part for the whole."""

import bz2
import gzip
import tracemalloc

import pytest
import zstandard

from reports.formats import TooLarge, Undecodable, unpack

PACK = {"gzip": gzip.compress, "bzip2": bz2.compress, "zstd": zstandard.compress}
each_packing = pytest.mark.parametrize("name", PACK)


@each_packing
def test_a_bomb_is_refused_within_the_limit_of_memory(name):
    bomb = PACK[name](b"\0" * 50_000_000)
    tracemalloc.start()
    with pytest.raises(TooLarge):
        unpack(bomb, max_unpacked=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


@each_packing
def test_exactly_the_limit_is_allowed_and_one_byte_more_is_not(name):
    assert unpack(PACK[name](b"x" * 1000), max_unpacked=1000) == b"x" * 1000
    with pytest.raises(TooLarge):
        unpack(PACK[name](b"x" * 1001), name, max_unpacked=1000)


@each_packing
def test_members_one_after_the_other_are_one_content(name):
    assert unpack(PACK[name](b"a") + PACK[name](b"b")) == b"ab"
    with pytest.raises(TooLarge):
        unpack(PACK[name](b"x" * 600) * 2, max_unpacked=1000)


@each_packing
def test_every_cut_is_noticed(name):
    packed = PACK[name](b"some text to pack" * 5)
    for length in range(4, len(packed)):
        with pytest.raises(Undecodable):
            unpack(packed[:length], name)


@each_packing
def test_what_follows_the_packed_data_is_no_part_of_it(name):
    with pytest.raises(Undecodable):
        unpack(PACK[name](b"a") + b"garbage", name)


def test_what_is_not_packed_is_left_alone_but_held_to_the_limit():
    assert unpack(b"{}") == unpack(b"{}", "identity") == b"{}"
    with pytest.raises(TooLarge):
        unpack(b"x" * 11, max_unpacked=10)


def test_packings_are_undone_from_the_last_to_the_first():
    assert unpack(gzip.compress(bz2.compress(b"a")), "bzip2, gzip") == b"a"


@pytest.mark.parametrize("encoding", ["lzma", "gzip, lzma", "br", "\ud800"])
def test_an_unknown_encoding_is_told(encoding):
    with pytest.raises(Undecodable) as refused:
        unpack(b"x", encoding)
    assert refused.value.reason == "unknown-encoding"
