"""Filing: each report once, under a day that can be believed, with counts that add up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Sum

from reports.formats import as_bson
from reports.models import (
    ClassCount,
    Facet,
    Instance,
    Problem,
    Reporter,
    ReportKey,
    Signature,
    SignatureCount,
    StoredReport,
)
from reports.store.filing import believable_time
from reports.store.reading import find_report, find_whereabouts, load
from tests.making import make_report_dict, process_all, put_in_inbox, take_in

pytestmark = pytest.mark.django_db

RECEIVED = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "claimed",
    [
        None,
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
        RECEIVED + timedelta(days=2),
    ],
)
def test_a_time_that_cannot_be_believed_gives_way_to_the_receipt(claimed):
    assert believable_time(claimed, RECEIVED) == RECEIVED


def test_a_late_report_keeps_its_own_time():
    late = RECEIVED - timedelta(days=900)
    assert believable_time(late, RECEIVED) == late


def test_the_same_report_twice_in_a_batch_is_stored_once():
    report = make_report_dict()
    put_in_inbox(as_bson(report), as_bson(report))
    result = process_all()
    assert (result.stored, result.repeated) == (1, 1)
    assert StoredReport.objects.count() == 1


def test_an_id_that_comes_again_on_another_day_is_the_same_report():
    report = make_report_dict()
    take_in(report)
    take_in({**report, "time": report["time"] - timedelta(days=3)})
    assert StoredReport.objects.count() == 1
    assert ReportKey.objects.count() == 1


def test_a_report_of_ten_years_ago_shares_a_partition_with_its_month():
    old = datetime(2016, 5, 21, 10, tzinfo=UTC)
    take_in(make_report_dict(time=old), make_report_dict(time=old + timedelta(days=7)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reports_report_201605")
        assert cursor.fetchone() == (2,)
    assert {stored.day for stored in StoredReport.objects.all()} == {
        date(2016, 5, 21),
        date(2016, 5, 28),
    }


def test_a_day_in_a_month_that_has_day_partitions_gets_one_of_its_own():
    from reports.store import partitions

    old = date(2016, 5, 21)
    day_span = (old, old + timedelta(days=1))
    with connection.cursor() as cursor:
        partitions._attach(cursor, day_span)
    take_in(make_report_dict(time=datetime(2016, 5, 22, 10, tzinfo=UTC)))
    with connection.cursor() as cursor:
        names = {partitions.partition_name(span) for span in partitions.existing(cursor)}
    assert {"reports_report_20160521", "reports_report_20160522"} <= names


def test_what_is_stored_is_what_was_sent():
    report = make_report_dict(oddity={"deep": [1, 2.5, None, True, b"\xff"]})
    (stored,) = take_in(report)
    loaded = load(stored)
    assert loaded.id == report["id"]
    assert loaded.data["oddity"] == {"deep": [1, 2.5, None, True, b"\xff"]}
    assert stored.statement_count == 1
    assert stored.duration_ms == 250


def test_tabs_newlines_and_backslashes_come_through_the_copy_whole():
    value = "a\tb\\N\nc\r\\d \\. end"
    (stored,) = take_in(make_report_dict(value=value, hostname="\\N", username="\\."))
    assert (stored.value, stored.hostname, stored.username) == (value, "\\N", "\\.")


def test_names_longer_than_an_index_can_hold_are_cut_and_the_report_is_stored():
    long = "ü" * 100_000
    (stored,) = take_in(
        make_report_dict(
            topic=long,
            reporter=long,
            revno=long,
            branch_nick=long,
            url=long,
            value=long,
            hostname=long,
            username=long,
            type=long,
        )
    )
    assert len(stored.facet.topic.name) == 500
    assert load(stored).topic == long


def test_an_unknown_reporter_is_added_as_its_own_instance():
    take_in(make_report_dict(reporter="NEW-REPORTER"))
    reporter = Reporter.objects.get(name="NEW-REPORTER")
    assert reporter.instance.name == "NEW-REPORTER"
    assert not reporter.is_sorted


def test_a_new_reporter_joins_an_instance_that_has_its_name():
    Instance.objects.create(name="edge")
    take_in(make_report_dict(reporter="edge"))
    assert Instance.objects.filter(name="edge").count() == 1


def test_a_report_that_names_no_reporter_is_of_the_unnamed_instance():
    take_in(
        make_report_dict(reporter=None, id="no-reporter-in-this"),
        make_report_dict(reporter="unnamed"),
    )
    assert {reporter.name for reporter in Instance.objects.get(name="unnamed").reporters.all()} == {
        "",
        "unnamed",
    }


def test_reports_with_one_cause_are_one_problem_with_its_figures():
    first = datetime(2026, 11, 20, 10, tzinfo=UTC)
    take_in(*(make_report_dict(time=first + timedelta(hours=hours)) for hours in (2, 0, 5)))
    problem = Problem.objects.get()
    assert (problem.count, problem.first_seen) == (3, first)
    assert problem.last_seen == first + timedelta(hours=5)
    signature = Signature.objects.get()
    assert (signature.count, signature.first_seen) == (3, first)
    assert signature.why


def test_counts_hold_each_report_once_by_each_of_its_two_times():
    late = datetime(2026, 11, 1, 10, 50, tzinfo=UTC)
    take_in(make_report_dict(time=late), make_report_dict(time=late), make_report_dict())
    for table in (SignatureCount, ClassCount):
        assert table.objects.aggregate(n=Sum("count"))["n"] == 3
        assert table.objects.aggregate(n=Sum("received"))["n"] == 3
    quarter = datetime(2026, 11, 1, 10, 45, tzinfo=UTC)
    then = SignatureCount.objects.get(quarter=quarter)
    assert (then.count, then.received) == (2, 0)


def test_facets_are_shared_by_reports_that_are_alike():
    take_in(make_report_dict(), make_report_dict(), make_report_dict(revno="101"))
    assert Facet.objects.count() == 2


def test_a_robot_and_a_local_referrer_are_told_from_others():
    take_in(
        make_report_dict(req_vars={"HTTP_USER_AGENT": "Googlebot/2.1"}),
        make_report_dict(req_vars={"HTTP_REFERER": "http://shop.example/x"}),
        make_report_dict(req_vars={"HTTP_REFERER": "http://else.example/x"}),
    )
    flags = Facet.objects.order_by("pk").values_list("is_robot", "is_local_referrer")
    assert set(flags) == {(True, False), (False, True), (False, False)}


def test_a_report_is_found_by_every_spelling_of_its_id():
    hex_id = "e98cab6d1534146bcc5ef553a8566465"
    take_in(make_report_dict(id=f"OOPS-{hex_id}"), make_report_dict(id="OOPS-689S6"))
    for spelling in (
        f"OOPS-{hex_id}",
        hex_id,
        hex_id.upper(),
        f"oops-{hex_id}.",
        f"['OOPS-{hex_id}']",
    ):
        assert find_report(spelling).oops_id == f"OOPS-{hex_id}", spelling
    assert find_report("oops-689s6,").oops_id == "OOPS-689S6"


def test_an_id_whose_report_was_let_go_is_remembered():
    (stored,) = take_in(make_report_dict())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_report")
    found = find_whereabouts(stored.oops_id)
    assert (found.status, found.day) == ("pruned", stored.day)
    assert found.problem_id == stored.signature.problem_id
    assert find_whereabouts("OOPS-never").status == "unknown"
