"""Tracebacks of every dialect."""

import pytest

from reports.grouping import is_application_frame, parse_chain, parse_traceback
from reports.report import Frame

PLAIN = """\
  File "/srv/a.py", line 3, in one
    two()
  File "/srv/b.py", line 4, in two
    raise ValueError
"""


def calls(text):
    return [
        (frame.path, frame.line, frame.function, frame.source) for frame in parse_traceback(text)
    ]


EXPECTED = [("/srv/a.py", 3, "one", "two()"), ("/srv/b.py", 4, "two", "raise ValueError")]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"Traceback (most recent call last):\n{PLAIN}ValueError: x\n",
        PLAIN.replace("two()\n", "two()\n    ^^^^^\n"),
        PLAIN.replace("\n", "\r\n"),
    ],
    ids=["bare", "whole", "carets", "crlf"],
)
def test_every_form_of_one_traceback_has_the_same_calls(text):
    assert calls(text) == EXPECTED


def test_zopes_form_is_read():
    text = "  Module lp.x.y, line 12, in name\n    do()\n   - __traceback_info__: 7\n  Module z.a, line 1, in b\n"
    assert [(f.path, f.line, f.function) for f in parse_traceback(text)] == [
        ("lp.x.y", 12, "name"),
        ("z.a", 1, "b"),
    ]


def test_of_a_chain_the_last_traceback_is_the_reported_one():
    text = (
        f"Traceback (most recent call last):\n{PLAIN}ValueError: x\n\nDuring handling of the above"
        ' exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "c.py",'
        " line 1, in three\n    four()\nKeyError: 1\n"
    )
    assert [frame.function for frame in parse_traceback(text)] == ["three"]
    assert len(parse_chain(text)) == 2


@pytest.mark.parametrize(
    "text", ["", "no traceback", "java.lang.Exception\n\tat a.b.C.d(C.java:1)", "\x00\ud800"]
)
def test_what_is_no_traceback_has_no_calls(text):
    assert parse_traceback(text) == ()


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/srv/shop/app/basket.py", True),
        ("/srv/shop/venv/lib/python3.11/site-packages/django/db/models.py", False),
        ("/usr/lib/python3.11/json/decoder.py", False),
        ("/usr/lib/python3/dist-packages/storm/store.py", False),
        ("<frozen importlib._bootstrap>", False),
        ("lp.bugs.browser.bugtask", True),
        ("zope.publisher.publish", False),
        ("storm.store", False),
        ("_strptime", False),
        ("json.decoder", False),
        ("calendar.views", True),
        ("web/views.py", True),
        ("C:\\Sites\\shop\\basket.py", True),
        ("C:\\Python311\\Lib\\json\\decoder.py", False),
    ],
)
def test_libraries_are_told_from_the_application(path, own):
    assert is_application_frame(Frame(path, 1, "f")) is own
