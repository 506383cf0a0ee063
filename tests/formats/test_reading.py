"""Reading never fails in another way than by saying why; ids have one key for all spellings."""

import bson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.formats import (
    Undecodable,
    as_bson,
    as_json,
    as_rfc822,
    canonical_id,
    find_ids,
    read_report,
    reporter_of_id,
)

HEX = "e98cab6d1534146bcc5ef553a8566465"

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.binary()
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
KEYS = "id type value time tb_text reporter topic url username req_vars timeline duration informational"
reports = st.dictionaries(st.sampled_from(KEYS.split()) | st.text(max_size=5), values, max_size=8)


def check(content):
    try:
        report = read_report(content)
    except Undecodable:
        return
    for text in texts_of(report):
        text.encode()
        assert "\0" not in text
    assert read_report(as_bson(report.data)).type == report.type
    assert read_report(as_json(report.data))
    assert read_report(as_rfc822(report.data))


def texts_of(report):
    yield from (value for value in vars(report).values() if isinstance(value, str))
    yield from report.notes
    yield from (text for pair in report.req_vars for text in pair)
    for step in report.timeline:
        yield from (step.category, step.detail, step.traceback)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(content):
    check(content)


@given(reports)
@settings(max_examples=200, deadline=None)
def test_any_dict_that_bson_can_hold_is_read(data):
    try:
        content = bson.encode(data)
    except (bson.errors.BSONError, UnicodeEncodeError, OverflowError):
        return
    check(content)


@given(st.integers(0, 400), st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_a_report_with_any_one_byte_changed_is_read_or_refused(at, byte):
    content = bytearray(
        bson.encode({"id": "OOPS-1", "value": "x" * 20, "timeline": [[1, 2, "SQL", "y"]]})
    )
    content[at % len(content)] = byte
    check(bytes(content))


@pytest.mark.parametrize(
    "spelling",
    [f"OOPS-{HEX}", f"oops-{HEX}", HEX, HEX.upper(), f"OOPS-{HEX},", f"{HEX}.", f"['OOPS-{HEX}']",
     f" OOPS-{HEX} ", f"OOPS - {HEX}", f"%5B%27OOPS-{HEX}%27%5D", f"(OOPS-{HEX})"],
)  # fmt: skip
def test_every_spelling_has_one_key(spelling):
    assert canonical_id(spelling) == HEX


@pytest.mark.parametrize(
    "spelling",
    ["OOPS-689S6", "689s6", "2010-05-21/689S6", "2010-05-21/OOPS-689S6", "oops - 689S6."],
)
def test_an_old_id_is_one_with_and_without_the_folder_of_its_day(spelling):
    assert canonical_id(spelling) == "689s6"
    assert {canonical_id(found) for found in find_ids(f"see {spelling}")} == {"689s6"}


def test_an_id_that_holds_no_day_keeps_its_date():
    assert canonical_id("2010-05-21/7") != canonical_id("2010-05-22/7")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", ()),
        ("it failed with OOPS-689S6, again", ("OOPS-689S6",)),
        (f"see https://oops.example/oops/?oopsid=OOPS-{HEX}.", (f"OOPS-{HEX}",)),
        (f"http://x/oops.py/?oopsid={HEX} and oops-1234a567", (f"OOPS-{HEX}", "OOPS-1234a567")),
        ("OOPS-689EDGE1D34 or 690EDGE1D5", ("OOPS-689EDGE1D34", "OOPS-690EDGE1D5")),
        ("2010-05-21/689S6 was it", ("2010-05-21/689S6",)),
        (f"X-Oops-Id: ['OOPS-{HEX}']", (f"OOPS-{HEX}",)),
        (f"{HEX} {HEX.upper()} OOPS-{HEX}", (f"OOPS-{HEX}",)),
        ("my-report-7", ("my-report-7",)),
        ("nothing of the kind here", ()),
    ],
)
def test_the_ids_in_a_text_are_found(text, ids):
    assert find_ids(text) == ids


@pytest.mark.parametrize(
    ("oops_id", "reporter"),
    [("OOPS-689S6", "S"), ("OOPS-1234A567", "A"), ("2010-05-21/689S6", "S"), (f"OOPS-{HEX}", ""),
     (f"OOPS-webZ{HEX}", "web"), ("OOPS-1234LPNET5", "LPNET"), ("my-report-7", "")],
)  # fmt: skip
def test_the_reporter_falls_out_of_old_ids(oops_id, reporter):
    assert reporter_of_id(oops_id) == reporter
