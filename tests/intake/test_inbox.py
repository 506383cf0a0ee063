"""Keeping: what is kept together, and what a failure among several does."""

import threading

import pytest
from django.db import DataError, InterfaceError, connection

from reports.intake import inbox
from reports.intake.inbox import Incoming, keep
from reports.models import InboxItem, LedgerEntry
from tests.making import make_source

THREADS = 12


@pytest.fixture
def first_waits(monkeypatch):
    """The first writer waits until all others queue behind it; counts the transactions."""
    writes = []
    write = inbox._write

    def wait_and_write(tickets, also=None):
        if not writes:
            writes.append(tickets)
            for _ in range(500):
                if len(inbox._together._queue) == THREADS - 1:
                    break
                threading.Event().wait(0.01)
        else:
            writes.append(tickets)
        write(tickets, also)

    monkeypatch.setattr(inbox, "_write", wait_and_write)
    return writes


def keep_at_once(items):
    """Keep each in a thread of its own; what each of them raised."""
    source, raised = make_source(), {}

    def run(item):
        try:
            keep([item], source)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is looked at below
            raised[item.oops_id] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_threads_that_keep_at_the_same_time_share_a_commit(first_waits):
    assert keep_at_once([Incoming(b"x", oops_id=f"OOPS-{n}") for n in range(THREADS)]) == {}
    assert InboxItem.objects.count() == THREADS
    assert sum(LedgerEntry.objects.values_list("received", flat=True)) == THREADS
    assert [len(tickets) for tickets in first_waits] == [1, THREADS - 1]


@pytest.mark.django_db(transaction=True)
def test_what_can_not_be_kept_fails_alone(first_waits):
    items = [Incoming(b"x", oops_id=f"OOPS-{n}") for n in range(THREADS - 1)]
    raised = keep_at_once(
        [*items, Incoming(b"x", media_type="y" * 10, oops_id="bad", key="no uuid")]
    )
    assert list(raised) == ["bad"], raised
    assert isinstance(raised["bad"], DataError)
    assert InboxItem.objects.count() == THREADS - 1
    assert sum(LedgerEntry.objects.values_list("received", flat=True)) == THREADS - 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", [InterfaceError, MemoryError])
def test_nobody_is_told_that_a_report_is_kept_which_went_down_with_anothers(
    first_waits, monkeypatch, trouble
):
    def fail_once(tickets, received_at):
        if len(first_waits) == 2:
            raise trouble("the connection is closed")
        insert(tickets, received_at)

    insert = inbox._insert
    monkeypatch.setattr(inbox, "_insert", fail_once)
    raised = keep_at_once([Incoming(b"x", oops_id=f"OOPS-{n}") for n in range(THREADS)])
    kept = set(InboxItem.objects.values_list("oops_id", flat=True))
    assert len(raised) == 1
    assert kept | raised.keys() == {f"OOPS-{n}" for n in range(THREADS)}
