"""Attempts: what ends workers is found alone; who is in its company by chance is not blamed."""

from __future__ import annotations

import threading
from random import Random

import pytest
from django.db import OperationalError, connection

from reports.formats import as_bson
from reports.models import Attempt, InboxItem, QuarantinedItem, StoredReport
from reports.pipeline import attempts, batch
from reports.store import ledger
from tests.making import make_report_dict, process_all, put_in_inbox

MUCH = 10**9

DB = pytest.mark.django_db
SESSIONS = pytest.mark.django_db(transaction=True)
"""For what only committed rows and sessions that end can show. Nothing is filed in these."""


def fill_inbox(count):
    put_in_inbox(*(as_bson(make_report_dict()) for _ in range(count)))
    return list(InboxItem.objects.order_by("id").values_list("id", flat=True))


def end_with(numbers):
    """The record of a worker that ended with these in its hands."""
    return Attempt.objects.create(numbers=attempts.as_ranges(numbers))


class Elsewhere:
    """Another worker: a thread with a session of its own, which it keeps until it ends."""

    def __init__(self):
        self._may_end = threading.Event()
        self._has_taken = threading.Event()
        self.numbers = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._has_taken.wait(30)

    def _run(self):
        try:
            self.numbers = list(attempts.take(2, MUCH).numbers)
        finally:
            self._has_taken.set()
        self._may_end.wait(30)
        connection.close()

    def end(self):
        self._may_end.set()
        self._thread.join()


@pytest.fixture
def elsewhere():
    workers = []

    def start():
        workers.append(Elsewhere())
        return workers[-1]

    yield start
    for worker in workers:
        worker.end()


def hunt(killers, innocents, *, kills_an_item=0.0, seed=1):
    """What is given up when one worker after the other works everything off."""
    waiting = sorted(killers | innocents)
    luck = Random(seed)
    ended, given_up = [], set()
    while waiting:
        ended = [numbers for numbers in ended if numbers & set(waiting)]
        suspects = [n for n in waiting if any(n in numbers for numbers in ended)]
        free = [n for n in waiting if n not in suspects]
        taken = attempts.choose_suspects(ended, suspects) or attempts.Taken(free[:500])
        if taken.ends_workers:
            given_up |= set(taken.numbers)
        elif killers & set(taken.numbers) or luck.random() < kills_an_item * len(taken.numbers):
            ended.append(frozenset(taken.numbers))
            continue
        waiting = [n for n in waiting if n not in taken.numbers]
    return given_up


def test_numbers_are_written_as_the_ranges_that_they_make():
    assert attempts.as_ranges([]) == "{}"
    assert attempts.as_ranges([1, 2, 5]) == "{[1,3),[5,6)}"


@pytest.mark.parametrize("killer", [1, 250, 499, 500, 501, 1500])
def test_the_one_that_ends_workers_is_found_and_no_other(killer):
    given_up = hunt({killer}, set(range(1, 1501)) - {killer})
    assert given_up == {killer}


def test_several_that_end_workers_are_found_and_no_other():
    given_up = hunt({3, 4, 400, 900}, set(range(1, 1000)) - {3, 4, 400, 900})
    assert given_up == {3, 4, 400, 900}


def test_it_costs_few_workers_to_find_it():
    ends = []
    real = attempts.choose_suspects
    waiting, ended = list(range(1, 501)), [frozenset(range(1, 501))]
    while not (taken := real(ended, waiting)).ends_workers:
        if 321 in taken.numbers:
            ended.append(frozenset(taken.numbers))
            ends.append(len(taken.numbers))
        else:
            waiting = [n for n in waiting if n not in taken.numbers]
    assert ends == [62, 7, 1, 1]


@pytest.mark.parametrize("seed", range(20))
def test_workers_killed_at_random_bring_nobody_into_quarantine(seed):
    """A kill at random hits a claim as likely as it is large: half of the largest, here."""
    given_up = hunt(set(), set(range(1, 2001)), kills_an_item=0.001, seed=seed)
    assert given_up == set()


@DB
def test_what_a_worker_ended_with_is_taken_first_and_in_small_parts():
    numbers = fill_inbox(20)
    end_with(numbers[4:20])
    assert list(attempts.take(500, MUCH).numbers) == numbers[4:6]
    assert batch.process_batch().stored == 2
    assert process_all().stored == 18
    assert not Attempt.objects.filter(ended_at__isnull=False).exists()


@DB
def test_an_item_whose_worker_ended_twice_while_it_was_alone_goes_to_quarantine():
    numbers = fill_inbox(3)
    end_with(numbers)
    for _ in range(attempts.ENDS_ALONE):
        end_with(numbers[1:2])
    assert process_all().total == 3
    held = QuarantinedItem.objects.get()
    assert held.reason == "kills-worker"
    assert StoredReport.objects.count() == 2
    assert ledger.total(ledger.balance()).is_balanced


@DB
def test_company_of_one_that_ends_workers_is_not_blamed_however_often_it_ended():
    numbers = fill_inbox(2)
    for _ in range(5):
        end_with(numbers)
    assert process_all().stored == 2


@SESSIONS
def test_two_workers_never_have_the_same_on_record(elsewhere):
    numbers = fill_inbox(6)
    assert elsewhere().numbers == numbers[:2]
    assert elsewhere().numbers == numbers[2:4]
    assert list(attempts.take(500, MUCH).numbers) == numbers[4:]


@SESSIONS
def test_a_worker_that_is_only_paused_keeps_its_claim(elsewhere):
    numbers = fill_inbox(3)
    assert elsewhere().numbers == numbers[:2]
    for _ in range(3):
        assert list(attempts.take(500, MUCH).numbers) == numbers[2:]
    assert not Attempt.objects.filter(ended_at__isnull=False).exists()


@SESSIONS
def test_the_claim_of_a_worker_that_ended_is_free_for_others(elsewhere):
    numbers = fill_inbox(3)
    worker = elsewhere()
    worker.end()
    assert list(attempts.take(500, MUCH).numbers) == numbers[:1]


@SESSIONS
def test_a_worker_that_lost_its_session_and_lives_takes_its_record_back():
    numbers = fill_inbox(1)
    for _ in range(attempts.ENDS_ALONE + 1):
        taken = attempts.take(1, MUCH)
        assert (list(taken.numbers), taken.ends_workers) == (numbers, False)
        connection.close()
    assert Attempt.objects.count() == 1


@DB
def test_a_batch_that_failed_with_the_store_is_no_sign_of_a_dead_worker(monkeypatch):
    fill_inbox(1)
    with monkeypatch.context() as patch:
        patch.setattr(batch, "file_batch", lambda *_: (_ for _ in ()).throw(OperationalError()))
        for _ in range(3):
            with pytest.raises(OperationalError):
                batch.process_batch()
    assert process_all().stored == 1


@SESSIONS
def test_a_worker_that_stands_still_in_its_turn_does_not_stop_the_others():
    numbers = fill_inbox(2)
    has_turn, may_end = threading.Event(), threading.Event()

    def stand_still():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, 0)", [attempts.LOCKS])
            has_turn.set()
            may_end.wait(30)
        connection.close()

    thread = threading.Thread(target=stand_still)
    thread.start()
    try:
        assert has_turn.wait(30)
        assert list(attempts.take(500, MUCH).numbers) == numbers
    finally:
        may_end.set()
        thread.join()


@DB
def test_a_retry_from_quarantine_starts_with_a_clean_record():
    from reports.pipeline.quarantine import retry

    numbers = fill_inbox(1)
    for _ in range(attempts.ENDS_ALONE):
        end_with(numbers)
    process_all()
    retry(QuarantinedItem.objects.get())
    assert process_all().stored == 1
