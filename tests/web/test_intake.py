"""The intake's books: equal or not, and what can be done about what was not read."""

from __future__ import annotations

from django.test import Client

from reports.formats import as_bson
from reports.models import InboxItem, LedgerEntry, QuarantinedItem
from tests.making import make_report_dict, process_all, put_in_inbox


def open_page(reader: Client, address: str = "/intake/") -> str:
    response = reader.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_ledger_lists_each_source_by_hour(reader: Client) -> None:
    report = as_bson(make_report_dict())
    put_in_inbox(report, report, b"no report")
    assert "3 waiting" in open_page(reader)
    process_all()
    page = open_page(reader)
    assert "every one accounted for" in page
    assert "http tests" in page


def test_a_ledger_that_does_not_add_up_says_by_how_much(reader: Client) -> None:
    put_in_inbox(as_bson(make_report_dict()))
    process_all()
    LedgerEntry.objects.update(stored=0)
    assert "<b>1</b> not accounted for" in open_page(reader)


def test_a_quarantined_item_shows_its_bytes_and_reason(reader: Client) -> None:
    put_in_inbox(b"<script>\x00\xff not a report", origin="a/file")
    process_all()
    item = QuarantinedItem.objects.get()
    assert f"/intake/quarantine/{item.pk}/" in open_page(reader)
    page = open_page(reader, f"/intake/quarantine/{item.pk}/")
    assert "3c 73 63 72 69 70 74 3e 00 ff" in page
    assert "&lt;script&gt;␀\\xff" in page
    assert "a/file" in page
    assert "<script>\x00" not in page


def test_a_large_quarantined_item_is_shown_in_part(reader: Client) -> None:
    put_in_inbox(b"x" * 3_000_000)
    process_all()
    page = open_page(reader, f"/intake/quarantine/{QuarantinedItem.objects.get().pk}/")
    assert len(page) < 100_000
    assert "3,000,000" in page


def test_retrying_puts_the_item_back_into_the_inbox(reader: Client) -> None:
    put_in_inbox(b"no report")
    process_all()
    number = QuarantinedItem.objects.get().pk
    response = reader.post(f"/intake/quarantine/{number}/retry/", follow=True)
    assert b"back in the inbox" in response.content
    assert InboxItem.objects.count() == 1
    assert "every one accounted for" in open_page(reader)
    assert reader.get(f"/intake/quarantine/{number}/").status_code == 404


def test_retrying_needs_a_form_and_an_account(reader: Client) -> None:
    assert reader.get("/intake/quarantine/1/retry/").status_code == 405
    assert Client().post("/intake/quarantine/1/retry/").status_code == 302
    assert reader.post("/intake/quarantine/1/retry/").status_code == 404


def test_reporters_that_nobody_sorted_are_listed(reader: Client) -> None:
    put_in_inbox(as_bson(make_report_dict(reporter="NEW1")))
    process_all()
    assert "NEW1" in open_page(reader)
