"""`/api/schema/`: the API describes itself, and rightly."""

from __future__ import annotations

from io import StringIO

import pytest
import yaml
from django.core.management import call_command

from tests.api.making import assert_problem, make_program
from tests.making import make_report_dict, take_in


def test_the_schema_is_valid_openapi_and_drf_spectacular_has_nothing_to_warn_of() -> None:
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    paths = yaml.safe_load(out.getvalue())["paths"]
    assert set(paths) == {
        "/api/reports/", "/api/reports/{oops_id}/", "/api/problems/", "/api/problems/{number}/",
        "/api/resolve/", "/api/ledger/",
    }  # fmt: skip
    assert set(paths["/api/reports/"]) == {"get", "post"}


@pytest.mark.django_db
def test_answers_have_the_fields_that_the_schema_names() -> None:
    (stored,) = take_in(make_report_dict())
    program = make_program()
    schemas = yaml.safe_load(program.get("/api/schema/").content)["components"]["schemas"]
    shown = {
        "WholeReport": program.read(f"/api/reports/{stored.oops_id}/"),
        "ReportLine": program.read("/api/reports/")["results"][0],
        "ReportPage": program.read("/api/reports/"),
        "ProblemShape": program.read("/api/problems/")["results"][0],
        "Match": program.read(f"/api/resolve/?text={stored.oops_id}")["matches"][0],
        "Ledger": program.read("/api/ledger/"),
        "SourceFigures": program.read("/api/ledger/")["sources"][0],
    }
    for name, answer in shown.items():
        assert set(answer) == set(schemas[name]["properties"]), name


@pytest.mark.django_db
def test_an_address_that_is_none_is_a_problem_and_no_page() -> None:
    program = make_program()
    assert_problem(program.get("/api/nothing/here/"), 404)
    assert_problem(program.get("/api/"), 404)


@pytest.mark.django_db
def test_a_store_that_is_away_is_a_problem_that_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def fail() -> None:
        raise OperationalError("the server closed the connection")

    program = make_program()
    monkeypatch.setattr("reports.store.ledger.balance", fail)
    answer = program.get("/api/ledger/")
    assert_problem(answer, 503)
    assert answer["Retry-After"] == "5"
