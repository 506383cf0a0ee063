"""Signatures: what splits a problem, and what must not."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.grouping import CURRENT_VERSION, sign
from reports.report import Report, Step

SHOP = """\
Traceback (most recent call last):
  File "/srv/shop/lib/python3.11/site-packages/wsgiref/handlers.py", line 137, in run
    self.result = application(self.environ, self.start_response)
  File "/srv/shop/app/basket.py", line 41, in show
    return render(total_of(basket))
  File "/srv/shop/app/basket.py", line 57, in total_of
    return sum(prices[item] for item in basket)
KeyError: 'apple'
"""


def make(**over):
    return Report(**({"id": "x", "type": "KeyError", "value": "'apple'", "tb_text": SHOP} | over))


def same(one, other, **rest):
    return sign(one, **rest).key == sign(other, **rest).key


@pytest.mark.parametrize(
    "value",
    ["'pear'", "12", "b'apple'", "u'apple'", "('a', 1)", "0x7fe2", "'a@b.example'"],
)
def test_another_key_at_the_same_place_is_the_same_problem(value):
    assert same(make(), make(value=value))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("line 57", "line 61"),
        ("/srv/shop/app", "/opt/releases/20261124/app"),
        ("/srv/shop/lib/python3.11/site-packages", "/usr/lib/python3/dist-packages"),
        ("Traceback (most recent call last):\n", ""),
        ("KeyError: 'apple'\n", ""),
        ("in basket)\n", "in basket)\n               ~~~~~~^^^^^^\n"),
        (
            "in basket)\n",
            'in basket)\n  File "/x/site-packages/decimal/core.py", line 3, in add\n    x\n',
        ),
        (
            '  File "/srv/shop/app/basket.py", line 57',
            '  File "/srv/shop/app/decorators.py", line 5, in wrapper\n'
            '    return f(*a)\n  File "/srv/shop/app/basket.py", line 57',
        ),
    ],
    ids=[
        "line",
        "root",
        "library root",
        "no header",
        "no last line",
        "carets",
        "library below",
        "decorator",
    ],
)
def test_what_a_release_changes_does_not_split(old, new):
    assert old in SHOP
    assert same(make(), make(tb_text=SHOP.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("in total_of", "in tax_of"),
        ("in show", "in print_out"),
        ("sum(prices[item]", "sum(taxes[item]"),
        ('app/basket.py", line 57', 'app/order.py", line 57'),
    ],
    ids=["function", "caller", "line of code", "module"],
)
def test_another_place_is_another_problem(old, new):
    assert old in SHOP
    assert not same(make(), make(tb_text=SHOP.replace(old, new)))


def test_another_type_at_the_same_place_is_another_problem():
    assert not same(make(), make(type="TypeError", tb_text=SHOP.replace("KeyError", "TypeError")))


@pytest.mark.parametrize(
    "relation",
    [
        "The above exception was the direct cause of the following exception:",
        "During handling of the above exception, another exception occurred:",
    ],
)
def test_an_exception_that_was_there_before_does_not_split(relation):
    earlier = (
        'Traceback (most recent call last):\n  File "/x/site-packages/cache.py", line 9, in get\n'
        f"    return self.data[key]\nKeyError: 7\n\n{relation}\n\n"
    )
    assert same(make(), make(tb_text=earlier + SHOP))


def test_words_that_only_the_data_holds_do_not_split_a_line_that_raises():
    tb = SHOP.replace(
        "return sum(prices[item] for item in basket)", 'raise Odd(f"{state} ({item})")'
    )

    def odd(value):
        return make(type="Odd", value=value, tb_text=tb.replace("KeyError", "Odd"))

    assert same(odd("moved (a)"), odd("closed (b)"))


@pytest.mark.parametrize(
    ("source", "one", "other"),
    [
        ("return date(y, m, d)", "month must be in 1..12", "day is out of range for month"),
        ("return float(text)", "could not convert string to float: 'x'", "must be real, not list"),
    ],
)
def test_what_the_interpreter_says_of_one_line_is_one_problem(source, one, other):
    tb = SHOP.replace("return sum(prices[item] for item in basket)", source)
    tb = tb.replace("KeyError: 'apple'\n", "")
    assert same(
        make(type="ValueError", value=one, tb_text=tb),
        make(type="ValueError", value=other, tb_text=tb),
    )


def test_what_a_library_says_below_one_line_tells_problems_apart():
    tb = SHOP.replace(
        "KeyError: 'apple'\n", '  File "/x/site-packages/db/core.py", line 3, in run\n'
    )
    lost = make(type="OperationalError", value="server closed the connection", tb_text=tb)
    locked = make(type="OperationalError", value="deadlock detected", tb_text=tb)
    assert not same(lost, locked)


def test_a_formatter_of_code_does_not_split():
    tb = SHOP.replace("prices[item] for", 'prices [ "eur" ] for')
    assert same(make(tb_text=tb), make(tb_text=tb.replace('prices [ "eur" ]', "prices['eur']")))


def timed_out(**over):
    slow = [Step(10, 3010, "SQL-main", "SELECT * FROM book WHERE id IN (1, 2, 3)")]
    quick = [Step(0, 10, "SQL-main", "SELECT 1")]
    fields = {
        "type": "RequestExpired",
        "value": "expired",
        "topic": "Book:+index",
        "timeline": tuple(quick + slow),
    } | over
    return make(**fields)


def test_a_time_out_goes_by_its_most_expensive_statement_wherever_it_struck():
    other = "SELECT * FROM book WHERE id IN (9)"
    elsewhere = timed_out(tb_text="", timeline=(Step(0, 2000, "SQL-main", other),))
    assert same(timed_out(), elsewhere, is_time_out=True)


def test_another_statement_or_another_topic_is_another_time_out():
    steps = (Step(0, 2000, "SQL-main", "SELECT * FROM author WHERE id = 1"),)
    assert not same(timed_out(), timed_out(timeline=steps), is_time_out=True)
    assert not same(timed_out(), timed_out(topic="Book:+edit"), is_time_out=True)


def test_without_a_traceback_the_message_tells():
    def bare(value, **over):
        return make(tb_text="", type="NotFound", value=value, **over)

    assert same(bare("no such page /a/b"), bare("no such page /c/d"))
    assert not same(bare("no such page /a/b"), bare("connection to /c/d refused"))


def test_a_report_with_nothing_in_it_has_a_signature():
    signature = sign(Report(id="x"))
    assert len(signature.key) == 16
    assert signature.title
    assert signature.why
    assert signature.version == CURRENT_VERSION


def test_every_signature_says_in_words_why():
    assert any("total_of" in sentence for sentence in sign(make()).why)
    assert any("FROM book" in sentence for sentence in sign(timed_out(), is_time_out=True).why)


@given(st.integers(0, 100_000))
@settings(max_examples=50)
def test_shifted_lines_change_nothing(shift):
    moved = re.sub(r"line (\d+)", lambda found: f"line {int(found[1]) + shift}", SHOP)
    assert same(make(), make(tb_text=moved))


@given(
    st.builds(
        Report,
        id=st.just("x"),
        type=st.text(),
        value=st.text(),
        tb_text=st.one_of(st.text(), st.sampled_from([SHOP, SHOP * 50, SHOP[:200]])),
        topic=st.text(),
        timeline=st.lists(
            st.builds(Step, st.floats(0, 9), st.floats(0, 9), st.text(), st.text()), max_size=3
        ).map(tuple),
    ),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_whatever_comes_gets_a_signature(report, is_time_out):
    signature = sign(report, is_time_out=is_time_out)
    assert len(signature.key) == 16
    assert signature.key == sign(replace(report), is_time_out=is_time_out).key


@pytest.mark.parametrize(
    "text",
    ["'" * 20_000, "a." * 20_000, "/" * 30_000, "1-" * 20_000, "x@" * 20_000, "(" * 20_000, "<" * 20_000,
     "http://" * 5_000, "0x" * 20_000, "-- \n" * 9_000, "/*" * 20_000, "$a$" * 10_000, "a" * 200_000,
     '  File "x", line 1, in f\n' * 20_000, "A1-" * 20_000, ":" * 20_000, "2026-" * 8_000],
)  # fmt: skip
def test_hostile_text_takes_no_longer_than_other_text(text):
    # No clock is read: patterns that look twice would take hours here.
    sign(make(value=text, tb_text=text, timeline=(Step(0, 1, "SQL", text),)))
    sign(make(value=text, timeline=(Step(0, 1, "SQL", text),)), is_time_out=True)
