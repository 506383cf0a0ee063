"""A word's key: 26 bits, the upper half from its first three characters, the lower from all.

So the words that begin alike lie together, and a prefix is a range of keys.
Two words may share a key; whoever searches looks at the body as well.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from typing import Any
from zlib import crc32

from reports.store.words.tokens import texts_of, tokens_of, words_of_token

PREFIX_CHARACTERS = 3
HALF_BITS = 13
KEY_BITS = 2 * HALF_BITS
_MASK = (1 << HALF_BITS) - 1

MAX_WORDS = 100_000
"""Different tokens of one report that are indexed; a larger one is no report but a dump."""

LONG, VERY_LONG = 500, 20_000
"""Characters of texts whose keys are remembered as a whole."""


def key_of_word(word: bytes) -> int:
    """The key of a word in small letters, in UTF-8."""
    start = word[:PREFIX_CHARACTERS]
    if not word.isascii():
        start = word.decode("utf-8", "replace")[:PREFIX_CHARACTERS].encode("utf-8", "replace")
    return _upper_half(start) | crc32(word) >> (32 - HALF_BITS)


@lru_cache(maxsize=100_000)
def _upper_half(start: bytes) -> int:
    return (crc32(start) & _MASK) << HALF_BITS


def keys_of_prefix(prefix: bytes) -> tuple[int, int]:
    """First key, and first key after, of the words that may begin with `prefix`.

    It must have three characters at least.
    """
    first = key_of_word(prefix) & ~_MASK
    return first, first + _MASK + 1


def key_of_name(kind: str, number: int) -> int:
    """The key of what is no word: a report's signature, reporter or topic by number.

    No text has such a word: a control character divides words.
    """
    return key_of_word(f"\x01{kind}{number}".encode())


def keys_of_report(data: Mapping[str, Any]) -> array[int]:
    """The keys of all words of a report, each once, in no order."""
    texts = texts_of(data)
    often = [text for text in texts if LONG <= len(text) <= VERY_LONG]
    if often:
        texts = [text for text in texts if not LONG <= len(text) <= VERY_LONG]
    keys = _keys_of_tokens(tokens_of(texts))
    keys.update(*map(_keys_of_long_text, often))
    return array("I", keys)


@lru_cache(maxsize=4096)
def _keys_of_long_text(text: str) -> frozenset[int]:
    """Of a text that comes again and again: a traceback."""
    return frozenset(_keys_of_tokens(tokens_of([text])))


def _keys_of_tokens(tokens: set[bytes]) -> set[int]:
    if len(tokens) > MAX_WORDS:
        tokens = set(sorted(tokens)[:MAX_WORDS])
    # Numbers rarely come again, have no parts, and would push out what does come again. They are
    # most of the words: `key_of_word`, written out, saves a tenth of the time of all.
    numbers = {token for token in tokens if token.isdigit()}
    keys = {
        _upper_half(number[:PREFIX_CHARACTERS]) | crc32(number) >> (32 - HALF_BITS)
        for number in numbers
    }
    keys.update(chain.from_iterable(map(_keys_of_token, tokens - numbers)))
    return keys


@lru_cache(maxsize=200_000)
def _keys_of_token(token: bytes) -> tuple[int, ...]:
    return tuple(map(key_of_word, words_of_token(token)))
