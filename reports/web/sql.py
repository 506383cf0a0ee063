"""Statements to read: sqlparse's layout for the few that matter, line breaks for the many."""

from __future__ import annotations

import re
from functools import lru_cache

import sqlparse
from sqlparse.exceptions import SQLParseError

MAX_FORMATTED = 3_000
"""Characters. sqlparse takes about 10 ms for each thousand, so longer ones only get line breaks."""

_CLAUSE = re.compile(
    r"""
    ('(?:[^']|'')*' | "(?:[^"]|"")*")            # quoted: left alone
    | \s+ (?= (?: FROM | WHERE | GROUP\ BY | ORDER\ BY | HAVING | LIMIT | UNION | RETURNING | VALUES
              | SET | (?:LEFT\ |RIGHT\ |INNER\ |FULL\ |CROSS\ )? (?:OUTER\ )? JOIN ) \b )
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
    return _CLAUSE.sub(lambda found: found.group(1) or "\n", statement.strip())
