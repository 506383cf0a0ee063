"""What a word is: a run of letters and digits, in any case, and the parts of a camel-case name.

All texts of a report count, keys and values, at any depth, and whole numbers
but for the times of timeline rows. Dots, slashes and underscores divide, so
the parts of `lp.bugs.model` and `user_id` are words; `BugTask` is three:
bugtask, bug and task; `user12` is user12, user and 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

MAX_CAMEL = 100
"""Characters. Longer runs are data, and no names with parts."""

_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_HAS_PARTS = re.compile(r"[A-Za-z]*(?:[a-z][A-Z]|[A-Z]{2}[a-z]|[A-Za-z](?=[0-9]))[A-Za-z]*[0-9]*\Z")
_DIVIDED = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256))


def texts_of(data: Mapping[str, Any]) -> list[str]:
    """All texts of a report's dict, in order: keys and values, none twice in a row."""
    texts: list[str] = []
    for key, value in data.items():
        texts.append(key)
        if key == "timeline" and isinstance(value, list):
            _add_timeline(texts, value)
        else:
            _add(texts, value)
    return texts


def _add_timeline(texts: list[str], rows: list[Any]) -> None:
    for row in rows:
        # The first two say when an action began and ended.
        _add(texts, row[2:] if isinstance(row, list) else row)


def _add(texts: list[str], value: Any) -> None:
    kind = type(value)
    if kind is str:
        texts.append(value)
    elif kind is list:
        for item in value:
            if type(item) is str:
                texts.append(item)
            elif item is not None:
                _add(texts, item)
    elif kind is dict:
        for key, item in value.items():
            texts.append(key)
            _add(texts, item)
    elif kind is bytes:
        texts.append(value.decode("utf-8", "replace"))
    elif kind is int:
        texts.append(str(value))


def tokens_of(texts: Iterable[str]) -> set[bytes]:
    """The runs of letters and digits, in UTF-8, with their case as it was written."""
    text = "\n".join(texts)
    if text.isascii():
        return set(text.encode("ascii").translate(_DIVIDED).split())
    return {token.encode("utf-8", "replace") for token in _WORD.findall(text)}


def words_of_token(token: bytes) -> list[bytes]:
    """A token in small letters, and its parts if it is a name of several."""
    if not token.isascii():
        return [token.decode("utf-8", "replace").lower().encode("utf-8", "replace")]
    words = [token.lower()]
    if not token.isdigit() and len(token) <= MAX_CAMEL:
        text = token.decode("ascii")
        if _HAS_PARTS.match(text):
            words.extend(part.lower().encode("ascii") for part in _CAMEL.findall(text))
    return words


def words_of(texts: Iterable[str]) -> set[str]:
    """All words of a report's texts, as text: what a scan of its body finds."""
    return {
        word.decode("utf-8", "replace")
        for token in tokens_of(texts)
        for word in words_of_token(token)
    }


def split_term(text: str) -> Iterator[str]:
    """The words of what somebody looks for, in small letters: `Bugs.model` is two."""
    return (token.lower() for token in _WORD.findall(text))
