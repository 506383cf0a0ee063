"""`manage.py samples`: real failures, sent over a real connection."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import md5
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import bson
import pytest
from django.core.management import CommandError, call_command

from reports.samples.rhythm import choose_moments
from reports.samples.scenario import live_through

NOW = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


class Intake(BaseHTTPRequestHandler):
    """Takes what is posted, or refuses it."""

    bodies: list[bytes] = []
    types: set[str] = set()
    answer: tuple[int, bytes] = (202, b"{}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).bodies.append(body)
        type(self).types.add(self.headers["Content-Type"])
        status, answer = self.answer
        if self.headers["Authorization"] != "Bearer let-me-in":
            status, answer = 401, json.dumps({"detail": "No such token"}).encode()
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def intake() -> Iterator[str]:
    Intake.bodies, Intake.types, Intake.answer = [], set(), (202, b"{}")
    server = HTTPServer(("127.0.0.1", 0), Intake)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def reports() -> list[dict[str, Any]]:
    return fail(600)


def fail(count: int, seed: int = 1, days: float = 7) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []

    def publish(report: dict[str, Any]) -> list[str]:
        made.append(dict(report))
        return [f"OOPS-{len(made)}"]

    live_through(publish, count=count, days=days, now=NOW, seed=seed)
    return made


def of_type(reports: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    found = [report for report in reports if report["type"] == name]
    assert found, f"no {name}"
    return found


def read_all(bodies: list[bytes]) -> list[dict[str, Any]]:
    return [report for body in bodies for report in bson.decode_all(body)]


def test_a_server_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(CommandError, match="can't be reached") as problem:
        call_command("samples", url="http://127.0.0.1:1", token="x", count=1)
    assert "\n" not in str(problem.value)


def test_a_refused_token_is_one_clear_line_with_the_servers_reason(intake: str) -> None:
    with pytest.raises(CommandError, match="answered 401: No such token"):
        call_command("samples", url=intake, token="stale", count=1)


def test_a_server_that_is_no_intake_is_told_as_that(intake: str) -> None:
    Intake.answer = (200, b"<html>hello</html>")
    with pytest.raises(CommandError, match="is no intake"):
        call_command("samples", url=intake, token="let-me-in", count=1)


def test_rejected_reports_are_no_success(intake: str) -> None:
    Intake.answer = (202, b'{"rejected": [{"index": 0}]}')
    with pytest.raises(CommandError, match="rejected 1"):
        call_command("samples", url=intake, token="let-me-in", count=1)


def test_without_a_token_the_command_says_how_to_get_one(settings: Any, tmp_path: Any) -> None:
    settings.DATA_FOLDER = tmp_path
    with pytest.raises(CommandError, match="create_token samples --scope intake"):
        call_command("samples", url="http://127.0.0.1:1")


@pytest.mark.parametrize(
    "wrong", [{"count": 0}, {"days": 0.0}, {"days": float("nan")}, {"url": "ftp://x"}]
)
def test_what_can_not_be_done_is_wrong_usage(wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError) as problem:
        call_command("samples", **{"url": "http://127.0.0.1:1", "token": "x", **wrong})
    assert problem.value.returncode == 2


def test_reports_come_as_bson_batches_named_by_the_md5_of_their_content(
    intake: str, settings: Any, tmp_path: Any, capsys: Any
) -> None:
    settings.DATA_FOLDER = tmp_path
    (tmp_path / "intake-token").write_text("let-me-in\n")
    call_command("samples", url=intake, count=230)
    sent = read_all(Intake.bodies)
    assert len(sent) >= 230
    assert len(Intake.bodies) >= 3
    assert Intake.types == {"application/bson-seq"}
    for report in sent:
        name = report.pop("id")
        assert name == f"OOPS-{md5(bson.encode(report)).hexdigest()}"
    assert f"{len(sent)} sample reports sent" in capsys.readouterr().out


def test_the_same_seed_makes_the_same_failures() -> None:
    def told(report: dict[str, Any]) -> tuple[Any, ...]:
        return report["time"], report["type"], report.get("url"), report["duration"]

    assert [told(report) for report in fail(60)] == [told(report) for report in fail(60)]
    assert [told(report) for report in fail(60)] != [told(report) for report in fail(60, seed=2)]


def test_failures_are_of_many_kinds_and_places(reports: list[dict[str, Any]]) -> None:
    kinds = Counter((report["type"], report.get("topic")) for report in reports)
    assert len(kinds) >= 35
    assert len({report["type"] for report in reports}) >= 25
    assert len({report["reporter"] for report in reports}) == 7
    assert len({report["branch_nick"] for report in reports}) == 4


def test_times_are_those_of_the_last_days_and_end_minutes_ago(
    reports: list[dict[str, Any]],
) -> None:
    times = [report["time"] for report in reports]
    assert min(times) >= NOW - timedelta(days=7)
    assert NOW - timedelta(minutes=3) < max(times) < NOW + timedelta(minutes=1)


def test_more_happens_by_day_than_by_night() -> None:
    from random import Random

    moments = choose_moments(Random(1), count=4000, days=7, now=NOW, outage=(0, 0))
    by_day = sum(1 for moment in moments if 10 <= moment.hour < 22)
    assert by_day > 0.6 * len(moments)


def test_slow_pages_repeat_their_statements(reports: list[dict[str, Any]]) -> None:
    slow = [
        report
        for report in of_type(reports, "SoftRequestTimeout")
        if report["topic"] == "Customer:+orders"
    ]
    for report in slow:
        shapes = Counter(row[3].rstrip("0123456789") for row in report["timeline"])
        assert shapes["SELECT title FROM book WHERE id = "] >= 20
        assert report["duration"] >= 2.5
        assert report["timeline"][-1][1] <= report["duration"] * 1000 + 1


def test_the_hard_limit_strikes_at_different_statements(reports: list[dict[str, Any]]) -> None:
    cut_off = of_type(reports, "RequestStatementTimedOut")
    assert len({report["timeline"][-1][3] for report in cut_off}) > 3
    assert {report["topic"] for report in cut_off} >= {"Customer:+orders", "Catalogue:+search"}
    assert all(report["duration"] == pytest.approx(9, abs=0.01) for report in cut_off)


def test_the_same_missing_key_is_met_at_two_places(reports: list[dict[str, Any]]) -> None:
    unknown_money = [r for r in of_type(reports, "KeyError") if r["value"] == "'CHF'"]
    assert {report["topic"] for report in unknown_money} == {"Basket:+index", "Order:+invoice"}


def test_the_new_release_mends_one_failure_and_brings_another(
    reports: list[dict[str, Any]],
) -> None:
    assert {r["revno"] for r in of_type(reports, "ZeroDivisionError")} == {"4711"}
    assert {r["revno"] for r in of_type(reports, "ProgrammingError")} == {"4735"}


def test_a_cause_is_told_by_the_service_that_sends_whole_tracebacks(
    reports: list[dict[str, Any]],
) -> None:
    chained = of_type(reports, "GatewayError")[0]["tb_text"]
    assert "JSONDecodeError" in chained
    assert "was the direct cause" in chained


def test_pages_that_are_shown_may_report_too(reports: list[dict[str, Any]]) -> None:
    assert all(report["informational"] for report in of_type(reports, "StaleStockLevels"))


def test_a_failure_after_the_first_bytes_is_reported(reports: list[dict[str, Any]]) -> None:
    found = [r for r in of_type(reports, "TypeError") if r["topic"] == "Office:+customers"]
    assert found


def test_pages_not_found_are_asked_for_by_robots_and_by_links_of_our_own(
    reports: list[dict[str, Any]],
) -> None:
    lost = [report["req_vars"] for report in of_type(reports, "NotFound")]
    assert any("bot" in variables["HTTP_USER_AGENT"] for variables in lost)
    assert any("bookshop.example" in variables.get("HTTP_REFERER", "") for variables in lost)


def test_no_cookie_leaves_the_shop(reports: list[dict[str, Any]]) -> None:
    cookies = {report.get("req_vars", {}).get("HTTP_COOKIE") for report in reports}
    assert cookies == {None, "<hidden>"}


def test_no_visit_changes_the_shop_for_the_next() -> None:
    first = of_type(fail(200, seed=3), "IntegrityError")
    assert all("UNIQUE constraint failed: customer.email" in report["value"] for report in first)
