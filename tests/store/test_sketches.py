"""Sketches: any order, the stated error, and small numbers exact."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from reports.store.sketches import (
    MAX_EXACT,
    REGISTERS,
    estimate,
    hash_of,
    is_exact,
    merge,
    sketch_of,
)

STANDARD_ERROR = 0.023
KEY = b"k" * 32
hashes = some.sets(some.integers(0, 2**32 - 1), max_size=40)
crowds = some.builds(
    lambda few, seed, count: few | set(random.Random(seed).sample(range(2**32), count)),
    hashes,
    some.integers(0, 3),
    some.sampled_from([0, 0, 500, 511, 512, 900]),
)


@given(crowds, crowds, crowds)
def test_a_sketch_depends_on_nothing_but_the_set_of_names(a, b, c):
    whole = sketch_of(a | b | c)
    first, second, third = map(sketch_of, (a, b, c))
    assert merge([first, second, third]) == whole
    assert merge([third, merge([second, first]), first]) == whole


@pytest.mark.parametrize("count", [0, 1, 2, 77, MAX_EXACT])
def test_few_people_are_counted_exactly(count):
    sketch = sketch_of({hash_of(f"person {n}", KEY) for n in range(count)})
    assert is_exact(sketch)
    assert estimate(sketch) == count


@pytest.mark.parametrize("count", [512, 1_000, 3_000, 10_000, 50_000])
def test_many_people_are_estimated_with_the_stated_error(count):
    errors = []
    for seed in range(20):
        chance = random.Random(seed)
        sketch = sketch_of([chance.getrandbits(32) for _ in range(count)])
        assert len(sketch) == REGISTERS
        errors.append(estimate(sketch) / count - 1)
    spread = math.sqrt(sum(error * error for error in errors) / len(errors))
    assert spread < 1.4 * STANDARD_ERROR
    assert max(map(abs, errors)) < 4 * STANDARD_ERROR
    assert abs(sum(errors) / len(errors)) < STANDARD_ERROR


def test_a_million_people_are_estimated_with_the_stated_error():
    chance = random.Random(1)
    sketch = sketch_of([chance.getrandbits(32) for _ in range(1_000_000)])
    assert abs(estimate(sketch) / 1_000_000 - 1) < 4 * STANDARD_ERROR


def test_even_full_registers_have_an_estimate():
    assert estimate(bytes([22]) * REGISTERS) > 10**9
    assert estimate(bytes(REGISTERS)) == 0


def test_without_the_key_a_sketch_says_nothing_of_a_name():
    assert hash_of("Ann, 7, ann", KEY) != hash_of("Ann, 7, ann", b"another")
    assert hash_of("Ann, 7, ann", KEY) != hash_of("Bob, 8, bob", KEY)


def test_names_that_are_no_text_can_be_hashed():
    assert 0 <= hash_of("\ud800", KEY) < 2**32
