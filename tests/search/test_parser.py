"""What is understood, and how it is said where something is not."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.search.errors import QueryError
from reports.search.parser import parse
from reports.search.tree import EVERYTHING, All, Either, Term, Without


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", EVERYTHING),
        ("apple", Term("apple")),
        ("apple pear", All((Term("apple"), Term("pear")))),
        ("apple AND pear", All((Term("apple"), Term("pear")))),
        ('"no such  order"', Term("no such  order")),
        ("Bug*", Term("Bug", is_prefix=True)),
        ('"no such ord"*', Term("no such ord", is_prefix=True)),
        ("a or b c", Either((Term("a"), All((Term("b"), Term("c")))))),
        ("(a or b) c", All((Either((Term("a"), Term("b"))), Term("c")))),
        ("-apple", Without(Term("apple"))),
        ("not (a b)", Without(All((Term("a"), Term("b"))))),
        ('-"a b"', Without(Term("a b"))),
        ('"or"', Term("or")),
        ("BugTask:+index", Term("BugTask:+index")),
        ("total_of(basket)", Term("total_of(basket)")),
        ("2026-11-24", Term("2026-11-24")),
        ("a-b", Term("a-b")),
    ],
)
def test_understood(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "piece", "what"),
    [
        ('say "no', '"no', "not closed"),
        ("(a or b", "(a or b", "not closed"),
        ("a) b", ")", "never opened"),
        ("a or", "or", "missing"),
        ("or a", "or", "missing"),
        ("a not", "not", "Nothing to exclude"),
        ("a ++ b", "++", "no letter"),
        ("()", ")", "missing"),
        ("*", "*", "no letter"),
    ],
)
def test_an_error_names_its_place(text, piece, what):
    with pytest.raises(QueryError, match=what) as caught:
        parse(text)
    assert piece in text[caught.value.start : caught.value.end] or piece == text


def test_too_much_is_refused_and_does_not_exhaust_the_stack():
    with pytest.raises(QueryError, match="deep"):
        parse("(" * 5000 + "a" + ")" * 5000)
    with pytest.raises(QueryError, match="deep"):
        parse("not " * 5000 + "a")
    with pytest.raises(QueryError, match="50 words"):
        parse("a " * 51)


@given(st.text(alphabet='ab"()-* \norAND\u00e9', max_size=30))
def test_any_text_is_understood_or_refused(text):
    with suppress(QueryError):
        parse(text)
