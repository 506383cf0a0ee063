"""Statements to read: sqlparse's layout for the few that matter, line breaks for the many."""

from __future__ import annotations

import re
from functools import lru_cache

import sqlparse
from sqlparse.exceptions import SQLParseError

MAX_FORMATTED = 1_500
"""Characters. sqlparse takes about 10 ms for each thousand, so longer ones only get line breaks."""

_CLAUSE = re.compile(
    r"""
    (?P<quoted> '(?:[^']|'')*' | "(?:[^"]|"")*" )
    | \s+ (?P<clause>
        (?: (?:LEFT|RIGHT|INNER|FULL|CROSS)\s+ )? (?:OUTER\s+)? JOIN
        | FROM | WHERE | GROUP\s+BY | ORDER\s+BY | HAVING | LIMIT | UNION | RETURNING | VALUES | SET
    ) \b
    """,
    re.VERBOSE | re.IGNORECASE,
)


@lru_cache(maxsize=2048)
def format_statement(statement: str) -> str:
    """Laid out by sqlparse; what it can't or shouldn't read gets line breaks only."""
    if len(statement) > MAX_FORMATTED:
        return break_lines(statement)
    try:
        return str(sqlparse.format(statement, reindent=True, keyword_case="upper")).strip()
    except (SQLParseError, ValueError, IndexError, RecursionError):
        return break_lines(statement)


def break_lines(statement: str) -> str:
    """A new line before each clause; never inside quotes."""
    return _CLAUSE.sub(_begin_line, statement.strip())


def _begin_line(found: re.Match[str]) -> str:
    return found["quoted"] or "\n" + found["clause"]
