"""Batches: nothing lost, nothing twice, and the one report to blame does not take others along."""

import pytest
from django.db import DataError, OperationalError

from reports.formats import as_bson
from reports.models import InboxItem, LedgerEntry, QuarantinedItem, StoredReport
from reports.pipeline import batch, prepare
from reports.pipeline.quarantine import retry, retry_all
from reports.store import filing, ledger
from reports.store.reading import find_whereabouts
from tests.making import make_report_dict, process_all, put_in_inbox, take_in

pytestmark = pytest.mark.django_db


def balance():
    return ledger.total(ledger.balance())


def test_what_cannot_be_read_goes_to_quarantine_with_its_bytes_and_the_reason():
    put_in_inbox(b"no report at all", as_bson(make_report_dict()), media_type="")
    result = process_all()
    assert (result.stored, result.quarantined) == (1, 1)
    held = QuarantinedItem.objects.get()
    assert bytes(held.content) == b"no report at all"
    assert held.reason
    assert held.detail
    assert balance().is_balanced


def test_a_report_that_breaks_the_code_is_quarantined_and_the_others_are_stored(monkeypatch):
    def break_on_one(report, **rest):
        if report.topic == "breaks":
            raise RuntimeError("a fault of ours")
        return real(report, **rest)

    real = prepare.sign
    monkeypatch.setattr(prepare, "sign", break_on_one)
    take_in(make_report_dict(topic="breaks"), make_report_dict(), make_report_dict())
    assert StoredReport.objects.count() == 2
    held = QuarantinedItem.objects.get()
    assert held.reason == "failed"
    assert "a fault of ours" in held.detail


def test_a_batch_that_the_store_refuses_is_taken_apart(monkeypatch):
    def refuse_one(cursor, stored):
        if any(filed.report.topic == "refused" for filed, *_ in stored):
            raise DataError("refused by the store")
        return real(cursor, stored)

    real = filing._copy
    monkeypatch.setattr(filing, "_copy", refuse_one)
    take_in(*(make_report_dict(topic=topic) for topic in ("a", "refused", "b", "c")))
    assert StoredReport.objects.count() == 3
    assert QuarantinedItem.objects.get().reason == "failed"
    assert balance().is_balanced
    assert balance().waiting == 0


def test_a_store_that_goes_away_leaves_everything_in_the_inbox(monkeypatch):
    def lose_store(cursor, stored):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(filing, "_count", lose_store)
    put_in_inbox(as_bson(make_report_dict()))
    with pytest.raises(OperationalError):
        batch.process_batch()
    assert InboxItem.objects.count() == 1
    assert StoredReport.objects.count() == 0
    assert balance().waiting == 1


def test_a_quarantined_report_is_stored_after_a_retry_under_its_first_receipt(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(prepare, "sign", lambda *a, **k: 1 / 0)
        report = make_report_dict()
        take_in(report)
    held = QuarantinedItem.objects.get()
    received_at = held.received_at
    retry(held)
    assert balance().is_balanced
    assert process_all().stored == 1
    assert StoredReport.objects.get().received_at == received_at
    total = balance()
    assert (total.received, total.stored, total.quarantined) == (1, 1, 0)


def test_retrying_twice_does_not_double_the_report():
    put_in_inbox(b"junk")
    process_all()
    held = QuarantinedItem.objects.get()
    retry(held)
    retry(held)
    assert InboxItem.objects.count() == 1
    process_all()
    assert retry_all("no-such-reason") == 0
    assert retry_all() == 1


def test_a_batch_holds_no_more_bytes_than_it_may(monkeypatch):
    monkeypatch.setattr(batch, "BATCH_BYTES", 3000)
    put_in_inbox(*(as_bson(make_report_dict(pad="x" * 2000)) for _ in range(3)))
    assert [batch.process_batch().total for _ in range(4)] == [1, 1, 1, 0]


def test_the_ledger_adds_up_over_everything_that_can_happen():
    report = make_report_dict()
    take_in(report, report, make_report_dict())
    put_in_inbox(b"junk", b"")
    process_all()
    put_in_inbox(as_bson(make_report_dict()))
    total = balance()
    assert (total.received, total.stored, total.repeated) == (6, 2, 1)
    assert (total.quarantined, total.waiting) == (2, 1)
    assert total.is_balanced


def test_folding_the_ledger_changes_no_sum():
    from datetime import timedelta

    take_in(make_report_dict(), make_report_dict())
    LedgerEntry.objects.update(hour=LedgerEntry.objects.first().hour - timedelta(hours=5))
    before = balance()
    assert ledger.fold() == 1
    assert ledger.fold() == 0
    assert balance() == before


def test_an_id_can_be_followed_from_the_inbox_into_quarantine():
    from reports.store.keys import key_of

    put_in_inbox(b"junk", oops_id="OOPS-abc", key=key_of("OOPS-abc"))
    assert find_whereabouts("oops-ABC").status == "waiting"
    process_all()
    assert find_whereabouts("oops-ABC").status == "quarantined"


def test_trouble_of_the_store_with_a_single_report_does_not_quarantine_it(monkeypatch):
    def refuse(cursor, batch):
        raise DataError("refused") if len(batch) > 1 else OperationalError("deadlock detected")

    put_in_inbox(as_bson(make_report_dict()), as_bson(make_report_dict()))
    with monkeypatch.context() as patch:
        patch.setattr(batch, "file_batch", refuse)
        with pytest.raises(OperationalError):
            batch.process_batch()
    assert QuarantinedItem.objects.count() == 0
    assert process_all().stored == 2


def test_an_item_that_was_damaged_in_the_inbox_stops_nobody_behind_it():
    put_in_inbox(as_bson(make_report_dict()), as_bson(make_report_dict()))
    damaged = InboxItem.objects.order_by("id").first()
    InboxItem.objects.filter(pk=damaged.pk).update(content=bytes(damaged.content)[:-9])
    result = process_all()
    assert (result.stored, result.quarantined) == (1, 1)
    assert balance().is_balanced
