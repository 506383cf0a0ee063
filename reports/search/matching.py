"""Whether a report matches: the rules, told by looking at the report itself.

A word matches a word of the report (`store.words.tokens` says what that is),
a prefix one that begins so. Several words in a row match where they stand so
in one text, in any case, with the same characters between them; any white
space is like any other. The first and the last may be parts of a camel-case
name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from reports.search.tree import All, Node, Term, Without
from reports.store.words.tokens import texts_of, words_of, words_of_token


class Content:
    """What a report holds, worked out as far as it is asked for."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.texts = texts_of(data)

    @cached_property
    def words(self) -> set[str]:
        """All its words."""
        return words_of(self.texts)

    @cached_property
    def _everything(self) -> str:
        return " ".join(" ".join(self.texts).lower().split())

    @cached_property
    def _lines(self) -> list[tuple[str, str]]:
        """Each text with plain spaces, as it is and in small letters."""
        plain = [" ".join(text.split()) for text in self.texts]
        return [(text, text.lower()) for text in plain]

    def holds_in_a_row(self, term: Term) -> bool:
        """Whether the words of a term stand in it one after the other, as they were written."""
        literal = _strip(" ".join(term.text.lower().split()))
        # A look through all texts as one is cheap, and ends most of it.
        return literal in self._everything and any(
            _stands_in(text, lowered, literal, term) for text, lowered in self._lines
        )


def matches(node: Node, content: Content) -> bool:
    """Whether a report with this content is what the query asks for."""
    if isinstance(node, Term):
        return _matches_term(node, content)
    if isinstance(node, Without):
        return not matches(node.part, content)
    if isinstance(node, All):
        return all(matches(part, content) for part in node.parts)
    return any(matches(part, content) for part in node.parts)


def _matches_term(term: Term, content: Content) -> bool:
    words = term.words
    if len(words) > 1:
        return content.holds_in_a_row(term)
    if term.is_prefix:
        return any(word.startswith(words[0]) for word in content.words)
    return words[0] in content.words


def _strip(literal: str) -> str:
    """Without what is neither letter nor digit at both ends."""
    start, end = 0, len(literal)
    while start < end and not literal[start].isalnum():
        start += 1
    while end > start and not literal[end - 1].isalnum():
        end -= 1
    return literal[start:end]


def _stands_in(text: str, lowered: str, literal: str, term: Term) -> bool:
    at = lowered.find(literal)
    # A few letters change their length; then there are no humps to be found.
    original = text if len(text) == len(lowered) else lowered
    while at >= 0:
        if _is_whole(original, at, at + len(literal), term):
            return True
        at = lowered.find(literal, at + 1)
    return False


def _is_whole(text: str, start: int, end: int, term: Term) -> bool:
    """Whether no word is cut at either end."""
    words = term.words
    if words[0] not in _words_around(text, start):
        return False
    around = _words_around(text, end - 1)
    if term.is_prefix:
        return any(word.startswith(words[-1]) for word in around)
    return words[-1] in around


def _words_around(text: str, at: int) -> list[str]:
    """The words of the token that the character at `at` is part of."""
    start, end = at, at + 1
    while start and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    token = text[start:end].encode("utf-8", "replace")
    return [word.decode("utf-8", "replace") for word in words_of_token(token)]
