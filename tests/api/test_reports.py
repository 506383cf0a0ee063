"""`/api/reports/` and `/api/reports/ID/`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import bson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.formats import as_bson
from reports.models import StoredReport
from tests.api.making import assert_problem, make_program
from tests.making import make_report_dict, process_all, put_in_inbox, take_in

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC).replace(microsecond=0)


def ids_of(page: dict[str, Any]) -> list[str]:
    return [report["id"] for report in page["results"]]


HOSTILE = [
    "%00",
    "%FF%FE",
    "' OR 1=1 --",
    "%ED%A0%80",
    "x" * 5000,
    "../../etc/passwd",
    "%E2%80%AE",
    "[[[[",
    "{}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_an_id_that_is_none_is_not_found(text: str) -> None:
    take_in(make_report_dict())
    answer = make_program().get(f"/api/reports/{quote(text, safe='%')}/")
    assert_problem(answer, 404)


@pytest.mark.parametrize("name", ["query", "problem", "reporter", "limit", "after", "before"])
@pytest.mark.parametrize(
    "value", [*HOSTILE, "-1", "99999999999999999999", "1e9", "NaN", "2026-01-01T00:00:00~x", "~"]
)
def test_a_parameter_that_is_nonsense_is_refused_or_finds_nothing(name: str, value: str) -> None:
    take_in(make_report_dict())
    answer = make_program().get(f"/api/reports/?{name}={quote(value, safe='%')}")
    if answer.status_code == 200:
        assert answer.json()["results"] == []
    else:
        assert_problem(answer, 400)


def test_one_report_has_all_fields() -> None:
    (stored,) = take_in(make_report_dict(time=NOW, unknown_key={"deep": [1]}))
    shown = make_program().read(f"/api/reports/{stored.oops_id}/")
    problem = stored.signature.problem
    assert shown | {"report": None} == {
        "id": stored.oops_id,
        "occurred_at": NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "received_at": stored.received_at.isoformat().replace("+00:00", "Z"),
        "type": "KeyError",
        "value": "'apple'",
        "reporter": "SHOP-WEB1",
        "instance": "SHOP-WEB1",
        "topic": "Basket:+index",
        "url": "http://shop.example/basket",
        "revision": "shop 100",
        "classification": "Exceptions",
        "problem": {
            "id": problem.pk,
            "title": problem.title,
            "url": f"http://testserver/problems/{problem.pk}/",
        },
        "duration_ms": 250.0,
        "statement_count": 1,
        "report": None,
    }
    assert shown["report"]["unknown_key"] == {"deep": [1]}
    assert shown["report"]["timeline"][0][2] == "SQL-main"


def test_a_long_value_is_whole_on_its_own_and_short_in_a_list() -> None:
    (stored,) = take_in(make_report_dict(value="x" * 5000))
    program = make_program()
    assert len(program.read(f"/api/reports/{stored.oops_id}/")["value"]) == 5000
    assert len(program.read("/api/reports/")["results"][0]["value"]) == 200


@pytest.mark.parametrize(
    "spelling", ["{}", "{}.", "oops-{bare}", "{bare}", "['{}']", "see {}, please", " {} "]
)
def test_every_spelling_of_an_id_leads_to_its_report(spelling: str) -> None:
    (stored,) = take_in(make_report_dict())
    bare = stored.oops_id.removeprefix("OOPS-").upper()
    text = quote(spelling.format(stored.oops_id, bare=bare), safe="")
    assert make_program().read(f"/api/reports/{text}/")["id"] == stored.oops_id


def test_an_old_id_with_a_date_and_a_slash_is_found() -> None:
    take_in(make_report_dict(id="2010-05-21/689S6"))
    assert make_program().read("/api/reports/2010-05-21/689S6/")["id"] == "2010-05-21/689S6"


def test_an_address_without_its_last_slash_is_sent_on() -> None:
    (stored,) = take_in(make_report_dict())
    answer = make_program().get(f"/api/reports/{stored.oops_id}")
    assert answer.status_code == 301
    assert answer["Location"] == f"/api/reports/{stored.oops_id}/"


def test_bson_is_given_back_as_it_came() -> None:
    report = make_report_dict(odd={"bytes": b"\x00\xff"})
    (stored,) = take_in(report)
    by_header = make_program().get(f"/api/reports/{stored.oops_id}/", Accept="application/bson")
    assert by_header.content == as_bson(report)
    assert by_header["Content-Type"] == "application/bson"
    assert by_header["Content-Disposition"] == f'attachment; filename="{stored.oops_id}.bson"'


def test_the_old_form_is_given_too() -> None:
    (stored,) = take_in(make_report_dict())
    answer = make_program().get(f"/api/reports/{stored.oops_id}/?format=rfc822")
    assert answer["Content-Type"] == "message/rfc822"
    assert f"Oops-Id: {stored.oops_id}".encode() in answer.content


def test_a_form_that_is_not_written_is_refused() -> None:
    (stored,) = take_in(make_report_dict())
    program = make_program()
    assert_problem(program.get(f"/api/reports/{stored.oops_id}/?format=pdf"), 404)
    assert_problem(program.get(f"/api/reports/{stored.oops_id}/", Accept="image/png"), 406)


def test_a_problem_is_json_whatever_form_was_asked_for() -> None:
    assert_problem(make_program().get("/api/reports/OOPS-1/", Accept="application/bson"), 404)


def test_secrets_are_masked_in_every_form() -> None:
    (stored,) = take_in(make_report_dict(req_vars={"HTTP_COOKIE": "session=sesame"}))
    program = make_program()
    for form in ("json", "bson", "rfc822"):
        answer = program.get(f"/api/reports/{stored.oops_id}/?format={form}")
        assert answer.status_code == 200
        assert b"sesame" not in answer.content


def test_values_that_json_has_not_are_shown_all_the_same() -> None:
    odd = {"nan": float("nan"), "big": 2**63 - 1, "bytes": b"\xff", "sur": "a\u202eb", "t": NOW}
    (stored,) = take_in(make_report_dict(odd=odd))
    answer = make_program().get(f"/api/reports/{stored.oops_id}/")
    shown = json.loads(answer.content, parse_constant=pytest.fail)["report"]["odd"]
    assert shown["nan"] is None
    assert shown["big"] == 2**63 - 1


def test_a_report_in_quarantine_says_so() -> None:
    put_in_inbox(b"\x00broken", oops_id="OOPS-broken1")
    from reports.models import InboxItem
    from reports.store.keys import key_of

    InboxItem.objects.update(key=key_of("OOPS-broken1"))
    waiting = assert_problem(make_program().get("/api/reports/OOPS-broken1/"), 404)
    assert waiting["whereabouts"] == "waiting"
    process_all()
    held = assert_problem(make_program("triage").get("/api/reports/OOPS-broken1/"), 404)
    assert held["whereabouts"] == "quarantined"


def test_a_report_that_was_let_go_is_gone() -> None:
    (stored,) = take_in(make_report_dict())
    StoredReport.objects.all().delete()
    problem = assert_problem(make_program().get(f"/api/reports/{stored.oops_id}/"), 410)
    assert problem["whereabouts"] == "pruned"


def test_lists_are_newest_first_in_pages_that_lead_on_and_back() -> None:
    reports = [make_report_dict(time=NOW - timedelta(minutes=n // 2)) for n in range(7)]
    take_in(*reports)
    program = make_program()
    pages = [program.read("/api/reports/?limit=3")]
    while pages[-1]["next"]:
        pages.append(program.read(pages[-1]["next"]))
    seen = [oops_id for page in pages for oops_id in ids_of(page)]
    assert [len(page["results"]) for page in pages] == [3, 3, 1]
    assert sorted(seen) == sorted(report["id"] for report in reports)
    times = [report["occurred_at"] for page in pages for report in page["results"]]
    assert times == sorted(times, reverse=True)
    assert pages[0]["previous"] is None
    back = program.read(pages[2]["previous"])
    assert ids_of(back) == ids_of(pages[1])
    assert ids_of(program.read(back["previous"])) == ids_of(pages[0])
    assert program.read(back["previous"])["previous"] is None


def test_a_total_is_exact_until_counting_would_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(*(make_report_dict() for _ in range(4)))
    program = make_program()
    page = program.read("/api/reports/?limit=1")
    assert (page["total"], page["total_is_exact"]) == (4, True)
    monkeypatch.setattr("reports.api.paging.MAX_COUNTED", 3)
    page = program.read("/api/reports/?limit=1")
    assert (page["total"], page["total_is_exact"]) == (3, False)


def test_a_query_finds_ids_or_words() -> None:
    first, second = take_in(
        make_report_dict(value="no such apple"),
        make_report_dict(type="OSError", value="full", topic="Disk", tb_text="no frames"),
    )
    program = make_program()

    def find(**parameters: Any) -> list[str]:
        return ids_of(program.read(f"/api/reports/?{urlencode(parameters)}"))

    assert find(query=f"what about {second.oops_id.lower()}?") == [second.oops_id]
    assert find(query="APPLE keyerror") == [first.oops_id]
    assert find(query="apple OSError") == []
    assert find(problem=second.signature.problem_id) == [second.oops_id]
    assert find(problem=second.signature.problem_id, query="apple") == []
    assert find(problem=second.signature.problem_id, query='"no frames"') == [second.oops_id]
    both = find(reporter="SHOP-WEB1", query="dis* or sum")
    assert sorted(both) == sorted([first.oops_id, second.oops_id])
    assert find(reporter="nobody", query="apple") == []


def test_a_search_by_words_leads_on_and_back_and_names_a_mistake() -> None:
    take_in(*(make_report_dict(time=NOW - timedelta(minutes=n)) for n in range(5)))
    program = make_program()
    pages = [program.read("/api/reports/?limit=2&query=prices")]
    while pages[-1]["next"]:
        pages.append(program.read(pages[-1]["next"]))
    assert [len(page["results"]) for page in pages] == [2, 2, 1]
    assert [(page["total"], page["total_is_exact"]) for page in pages] == [(5, True)] * 3
    assert ids_of(program.read(pages[2]["previous"])) == ids_of(pages[1])
    assert pages[0]["previous"] is None
    answer = program.get("/api/reports/?query=" + quote('say "no'))
    assert "not closed" in assert_problem(answer, 400)["detail"]


def test_a_list_of_one_reporter_holds_no_other() -> None:
    take_in(make_report_dict(reporter="EDGE"), make_report_dict(reporter="WEB"))
    page = make_program().read("/api/reports/?reporter=EDGE")
    assert [report["reporter"] for report in page["results"]] == ["EDGE"]


def test_a_list_opens_no_body_and_asks_as_often_for_one_as_for_many() -> None:
    program = make_program()
    take_in(make_report_dict())
    program.read("/api/reports/")

    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            program.read("/api/reports/")
        return [query["sql"] for query in captured]

    one = statements()
    take_in(*(make_report_dict(topic=f"T{number}") for number in range(9)))
    many = statements()
    assert len(many) == len(one) <= 3
    assert not any('"body"' in statement for statement in many)


def test_sending_has_the_same_address_and_needs_an_intake_token() -> None:
    program = make_program("intake")
    report = bson.encode(make_report_dict())
    answer = program.client.post(
        "/api/reports/", report, content_type="application/bson", headers=program.headers
    )
    assert answer.status_code == 202
    assert answer.json()["accepted"] == 1
    reader = make_program("read")
    refused = reader.client.post(
        "/api/reports/", report, content_type="application/bson", headers=reader.headers
    )
    assert_problem(refused, 403)
