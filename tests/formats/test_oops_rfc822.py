"""The old form: nothing of what senders wrote is lost, and what is written is read back."""

import pytest
from hypothesis import given, settings

from reports.formats import as_rfc822, read_report
from tests.formats.test_reading import reports

FRAMES = '  File "/srv/shop/basket.py", line 41, in show\n    total = prices["é"]\n'


def read(*lines):
    return read_report("\n".join(("Oops-Id: OOPS-1", *lines)).encode())


@pytest.mark.parametrize(
    "traceback",
    [
        FRAMES,
        "  Module lp.bugs.model, line 12, in search\n    a = 1\nKeyError: 1\n",
        "Traceback (most recent call last):\n" + FRAMES + "KeyError: 'x=1'\n",
        "traceback (of another kind):\n  x = 1\n",
        "== EXTRA DATA ==\nform=1\n\nTraceback (most recent call last):\n" + FRAMES,
        "Something else went wrong\nand = this\n",
    ],
)
def test_a_traceback_of_any_kind_is_kept_whole(traceback):
    report = read("", "a=b", "", "00001-00002@SQL-main SELECT x = 1", "", traceback)
    assert report.tb_text == traceback
    assert report.req_vars == (("a", "b"),)
    assert [step.detail for step in report.timeline] == ["SELECT x = 1"]
    assert read("", traceback).tb_text == traceback


def test_a_statement_of_several_lines_is_no_variable():
    report = read("", "00001-00002@SQL-main SELECT 1", "  FROM t WHERE a = 1", "", FRAMES)
    assert report.timeline[0].detail == "SELECT 1\n  FROM t WHERE a = 1"
    assert (report.req_vars, report.tb_text) == ((), FRAMES)


def test_a_variable_named_as_a_traceback_starts_is_a_variable():
    assert read("", "tracebacklimit=5", "").req_vars == (("tracebacklimit", "5"),)


def test_none_is_nothing_but_in_a_message():
    report = read("User: None", "Branch: None", "Duration: None", "Exception-Value: None", "")
    assert (report.username, report.branch_nick, report.duration_ms) == ("", "", None)
    assert report.value == "None"


def test_reports_whose_id_is_none_are_not_one_report():
    one, two = (read_report(f"Oops-Id: None\nURL: /{n}\n\n".encode()).id for n in (1, 2))
    assert one.startswith("OOPS-")
    assert one != two


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (r"caf\xe9", "café"),
        (r"caf\xc3\xa9", "café"),
        (r"\u2603 \U0001f600", "☃ 😀"),
        (r"c:\\temp\\xe9", r"c:\temp\xe9"),
        (r"\d+ \x41 \ud800 \Uffffffff", r"\d+ \x41 \ud800 \Uffffffff"),
    ],
)
def test_what_the_writer_escaped_is_unescaped(written, read_as):
    assert read(f"Exception-Value: {written}", "").value == read_as
    assert read("", f"a={written}", "").variables["a"] == read_as


def test_bytes_that_are_no_utf_8_are_read_as_latin_1_and_noted():
    report = read_report(b"Oops-Id: OOPS-1\nUser: Zo\xeb\n\n")
    assert report.username == "Zoë"
    assert report.notes


def test_of_headers_that_come_twice_the_first_counts_and_the_other_is_kept():
    report = read("User: one", "User: two", "")
    assert report.username == "one"
    assert "two" in report.data.values()


def test_what_is_written_is_read_back_as_it_was():
    data = {
        "id": "OOPS-1", "type": "Größe", "value": "\\x41 ☃ Ã© \\", "username": "Zoë, 7, z",
        "req_vars": {"a=b": "c\nd é", "00001-00002 x": "y", "x%": "\\u1234", " z": " "},
        "timeline": [[1, 2, "SQL-main", "SELECT 'é\\' = 1"], [3, 3, "", ""]],
        "tb_text": "Traceback (most recent call last):\n" + FRAMES + "\\x41\n",
    }  # fmt: skip
    report, again = (
        read_report(as_rfc822(each)) for each in (data, read_report(as_rfc822(data)).data)
    )
    assert again == report
    assert (report.type, report.value, report.username, report.tb_text) == (
        data["type"], data["value"], data["username"], data["tb_text"],
    )  # fmt: skip
    assert report.variables == data["req_vars"]
    assert [[s.start_ms, s.stop_ms, s.category, s.detail] for s in report.timeline] == data[
        "timeline"
    ]


def test_a_traceback_without_a_first_line_gets_one_for_old_readers():
    written = as_rfc822({"id": "OOPS-1", "tb_text": FRAMES})
    assert b"\n\nTraceback (most recent call last):\n  File" in written
    assert read_report(written).tb_text.endswith(FRAMES)


@given(reports)
@settings(max_examples=200, deadline=None)
def test_whatever_is_written_can_be_read_again(data):
    read_report(as_rfc822(data))
