"""`/api/resolve/`: any text to the reports whose ids it holds."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from reports.models import StoredReport
from tests.api.making import assert_problem, make_program
from tests.making import make_report_dict, process_all, put_in_inbox, take_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["", "%20", "no ids in here at all, sorry"])
def test_a_text_without_ids_matches_nothing(text: str) -> None:
    assert make_program().read(f"/api/resolve/?text={text}") == {"matches": []}


@pytest.mark.parametrize("text", ["a" * 30_000, "OOPS-1%00"])
def test_a_text_that_is_too_long_or_holds_a_nul_is_refused(text: str) -> None:
    assert_problem(make_program().get(f"/api/resolve/?text={text}"), 400)


@pytest.mark.parametrize("text", ["%FF", "%F0%9F%92%A5", "..%2F..%2F", "%E2%80%AE"])
def test_a_word_that_nobody_knows_is_unknown(text: str) -> None:
    matches = make_program().read(f"/api/resolve/?text={text}")["matches"]
    assert {match["status"] for match in matches} <= {"unknown"}


def test_each_id_says_where_its_report_is_now() -> None:
    from reports.store.keys import key_of

    kept, gone = take_in(make_report_dict(), make_report_dict())
    StoredReport.objects.filter(key=gone.key).delete()
    put_in_inbox(b"\x00", oops_id="OOPS-777Q7", key=key_of("OOPS-777Q7"))
    process_all()
    text = f"Saw {kept.oops_id.lower()}, then {gone.oops_id} and OOPS-777Q7; also OOPS-1X1."
    matches = make_program().read(f"/api/resolve/?text={quote(text)}")["matches"]
    assert [match["status"] for match in matches] == [
        "stored",
        "pruned",
        "quarantined",
        "unknown",
    ]
    problem = kept.signature.problem
    assert matches[0] == {
        "text": kept.oops_id,
        "id": kept.oops_id,
        "status": "stored",
        "url": f"http://testserver/oops/{kept.oops_id}",
        "problem": {
            "id": problem.pk,
            "title": problem.title,
            "url": f"http://testserver/problems/{problem.pk}/",
        },
    }
    assert matches[1]["problem"]["id"] == gone.signature.problem_id
    assert matches[1]["url"] is None
    assert matches[2]["url"].startswith("http://testserver/intake/quarantine/")
    assert matches[3]["problem"] is None


def test_a_flood_of_ids_is_cut() -> None:
    text = " ".join(f"OOPS-{number}A{number}" for number in range(1, 200))
    matches = make_program().read(f"/api/resolve/?text={quote(text)}")["matches"]
    assert len(matches) == 50
