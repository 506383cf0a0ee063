"""The list of problems and a problem's page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from reports.models import Problem, StoredReport
from tests.making import make_report_dict, take_in


def open_page(reader: Client, address: str = "/problems/", **asked: str) -> str:
    response = reader.get(address, asked)
    assert response.status_code == 200
    return response.content.decode()


def types(page: str) -> list[str]:
    return re.findall(r'<a class="title"[^>]*>.*?<b>(\w+)</b>', page)


@pytest.fixture
def three(reader: Client) -> None:
    """Three problems: the one of most reports is the oldest."""
    now = datetime.now(UTC)
    take_in(
        *(make_report_dict(type="Many", time=now - timedelta(hours=h)) for h in (50, 51, 52, 53)),
        *(
            make_report_dict(type="Two", reporter="EDGE1", time=now - timedelta(hours=h))
            for h in (2, 3)
        ),
        make_report_dict(type="TimeoutError", value="statement timeout"),
    )


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("last", ["TimeoutError", "Two", "Many"]),
        ("first", ["TimeoutError", "Two", "Many"]),
        ("count", ["Two", "TimeoutError", "Many"]),
        ("ever", ["Many", "Two", "TimeoutError"]),
        ("nonsense", ["TimeoutError", "Two", "Many"]),
    ],
)
def test_each_sort_puts_the_greatest_first(
    reader: Client, three: None, sort: str, order: list[str]
) -> None:
    assert types(open_page(reader, sort=sort)) == order


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"text": "MANY"}, ["Many"]),
        ({"text": "keyerror"}, []),
        ({"class": "time-outs"}, ["TimeoutError"]),
        ({"class": "nonsense"}, []),
        ({"reporter": "EDGE1"}, ["Two"]),
        ({"instance": "EDGE1"}, ["Two"]),
        ({"reporter": "EDGE1", "class": "time-outs"}, []),
        ({"text": "\x00"}, ["TimeoutError", "Two", "Many"]),
        ({"text": "%"}, []),
    ],
)
def test_filters_narrow_the_list(
    reader: Client, three: None, asked: dict[str, str], found: list[str]
) -> None:
    page = open_page(reader, **asked)
    assert types(page) == found
    assert f"{len(found)} problem" in page


def test_counts_follow_the_reporter_that_was_chosen(reader: Client) -> None:
    take_in(make_report_dict(), make_report_dict(), make_report_dict(reporter="EDGE1"))
    assert 'data-l="Reports">3<' in open_page(reader)
    assert 'data-l="Reports">1<' in open_page(reader, reporter="EDGE1")


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "x", "to": "y"},
        {"from": "2026-11-24T00:00", "to": "2026-11-23T00:00"},
        {"from": "0001-01-01T00:00", "to": "9999-12-31T23:59"},
        {"span": "99y", "after": "~~", "before": "x"},
    ],
)
def test_a_span_that_makes_no_sense_is_ignored(
    reader: Client, three: None, asked: dict[str, str]
) -> None:
    assert len(types(open_page(reader, **asked))) == 3


def test_the_list_is_paged_and_takes_few_queries(
    reader: Client, django_assert_max_num_queries
) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = [f"{a}{b}Error" for a in "XY" for b in letters]
    take_in(*(make_report_dict(type=name) for name in names))
    with django_assert_max_num_queries(13):
        first = open_page(reader)
    assert "52 problems" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = open_page(reader, "/problems/" + following[1].replace("&amp;", "&"))
    assert sorted(types(first) + types(second)) == sorted(names)


def test_a_problem_says_why_its_reports_are_together(reader: Client) -> None:
    take_in(make_report_dict())
    problem = Problem.objects.get()
    page = open_page(reader, problem.get_absolute_url())
    why = problem.signatures.get().why
    assert why
    for reason in why:
        assert reason[:20].split("'")[0] in page


def test_a_problem_shows_what_its_newest_reports_hold(reader: Client) -> None:
    take_in(*(make_report_dict(url=f"http://shop.example/a{n % 2}?q={n}") for n in range(4)))
    page = open_page(reader, Problem.objects.get().get_absolute_url())
    for text in ("http://shop.example/a0", "total_of", "1 library frame", "revision", "shop 100"):
        assert text in page, text
    assert "?q=" not in page.split("Addresses")[1]


def test_a_problem_whose_reports_were_let_go_keeps_its_counts(reader: Client) -> None:
    take_in(make_report_dict())
    StoredReport.objects.all().delete()
    page = open_page(reader, Problem.objects.get().get_absolute_url())
    assert "the counts stay" in page


def test_a_problem_takes_few_queries(reader: Client, django_assert_max_num_queries) -> None:
    take_in(*(make_report_dict() for _ in range(30)))
    with django_assert_max_num_queries(17):
        reader.get(Problem.objects.get().get_absolute_url())


def test_an_unknown_problem_is_not_found(reader: Client) -> None:
    assert reader.get("/problems/1/").status_code == 404
