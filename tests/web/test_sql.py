"""Statements laid out to be read, whatever they are."""

from __future__ import annotations

import pytest

from reports.web.sql import MAX_FORMATTED, break_lines, format_statement


def test_clauses_begin_lines() -> None:
    text = break_lines("SELECT a FROM b LEFT JOIN c ON c.x = b.x WHERE d = 1 ORDER BY e")
    assert text.splitlines() == [
        "SELECT a", "FROM b", "LEFT JOIN c ON c.x = b.x", "WHERE d = 1", "ORDER BY e",
    ]  # fmt: skip


def test_quoted_text_is_left_alone() -> None:
    assert break_lines("SELECT 'x FROM y WHERE ''z'") == "SELECT 'x FROM y WHERE ''z'"


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "'",
        "SELECT " + "(" * 2_000,
        "SELECT " + "a," * 2_000_000,
        "not sql at all \x00 \u202e",
        "SELECT '" + "''" * 100_000,
    ],
)
def test_nothing_that_a_sender_calls_sql_breaks_the_page(statement: str) -> None:
    assert isinstance(format_statement(statement), str)


def test_short_statements_are_laid_out_and_long_ones_only_broken() -> None:
    assert "\n" in format_statement("select a, b from c where d = 1")
    long = "SELECT " + "a, " * MAX_FORMATTED + "b FROM c"
    assert format_statement(long) == break_lines(long)
