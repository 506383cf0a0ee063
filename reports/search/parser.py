"""Tokens to a tree: words are all wanted, `or` binds less, `-` or `not` excludes.

query  = either
either = all ("or" all)*
all    = part+                  with or without "AND" between
part   = ("-" | "not") part | "(" either ")" | word | "phrase"
"""

from __future__ import annotations

from reports.search.errors import QueryError
from reports.search.lexer import Token, read_tokens
from reports.search.tree import EVERYTHING, All, Either, Node, Term, Without

MAX_TERMS = 50
MAX_DEPTH = 30


def parse(text: str) -> Node:
    """The tree of a query; of an empty one a tree that all reports match. Raises QueryError."""
    tokens = list(read_tokens(text))
    words = [token for token in tokens if token.kind in ("word", "phrase")]
    if len(words) > MAX_TERMS:
        token = words[MAX_TERMS]
        raise QueryError(f"A query may have {MAX_TERMS} words.", token.start, token.end)
    return _Parser(text, tokens).parse()


class _Parser:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text, self._tokens, self._at = text, tokens, 0

    def parse(self) -> Node:
        if not self._tokens:
            return EVERYTHING
        node = self._either(0)
        if (token := self._peek()) is not None:
            raise QueryError("This bracket was never opened; take it out.", token.start, token.end)
        return node

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _either(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while (token := self._peek()) is not None and token.kind == "or":
            self._at += 1
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts: list[Node] = []
        while (token := self._peek()) is not None and token.kind not in ("or", ")"):
            if token.kind == "and":
                self._at += 1
                if not parts or (after := self._peek()) is None or after.kind in ("or", ")", "and"):
                    raise self._lacks_word(token)
                continue
            parts.append(self._part(depth))
        if not parts:
            raise self._lacks_word(token)
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _lacks_word(self, token: Token | None) -> QueryError:
        if token is None:
            end = len(self._text)
            last = self._tokens[-1] if self._tokens else None
            return QueryError("A word is missing here.", last.start if last else 0, end)
        return QueryError("A word is missing here.", token.start, token.end)

    def _part(self, depth: int) -> Node:
        token = self._tokens[self._at]
        self._at += 1
        if depth > MAX_DEPTH:
            raise QueryError(f"Brackets may be {MAX_DEPTH} deep.", token.start, token.end)
        if token.kind == "not":
            after = self._peek()
            if after is None or after.kind in ("or", "and", ")"):
                raise QueryError(
                    'Nothing to exclude here; to look for the word itself, write it as "not".',
                    token.start,
                    token.end,
                )
            return Without(self._part(depth + 1))
        if token.kind == "(":
            return self._brackets(token, depth)
        return self._term(token)

    def _brackets(self, opened: Token, depth: int) -> Node:
        node = self._either(depth + 1)
        closed = self._peek()
        if closed is None:
            raise QueryError(
                "This bracket is not closed; add one at the end.", opened.start, len(self._text)
            )
        self._at += 1
        return node

    @staticmethod
    def _term(token: Token) -> Node:
        term = Term(token.text, token.is_prefix)
        if not term.words:
            raise QueryError("There is no letter and no digit to look for.", token.start, token.end)
        return term
