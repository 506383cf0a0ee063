"""The first page: nothing stored, little stored, and the same sums everywhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from django.test import Client

from tests.making import make_report_dict, process_all, put_in_inbox, take_in


def open_page(reader: Client, address: str = "/") -> str:
    response = reader.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_store_says_how_to_send_the_first_report(reader: Client) -> None:
    page = open_page(reader)
    assert "Send the first report" in page
    assert "http://127.0.0.1:8000/api/reports/" in page
    assert "Nothing received so far" in page


def test_what_could_not_be_read_is_seen_before_anything_is_stored(reader: Client) -> None:
    put_in_inbox(b"no report")
    process_all()
    assert "1 report received, 0 waiting, 1 quarantined" in open_page(reader)


def test_the_lead_counts_and_the_chart_shows_the_same(reader: Client) -> None:
    take_in(*(make_report_dict() for _ in range(3)))
    page = open_page(reader)
    assert "<b>3 reports</b> in the last 24 hours" in page
    totals = re.findall(r"<title>[^<]*: (\d+)</title>", page)
    assert len(totals) == 24
    assert sum(map(int, totals)) == 3
    assert "Every report accounted for" in page


def test_a_week_has_a_bar_for_each_hour(reader: Client) -> None:
    take_in(make_report_dict(time=datetime.now(UTC) - timedelta(days=6)), make_report_dict())
    page = open_page(reader, "/?span=7d")
    assert "<b>2 reports</b> in the last 7 days" in page
    assert len(re.findall(r"<title>[^<]*: (\d+)</title>", page)) == 168
    assert "<b>1 report</b> in the last 24 hours" in open_page(reader, "/?span=x")


def test_a_silent_day_says_so(reader: Client) -> None:
    take_in(make_report_dict(time=datetime.now(UTC) - timedelta(days=9)))
    assert "<b>No reports</b> in the last 24 hours" in open_page(reader)


def test_bars_lead_to_the_problems_of_their_time(reader: Client) -> None:
    take_in(make_report_dict())
    bars = re.findall(r'<a href="(/problems/\?from=[^"]+)" tabindex="-1">', open_page(reader))
    assert "KeyError" in open_page(reader, bars[-1].replace("&amp;", "&"))
    assert "No problem matches" in open_page(reader, bars[0].replace("&amp;", "&"))


def test_queries_don_t_grow_with_what_is_shown(
    reader: Client, django_assert_max_num_queries
) -> None:
    take_in(*(make_report_dict(type=f"Error{chr(65 + n)}") for n in range(20)))
    with django_assert_max_num_queries(20):
        reader.get("/")
