"""What is wrong with a query, and where."""

from __future__ import annotations


class QueryError(ValueError):
    """A query that can't be understood: a sentence, and the span of the text it is about."""

    def __init__(self, what: str, start: int, end: int) -> None:
        super().__init__(what)
        self.what, self.start, self.end = what, start, end
