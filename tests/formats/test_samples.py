"""Every sample is read as its name says, or refused with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports.formats import Undecodable, as_bson, as_json, as_rfc822, read_report

FOLDER = Path(__file__).resolve().parent.parent / "samples"
FILES = sorted(path for path in FOLDER.iterdir() if path.name[0].isdigit())


def read(number):
    (path,) = [path for path in FILES if path.name.startswith(number)]
    return read_report(path.read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sample_is_read_and_can_be_written_in_every_form_or_is_refused_with_a_reason(path):
    if path.name >= "050":
        with pytest.raises(Undecodable, match=r"\.$") as refused:
            read_report(path.read_bytes())
        assert refused.value.reason
        return
    report = read_report(path.read_bytes())
    assert read_report(as_bson(report.data)).value == report.value
    assert read_report(as_json(report.data)).type == report.type
    if report.type:
        assert read_report(as_rfc822(report.data)).type == report.type
    for text in (report.id, report.value, report.url, report.topic, *report.notes):
        text.encode()
        assert "\0" not in text


@pytest.mark.parametrize(
    ("number", "reason"),
    [("050", "empty"), ("051", "truncated"), ("052", "truncated"), ("053", "not-a-report"),
     ("054", "too-deep"), ("055", "too-deep"), ("056", "too-large"), ("057", "not-a-report"),
     ("058", "broken-json"), ("059", "broken-bson")],
)  # fmt: skip
def test_what_is_refused_has_this_reason(number, reason):
    with pytest.raises(Undecodable) as refused:
        read(number)
    assert refused.value.reason == reason


@pytest.mark.parametrize("number", ["001", "002"])
def test_what_the_released_serialisers_write_is_read_whole(number):
    report = read(number)
    assert report.id == "OOPS-A0001"
    assert (report.type, report.value) == ("NotFound", "error message")
    assert report.occurred_at == datetime(2005, 4, 1, tzinfo=UTC)
    assert (report.topic, report.reporter) == ("IFoo:+foo-template", "EDGE")
    assert (report.branch_nick, report.revno) == ("mybranch", "45")
    assert report.duration_ms == 42_000
    assert report.variables["name=foo"] == "hello\nmultiline"
    assert [(step.category, step.stop_ms) for step in report.timeline] == [
        ("store_a", 5),
        ("store_b", 10),
    ]
    assert "two()" in report.tb_text


def test_the_traceback_that_todays_senders_write_is_found_in_the_old_form():
    report = read("004")
    assert report.tb_text.startswith('  File "/srv/app/basket.py", line 41, in show\n')
    assert report.tb_text.endswith("return 1\n")
    assert report.variables == {"REQUEST_METHOD": "GET", "a": "é\\n"}
    assert (report.username, report.value) == ("", "café ☃ c:\\temp")


def test_the_list_of_samples_is_complete():
    listed = [
        line[3:-1] for line in (FOLDER / "README.md").read_text().splitlines() if line[:3] == "- `"
    ]
    assert listed == [path.name for path in FILES]


def test_old_request_variables_and_timelines_of_any_shape_are_read():
    assert read("016").req_vars == (("a", "1"), ("b", ""), ("c", "\\xff"), ("d", "{'e': [1]}"))
    assert len(read("017").timeline) == 5
    assert any("timeline" in note for note in read("017").notes)
    assert read("018").timeline == ()


def test_old_habits_of_senders_are_understood():
    assert read("019").is_informational
    assert read("020").duration_ms is None
    assert read("021").revno == "14533"
    assert read("034").reporter == "S"
    assert read("035").reporter == "A"
    assert read("036").reporter == "appserver"
    assert read("037").id.startswith("OOPS-")


def test_times_that_cannot_be_are_kept_as_they_were_told():
    assert read("022").occurred_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert read("023").occurred_at.year == 9999
    assert read("024").occurred_at is None
    assert read("025").occurred_at == datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_text_that_is_none_is_shown_and_noted():
    assert read("026").value == "\\ud800x"
    assert read("027").value == "a␀b"
    assert read("030").notes
    assert read("031").url == "http://x/\\xfc"


def test_every_sample_that_a_program_writes_is_the_one_it_writes():
    from tests.samples.make import SAMPLES

    assert {name: (FOLDER / name).read_bytes() for name in SAMPLES} == SAMPLES
