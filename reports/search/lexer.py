"""A query's text to tokens, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from reports.search.errors import QueryError

Kind = Literal["word", "phrase", "not", "or", "and", "(", ")"]

_TOKEN = re.compile(
    r"""\s+
    |(?P<open>\()
    |(?P<close>\))
    |(?P<minus>-(?=["(\w]))
    |"(?P<phrase>[^"]*)"(?P<star>\*?)
    |(?P<quote>")
    |(?P<word>[^\s()"]+(?:\([^\s()"]*\)[^\s()"]*)*)
    """,
    re.VERBOSE,
)
_OPERATORS: dict[str, Kind] = {"OR": "or", "or": "or", "AND": "and", "NOT": "not", "not": "not"}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a query. `text` of a phrase is without its quotes."""

    kind: Kind
    text: str
    start: int
    end: int
    is_prefix: bool = False


def read_tokens(text: str) -> Iterator[Token]:
    """The pieces of a query, in order. Raises QueryError where a quote is not closed."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        kind = match.lastgroup
        if kind == "quote":
            raise QueryError(
                "This quotation mark is not closed; add one at the end.", start, len(text)
            )
        if kind == "open" or kind == "close":
            yield Token("(" if kind == "open" else ")", match.group(), start, end)
        elif kind == "minus":
            yield Token("not", "-", start, end)
        elif match["phrase"] is not None:
            yield Token("phrase", match["phrase"], start, end, bool(match["star"]))
        elif kind == "word":
            yield _read_word(match["word"], start, end)


def _read_word(word: str, start: int, end: int) -> Token:
    if word in _OPERATORS:
        return Token(_OPERATORS[word], word, start, end)
    return Token("word", word.rstrip("*"), start, end, word.endswith("*"))
