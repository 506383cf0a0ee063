"""JSON is read as senders write it, which is more than the standard allows."""

import pytest

from reports.formats import Undecodable, as_bson, read_report


def data_of(content):
    return read_report(content, "application/json").data


def test_long_numbers_lose_no_digit():
    digits = "9" * 5000
    assert data_of(b'{"a": 12345678901234567890123}') == {"a": "12345678901234567890123"}
    assert data_of(f'{{"a": {digits}, "b": 1234567890123456789}}'.encode()) == {
        "a": digits,
        "b": 1234567890123456789,
    }


def test_bytes_that_are_no_utf_8_are_shown_and_noted():
    report = read_report(b'{"url": "/\xe9", "user": "caf\xc3\xa9"}')
    assert (report.url, report.data["user"]) == ("/\\xe9", "café")
    assert report.notes


def test_raw_control_characters_do_not_lose_a_report():
    assert data_of(b'{"value": "a\nb\x01"}') == {"value": "a\nb\x01"}


def test_of_a_name_that_comes_twice_the_last_counts():
    assert data_of(b'{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize(
    "content", [b"[1]", b"1", b'"x"', b"null", b"", b"{", b"{]", b"\xff", b'{"a": \xff}']
)
def test_what_is_no_object_is_refused(content):
    with pytest.raises(Undecodable):
        data_of(content)


def test_a_mislabelled_report_is_read_by_its_bytes():
    assert read_report(as_bson({"id": "OOPS-7"}), "application/json").id == "OOPS-7"
    assert read_report(b'{"id": "OOPS-7"}', "application/bson").id == "OOPS-7"
    assert read_report(b"Oops-Id: OOPS-7\n\n", "application/json").id == "OOPS-7"
