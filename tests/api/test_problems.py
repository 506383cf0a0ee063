"""`/api/problems/` and `/api/problems/ID/`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.making import assert_problem, make_program
from tests.making import make_report_dict, take_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40])
def test_a_problem_that_is_not_there_is_not_found(number: str) -> None:
    assert_problem(make_program().get(f"/api/problems/{number}/"), 404)


@pytest.mark.parametrize("number", ["-1", "x", "1.5", "%00", "1/2"])
def test_what_is_no_number_is_no_address(number: str) -> None:
    assert_problem(make_program().get(f"/api/problems/{number}/"), 404)


def test_a_query_of_too_many_words_is_refused() -> None:
    assert_problem(make_program().get("/api/problems/?query=" + "+a" * 50), 400)


def test_a_problem_tells_what_it_is_and_why_its_reports_are_together() -> None:
    (stored, _) = take_in(make_report_dict(), make_report_dict())
    signature = stored.signature
    problem = signature.problem
    shown = make_program().read(f"/api/problems/{problem.pk}/")
    assert shown["id"] == problem.pk
    assert shown["count"] == 2
    assert shown["type"] == "KeyError"
    assert shown["classification"] == "Exceptions"
    assert shown["grouping"] == {"version": signature.version, "why": signature.why}
    assert shown["url"] == f"http://testserver/problems/{problem.pk}/"
    assert set(shown) == {
        "id", "title", "type", "value", "culprit", "classification", "count",
        "first_seen", "last_seen", "grouping", "url",
    }  # fmt: skip


def test_the_last_seen_comes_first_page_by_page() -> None:
    now = datetime.now(UTC)
    for number in range(5):
        at = now - timedelta(hours=number)
        take_in(make_report_dict(type=f"Error{number}", topic=f"T{number}", time=at))
    program = make_program()
    first = program.read("/api/problems/?limit=3")
    second = program.read(first["next"])
    types = [problem["type"] for page in (first, second) for problem in page["results"]]
    assert types == [f"Error{number}" for number in range(5)]
    assert second["next"] is None
    assert program.read(second["previous"])["results"] == first["results"]


def test_words_and_reporter_narrow_the_list() -> None:
    take_in(
        make_report_dict(type="AError", topic="A", reporter="EDGE"),
        make_report_dict(type="BError", topic="B", reporter="WEB"),
    )
    program = make_program()
    by_word = program.read("/api/problems/?query=berror")["results"]
    by_reporter = program.read("/api/problems/?reporter=EDGE")["results"]
    assert [problem["type"] for problem in by_word] == ["BError"]
    assert [problem["type"] for problem in by_reporter] == ["AError"]


def test_a_list_asks_as_often_for_one_as_for_many() -> None:
    program = make_program()
    take_in(*(make_report_dict(type=f"E{number}", topic=f"T{number}") for number in range(9)))
    program.read("/api/problems/")
    with CaptureQueriesContext(connection) as captured:
        program.read("/api/problems/")
    assert len(captured) <= 3
