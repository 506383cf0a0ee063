"""The list of topics and a topic's page; people on the pages of problems."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from reports.models import Problem, Topic, TopicMeasure
from reports.store.measuring import settle_facts
from tests.making import make_report_dict, take_in

SLOW = [[0, 9000, "SQL-main", "SELECT * FROM basket WHERE owner = 7", ""]]


def open_page(reader: Client, address: str, **asked: str) -> str:
    response = reader.get(address, asked)
    assert response.status_code == 200
    return response.content.decode()


def page_of(reader: Client, topic: str, **asked: str) -> str:
    settle_facts()
    return open_page(reader, Topic.objects.get(name=topic).get_absolute_url(), **asked)


def test_an_empty_store_has_no_topics_and_says_so(reader: Client) -> None:
    assert "No report in the last 24 hours" in open_page(reader, "/topics/")


def test_topics_are_listed_by_their_reports_with_durations_and_the_worst(reader: Client) -> None:
    take_in(
        make_report_dict(topic="Rare", duration=9.5, id="OOPS-slowest"),
        *(make_report_dict(topic="Often", duration=0.1) for _ in range(3)),
    )
    settle_facts()
    page = open_page(reader, "/topics/")
    assert re.findall(r'class="title mono"[^>]*>(\w+)<', page) == ["Often", "Rare"]
    assert '<a href="/oops/OOPS-slowest">9.50 s</a>' in page
    assert "100 ms" in page


def test_a_topic_shows_quantiles_and_links_its_worst_reports(reader: Client) -> None:
    take_in(
        *(make_report_dict(duration=0.2) for _ in range(8)),
        make_report_dict(duration=12, id="OOPS-longest"),
        make_report_dict(duration=0.2, timeline=SLOW * 70, id="OOPS-chatty/é"),
    )
    page = page_of(reader, "Basket:+index")
    assert '<a href="/oops/OOPS-longest">12.00 s</a>' in page
    assert "/oops/OOPS-chatty%2F%C3%A9" in page
    assert "10 reports of 1 problem" in page
    middle = re.search(r"half took up to (\d+) ms", page)
    assert middle is not None
    assert 190 <= int(middle[1]) <= 210


def test_time_outs_are_shown_by_their_most_expensive_statement(reader: Client) -> None:
    other = [[0, 8000, "SQL-main", "SELECT price FROM shelf WHERE id = 3", ""]]
    take_in(
        *(make_report_dict(type="TimeoutError", timeline=SLOW) for _ in range(3)),
        make_report_dict(type="SoftRequestTimeout", timeline=SLOW),
        make_report_dict(type="TimeoutError", timeline=other),
        make_report_dict(type="KeyError", timeline=other),
    )
    part = (
        page_of(reader, "Basket:+index").split("Time-outs by statement")[1].split("</section>")[0]
    )
    rows = re.findall(r'<code class="break">([^<]*)</code>.*?data-l="Time-outs">(\d+)<', part)
    assert rows == [
        ("SELECT * FROM basket WHERE owner = $INT", "4"),
        ("SELECT price FROM shelf WHERE id = $INT", "1"),
    ]


def test_a_topics_problems_are_listed_and_link_to_their_pages(reader: Client) -> None:
    take_in(make_report_dict(), make_report_dict(), make_report_dict(type="OSError", value="full"))
    page = page_of(reader, "Basket:+index")
    for problem in Problem.objects.all():
        assert problem.get_absolute_url() in page
    assert "2 of 2, those with most reports" in page


def test_durations_are_those_of_exactly_the_span(reader: Client) -> None:
    now = datetime.now(UTC)
    take_in(
        make_report_dict(duration=5, time=now - timedelta(hours=26)),
        make_report_dict(duration=0.1, time=now - timedelta(minutes=1)),
    )
    assert "5.00 s" not in page_of(reader, "Basket:+index")
    assert "5.00 s" in page_of(reader, "Basket:+index", span="7d")


@pytest.mark.parametrize(
    "over",
    [
        {"duration": None, "timeline": None},
        {"duration": 1e308},
        {"duration": float("inf")},
        {"duration": float("nan")},
        {"topic": None},
        {"topic": "<b onclick='x'>\u202e%s"},
        {"username": "\u202e<i>"},
        {"time": datetime(1970, 1, 1, tzinfo=UTC)},
    ],
)
def test_whatever_senders_write_the_pages_are_shown(reader: Client, over: dict) -> None:
    (stored,) = take_in(make_report_dict(**over))
    settle_facts()
    for address in ("/topics/", stored.facet.topic.get_absolute_url(), "/problems/", "/"):
        page = open_page(reader, address, span="7d")
        assert "<b onclick" not in page
    open_page(reader, stored.signature.problem.get_absolute_url())


@pytest.mark.parametrize(
    "asked", [{"page": "x"}, {"page": "-1"}, {"page": "9" * 20}, {"span": "?"}]
)
def test_what_makes_no_sense_in_the_address_is_ignored(reader: Client, asked: dict) -> None:
    take_in(make_report_dict())
    assert "Basket:+index" in open_page(reader, "/topics/", **asked)


@pytest.mark.parametrize("number", [0, 1, 2**63 - 1, 2**63, 10**30])
def test_an_unknown_topic_is_not_found(reader: Client, number: int) -> None:
    assert reader.get(f"/topics/{number}/").status_code == 404


def test_topics_are_for_those_who_are_signed_in(client: Client, db: None) -> None:
    assert client.get("/topics/").status_code == 302


def test_both_pages_take_few_queries(reader: Client, django_assert_max_num_queries) -> None:
    take_in(*(make_report_dict(topic=f"T{n % 60}", type=f"E{n}") for n in range(120)))
    settle_facts()
    with django_assert_max_num_queries(7):
        first = open_page(reader, "/topics/")
    assert 'rel="next"' in first
    assert len(re.findall('class="title mono"', open_page(reader, "/topics/", page="3"))) == 10
    address = Topic.objects.get(name="T1").get_absolute_url()
    with django_assert_max_num_queries(10):
        open_page(reader, address)


def test_a_topic_whose_facts_have_not_been_settled_shows_its_reports(reader: Client) -> None:
    take_in(make_report_dict())
    page = open_page(reader, Topic.objects.get().get_absolute_url())
    assert "1 report of 1 problem" in page
    assert not TopicMeasure.objects.exists()


def test_a_problem_says_how_many_people_it_hit(reader: Client) -> None:
    take_in(*(make_report_dict(username=f"u{n % 7}") for n in range(20)))
    problem = Problem.objects.get().get_absolute_url()
    assert '<dd class="v">7</dd>' in open_page(reader, problem)
    take_in(*(make_report_dict(username=f"u{n % 130}") for n in range(130)))
    settle_facts()
    assert '<dd class="v">130</dd>' in open_page(reader, problem)
    assert 'data-l="People">130<' in open_page(reader, "/problems/")


def test_the_list_counts_no_people_over_a_month(reader: Client) -> None:
    take_in(make_report_dict())
    settle_facts()
    assert 'data-l="People">1<' in open_page(reader, "/problems/", span="7d")
    assert 'data-l="People">\N{EN DASH}<' in open_page(reader, "/problems/", span="30d")


def test_no_more_people_are_shown_than_reports(reader: Client) -> None:
    now = datetime.now(UTC)
    yesterday = now.replace(hour=0, minute=0) - timedelta(hours=12)
    times = [now, *(yesterday - timedelta(minutes=n) for n in range(3))]
    take_in(*(make_report_dict(username=f"u{n}", time=time) for n, time in enumerate(times)))
    settle_facts()
    for line in re.findall(
        r'Reports">(\d+)<.*?People">(\d+)<', open_page(reader, "/problems/"), re.DOTALL
    ):
        assert int(line[1]) <= int(line[0])


def test_many_people_are_said_to_be_an_estimate(reader: Client) -> None:
    take_in(*(make_report_dict(username=f"u{n % 700}") for n in range(1000)))
    settle_facts()
    found = re.search(r'data-l="People">about (\d+)<', open_page(reader, "/problems/"))
    assert found is not None
    assert 600 < int(found[1]) < 800


def test_the_overview_says_how_many_people_each_class_hit(reader: Client) -> None:
    take_in(*(make_report_dict(username=f"u{n}", type=f"E{n % 2}") for n in range(6)))
    settle_facts()
    table = open_page(reader, "/").split("shares-h")[2]
    assert '<td class="num">6</td></tr>' in table
