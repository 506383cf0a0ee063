"""A report's page: everything the report holds, whatever it holds."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from reports.formats import as_bson
from reports.models import Problem, StoredReport
from reports.store.keys import key_of
from tests.making import TRACEBACK, make_report_dict, process_all, put_in_inbox, take_in


def open_page(reader: Client, **over: object) -> str:
    (stored,) = take_in(make_report_dict(**over))
    response = reader.get(stored.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


TEXTS = ("type", "value", "reporter", "hostname", "topic", "url", "username", "revno")

HOSTILE = {
    "script everywhere": dict.fromkeys(TEXTS, "<script>alert(1)</script>"),
    "javascript for a link": {"url": "javascript:alert(1)"},
    "text turned around": {"value": "invoice\u202efdp.exe", "username": "\u2066x"},
    "control characters": {"value": "a\x1b[2Jb\x07\x00", "tb_text": "\x00\x08" + TRACEBACK},
    "no text at all": {"type": None, "value": None, "tb_text": None, "topic": None, "url": None},
    "values of a megabyte": {"value": "v" * 1_000_000, "req_vars": {"big": "w" * 1_000_000}},
    "a wide dict": {"extra": {f"k{n}": n for n in range(5_000)}},
    "a deep dict": {"extra": functools.reduce(lambda inner, _: {"d": inner}, range(60), 1)},
    "variables that are no dict": {"req_vars": "x=1"},
    "variables of one part": {"req_vars": [["a"], ["b", {"c": [1]}], [None, b"\xff"]]},
    "a timeline that is none": {"timeline": {"a": 1}},
    "rows of any length": {"timeline": [[], [1], [1, 2], [1, 2, "sql"], "x", None]},
    "times that are none": {
        "timeline": [
            [float("nan"), float("inf"), "SQL-main", "SELECT 1", ""],
            [-5, -1, "SQL-main", "SELECT 2", ""],
            ["a", {}, 7, None, []],
            [1e300, 1, "http", "x", ""],
        ]
    },
    "five thousand statements": {
        "timeline": [[n, n + 1, "SQL-main", f"SELECT {n}, x{n % 700}", ""] for n in range(5_000)]
    },
    "a statement that sqlparse refuses": {
        "timeline": [[0, 9, "SQL-main", "SELECT " + "(" * 900, ""]] * 2
    },
    "a traceback of one line of a megabyte": {"tb_text": "x" * 1_000_000},
    "a runaway recursion": {
        "tb_text": TRACEBACK + '  File "/srv/a.py", line 1, in f\n    f()\n' * 3_000
    },
    "bytes for an address": {"url": b"http://x/\xff\xfe"},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_reports_have_a_page(reader: Client, case: str) -> None:
    page = open_page(reader, **HOSTILE[case])
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", page)


def test_all_that_a_report_says_is_on_its_page(reader: Client) -> None:
    page = open_page(
        reader,
        username="Elena Rossi, 17, elena-r",
        duration=2.5,
        req_vars={
            "REQUEST_METHOD": "POST",
            "HTTP_USER_AGENT": "Googlebot/2.1",
            "HTTP_REFERER": "http://shop.example/start",
            "HTTP_COOKIE": "session=secret",
            "QUERY_STRING": "a=b",
        },
        timeline=[
            [n * 10, n * 10 + 5, "SQL-main", f"SELECT a FROM b WHERE c={n}", ""] for n in range(4)
        ],
        favourite_colour="blue",
    )
    for text in (
        "KeyError", "&#x27;apple&#x27;", "2.50 s", "SHOP-WEB1", "web1.example", "shop", "100",
        "Elena Rossi", "id 17", "http://shop.example/basket", "http://shop.example/start",
        "on the same site", "POST", "Googlebot/2.1", "(robot)", "QUERY_STRING", "a=b",
        "masked at intake", "Basket:+index", "total_of", "1 library frame", "favourite_colour",
        "blue", "format=bson", "format=rfc822",
    ):  # fmt: skip
        assert text in page, text
    assert "session=secret" not in page


def test_repeated_statements_are_counted_and_projected(reader: Client) -> None:
    rows = [[n * 10, n * 10 + 5, "SQL-main", f"SELECT a FROM b WHERE c={n}", ""] for n in range(4)]
    page = open_page(reader, timeline=rows, duration=0.04)
    cells = dict(re.findall(r'data-l="(Count|Total ms|Mean ms|Saving ms)">([^<]*)<', page))
    assert cells == {"Count": "4", "Total ms": "20", "Mean ms": "5.0", "Saving ms": "15"}
    assert "this request would take about 25 ms" in page


def test_a_duration_that_only_the_timeline_tells_is_called_estimated(reader: Client) -> None:
    assert "estimated" in open_page(reader, duration=-1)
    assert "estimated" not in open_page(reader, duration=0.5)


def test_a_long_timeline_is_shown_in_part_and_whole_on_demand(reader: Client) -> None:
    rows = [
        [n, n + 1, "SQL-main", f"SELECT {'ab'[n % 2]} FROM t WHERE x={n}", ""] for n in range(1_000)
    ]
    (stored,) = take_in(make_report_dict(timeline=rows))
    page = reader.get(stored.get_absolute_url()).content.decode()
    assert "850 more rows" in page
    assert "x=998" not in page
    assert "x=998" in reader.get(stored.get_absolute_url() + "?rows=all").content.decode()


def test_older_and_newer_reports_of_the_problem_are_linked(reader: Client) -> None:
    now = datetime.now(UTC)
    made = [make_report_dict(time=now - timedelta(days=days)) for days in (2, 1, 0)]
    oldest, middle, newest = take_in(*made)
    page = reader.get(middle.get_absolute_url()).content.decode()
    assert f'rel="prev" href="{oldest.get_absolute_url()}"' in page
    assert f'rel="next" href="{newest.get_absolute_url()}"' in page
    assert 'rel="prev"' not in reader.get(oldest.get_absolute_url()).content.decode()
    assert 'rel="next"' not in reader.get(newest.get_absolute_url()).content.decode()


def test_a_damaged_body_still_has_a_page_that_says_so(reader: Client) -> None:
    (stored,) = take_in(make_report_dict(value="was kept"))
    StoredReport.objects.update(body=b"no zstd frame")
    page = reader.get(stored.get_absolute_url()).content.decode()
    assert "was kept" in page
    assert "can&#x27;t be read" in page


def test_an_id_that_waits_says_so_and_looks_again(reader: Client) -> None:
    report = make_report_dict()
    put_in_inbox(as_bson(report), oops_id=report["id"], key=key_of(report["id"]))
    response = reader.get(f"/oops/{report['id']}")
    assert response.status_code == 202
    assert b'http-equiv="refresh"' in response.content
    process_all()
    assert reader.get(f"/oops/{report['id']}").status_code == 200


def test_an_id_in_quarantine_leads_there(reader: Client) -> None:
    oops_id = "OOPS-" + "ab" * 16
    put_in_inbox(b"not a report", oops_id=oops_id, key=key_of(oops_id))
    process_all()
    assert b"/intake/quarantine/" in reader.get(f"/oops/{oops_id}").content


def test_an_id_whose_report_was_let_go_says_when(reader: Client) -> None:
    (stored,) = take_in(make_report_dict())
    StoredReport.objects.all().delete()
    response = reader.get(stored.get_absolute_url())
    assert response.status_code == 410
    assert f"/problems/{Problem.objects.get().pk}/".encode() in response.content


def test_an_unknown_id_is_not_found_and_says_what_was_searched(reader: Client) -> None:
    response = reader.get("/oops/OOPS-" + "f" * 32)
    assert response.status_code == 404
    assert b"in quarantine" in response.content


def test_a_page_takes_few_queries(reader: Client, django_assert_max_num_queries) -> None:
    (stored,) = take_in(make_report_dict())
    with django_assert_max_num_queries(8):
        reader.get(stored.get_absolute_url())
