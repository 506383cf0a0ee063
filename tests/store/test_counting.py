"""Counts always equal what counting the reports gives: after repeats, late reports,
several workers, and transactions that did not come to their end."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F

from reports.formats import as_bson
from reports.models import (
    AttributeCount,
    ClassCount,
    PendingFacts,
    PeopleKey,
    PeopleSketch,
    Problem,
    Signature,
    SignatureCount,
    StoredReport,
    TopicCount,
    TopicMeasure,
    UnmeasuredDay,
)
from reports.pipeline.batch import process_batch
from reports.store import counters, filing, folding, ledger, measuring, recounting
from reports.store.folding import fold_counts
from reports.store.ledger import find_faults
from reports.store.measures import Measure, merge_days, unpack_day
from reports.store.measuring import settle_facts
from reports.store.sketches import estimate
from tests.making import make_report_dict, process_all, put_in_inbox, take_in

NOW = datetime.now(UTC).replace(minute=7, second=0, microsecond=0)
SLOW = [[0, 9000, "SQL-main", "SELECT * FROM basket WHERE owner = 7", ""]]


def make_mixed(chance: random.Random) -> dict[str, Any]:
    """One of many kinds: some late, some without user, duration or timeline, some time outs."""
    age = chance.choice(
        [timedelta(), timedelta(minutes=40), timedelta(days=1), timedelta(days=12, hours=3)]
    )
    return make_report_dict(
        type=chance.choice(["KeyError", "TimeoutError", "NotFound", "SoftRequestTimeout"]),
        topic=chance.choice(["Basket:+index", "Order:+edit", None]),
        reporter=chance.choice(["WEB1", "WEB2", "EDGE1"]),
        revno=str(chance.randint(1, 3)),
        time=NOW - age - timedelta(seconds=chance.randint(0, 7000)),
        username=chance.choice([None, *(f"User {n}, {n}, u{n}" for n in range(30))]),
        duration=chance.choice([-1, 0.2, 9.1, 1e300, chance.random() * 10]),
        timeline=chance.choice([None, [], SLOW * chance.randint(1, 40)]),
        req_vars=chance.choice([{"HTTP_USER_AGENT": "Googlebot/2.1"}, {"REQUEST_METHOD": "POST"}]),
    )


def count_all() -> Measure:
    """All measures of the store as one."""
    total: dict[int, Measure] = {}
    for row in TopicMeasure.objects.all():
        for measure in unpack_day(bytes(row.content)).values():
            merge_days(total, {0: measure})
    return total.get(0, Measure())


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_after_random_batches_every_count_is_what_counting_gives(seed, monkeypatch):
    chance = random.Random(seed)
    sent: list[dict[str, Any]] = []
    for step in range(6):
        sent += [make_mixed(chance) for _ in range(chance.randint(1, 40))]
        put_in_inbox(*(as_bson(chance.choice(sent)) for _ in range(40)))
        with monkeypatch.context() as patch:
            if step % 2:
                # Before anything is counted, or when all of it is and only the commit is missing.
                patch.setattr(*chance.choice([(filing, "_count"), (ledger, "record")]), lose_store)
                with pytest.raises(OperationalError):
                    process_batch()
        process_all()
        for act in chance.sample([settle_facts, fold_counts, list], 2):
            act()
            assert find_faults() == []
    assert StoredReport.objects.count() > 50


def lose_store(*given: object) -> None:
    raise OperationalError("the server closed the connection")


@pytest.mark.django_db(transaction=True)
def test_several_workers_count_alike_while_facts_are_settled_and_hours_joined():
    chance = random.Random(7)
    reports = [make_mixed(chance) for _ in range(400)]
    put_in_inbox(*(as_bson(report) for report in [*reports, *reports[::3]]))
    failures: list[BaseException] = []
    is_over = threading.Event()

    def work() -> None:
        try:
            while process_batch(limit=20).total:
                pass
        except BaseException as problem:  # noqa: BLE001 - told below
            failures.append(problem)
        finally:
            connection.close()

    def tend() -> None:
        try:
            while not is_over.is_set():
                settle_facts()
                fold_counts()
        except BaseException as problem:  # noqa: BLE001 - told below
            failures.append(problem)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    tender = threading.Thread(target=tend)
    for thread in (*workers, tender):
        thread.start()
    for thread in workers:
        thread.join()
    is_over.set()
    tender.join()
    process_all()
    assert failures == []
    assert StoredReport.objects.count() == 400
    assert find_faults() == []
    settle_facts()
    assert find_faults() == []


@pytest.mark.django_db
def test_durations_and_statements_of_a_topic_are_those_of_its_reports():
    take_in(
        make_report_dict(duration=0.25, timeline=SLOW * 3, id="OOPS-few"),
        make_report_dict(duration=9.5, timeline=None, id="OOPS-long"),
        make_report_dict(duration=-1, timeline=None),
        make_report_dict(duration=None, timeline=[[0, 40, "SQL-main", "SELECT 1", ""]] * 50),
    )
    settle_facts()
    measure = count_all()
    assert measure.durations.total == 3
    assert measure.durations.worst == (9500.0, "OOPS-long")
    assert measure.statements.total == 2
    assert measure.statements.worst.value == 50
    (row,) = TopicMeasure.objects.all()
    assert (row.longest_ms, row.most_statements) == (9500.0, 50)


@pytest.mark.django_db
def test_each_person_counts_once_a_day_for_a_problem_and_a_class():
    take_in(
        *(make_report_dict(username=name) for name in ("Ann", "Ann", "Bob", None)),
        make_report_dict(username="Ann", type="OSError", value="disk full"),
    )
    settle_facts()
    sketches = PeopleSketch.objects.all()
    counts = sorted((row.subject, estimate(bytes(row.sketch))) for row in sketches)
    assert counts == [(1, 1), (1, 2), (2, 2)]


@pytest.mark.django_db
def test_no_name_can_be_read_from_a_sketch_without_the_stores_own_key():
    take_in(make_report_dict(username="Ann"))
    settle_facts()
    assert len(bytes(PeopleKey.objects.get().content)) == 32
    assert all(b"Ann" not in bytes(row.sketch) for row in PeopleSketch.objects.all())


@pytest.mark.django_db
def test_time_outs_carry_the_statement_that_took_most_time():
    take_in(
        make_report_dict(type="TimeoutError", timeline=SLOW),
        make_report_dict(type="KeyError", timeline=SLOW),
    )
    shapes = set(Signature.objects.values_list("kind", "statement"))
    assert shapes == {
        ("statement", "SELECT * FROM basket WHERE owner = $INT"),
        ("traceback", ""),
    }


@pytest.mark.django_db
def test_old_quarters_are_joined_to_hours_and_no_sum_changes():
    old = NOW - timedelta(days=20)
    hour = old.replace(minute=0)
    reports = [make_report_dict(time=hour + timedelta(minutes=m)) for m in (1, 16, 17, 46)]
    take_in(*reports, make_report_dict(time=NOW))
    settle_facts()
    assert SignatureCount.objects.filter(quarter__lt=NOW - timedelta(days=9)).count() == 3
    before = sums()
    fold_counts()
    folded = SignatureCount.objects.filter(quarter__lt=NOW - timedelta(days=9))
    assert [(row.quarter, row.count) for row in folded] == [(hour, 4)]
    assert list(unpack_day(bytes(TopicMeasure.objects.get(day=old.date()).content))) == [
        hour.hour * 4
    ]
    assert sums() == before
    assert find_faults() == []
    assert fold_counts() == 0


@pytest.mark.django_db
def test_a_late_report_for_a_joined_hour_is_counted_and_joined_in_its_turn():
    hour = (NOW - timedelta(days=20)).replace(minute=0)
    take_in(make_report_dict(time=hour + timedelta(minutes=20)))
    settle_facts()
    fold_counts()
    take_in(make_report_dict(time=hour + timedelta(minutes=50)))
    assert find_faults() == []
    settle_facts()
    assert find_faults() == []
    fold_counts()
    assert SignatureCount.objects.get(quarter=hour).count == 2
    assert find_faults() == []


@pytest.mark.django_db
def test_the_last_days_keep_their_quarters():
    young = NOW.replace(minute=20) - timedelta(days=folding.QUARTERS_LAST_DAYS - 1)
    take_in(make_report_dict(time=young))
    settle_facts()
    fold_counts()
    assert SignatureCount.objects.filter(count=1, quarter__minute=15).exists()
    assert not TopicMeasure.objects.get().is_by_hour


def sums() -> Counter[str]:
    """The sum of each table of counts."""
    return Counter(
        {
            table.__name__: sum(table.objects.values_list("count", flat=True))
            for table in (SignatureCount, ClassCount, TopicCount, AttributeCount, Problem)
        }
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        (SignatureCount, {"facet_id": 0}, "counts in reports_signaturecount differ"),
        (SignatureCount, {"received": 0}, "by their receipt"),
        (
            SignatureCount,
            {"quarter": F("quarter") - timedelta(days=1)},
            "reports_signaturecount by receipt",
        ),
        (ClassCount, {"is_robot": True}, "counts in reports_classcount differ"),
        (TopicCount, {"count": 9}, "counts in reports_topiccount differ"),
        (AttributeCount, {"value": "x"}, "counts in reports_attributecount differ"),
        (Signature, {"count": 9}, "signatures differ"),
        (Problem, {"count": 9}, "problems differ"),
        (TopicMeasure, {"content": b""}, "1 durations of topics"),
        (TopicMeasure, {"whole": b"\0\0"}, "1 durations of topics"),
        (TopicMeasure, {"longest_ms": 1}, "1 durations of topics"),
        (PeopleSketch, {"sketch": b"abcd"}, "2 sketches of people"),
    ],
)
def test_the_check_tells_what_differs(table, change, told):
    take_in(make_report_dict(time=NOW))
    settle_facts()
    assert find_faults() == []
    table.objects.update(**change)
    assert any(told in fault for fault in find_faults()), find_faults()


@pytest.mark.django_db
def test_the_check_tells_of_facts_that_were_lost():
    take_in(make_report_dict())
    PendingFacts.objects.all().delete()
    assert len(find_faults()) == 2


@pytest.mark.django_db
def test_a_day_whose_partition_was_dropped_is_not_compared():
    old = NOW - timedelta(days=100)
    take_in(make_report_dict(time=old), make_report_dict(time=NOW))
    settle_facts()
    with connection.cursor() as cursor:
        for table in ("report", "segment", "word"):
            cursor.execute(f"DROP TABLE reports_{table}_{old:%Y%m}")
    filing.forget_names()
    assert find_faults() == []
    TopicCount.objects.update(count=9)
    assert any("1 counts in reports_topiccount differ" in fault for fault in find_faults())


@pytest.mark.django_db
def test_days_that_were_never_measured_are_measured_from_their_reports():
    take_in(*(make_report_dict(time=NOW, username=f"u{n}") for n in range(5)))
    settle_facts()
    expected = count_all()
    take_in(make_report_dict(time=NOW, duration=77, username="u9"))
    TopicMeasure.objects.all().delete()
    PeopleSketch.objects.all().delete()
    UnmeasuredDay.objects.create(day=NOW.date())
    assert recounting.measure_day() == NOW.date()
    assert count_all() == expected
    assert find_faults() == []
    settle_facts()
    assert find_faults() == []
    assert recounting.measure_day() is None


@pytest.mark.django_db(transaction=True)
def test_only_one_process_settles_at_a_time():
    take_in(make_report_dict())
    with transaction.atomic(), connection.cursor() as cursor:
        assert measuring.try_lock(cursor)
        settled: list[int] = []

        def settle() -> None:
            settled.append(settle_facts())
            connection.close()

        other = threading.Thread(target=settle)
        other.start()
        other.join()
    assert settled == [0]
    assert settle_facts() == 1


@pytest.mark.django_db
def test_a_batch_without_reports_counts_nothing():
    with connection.cursor() as cursor:
        counters.count_reports(cursor, [])
    assert PendingFacts.objects.count() == 0
