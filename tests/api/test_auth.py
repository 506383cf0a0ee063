"""Who may read."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reports.models import Token
from tests.api.making import Program, assert_problem, make_program

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/api/reports/",
    "/api/reports/OOPS-1/",
    "/api/problems/",
    "/api/problems/1/",
    "/api/resolve/?text=OOPS-1",
    "/api/ledger/",
    "/api/schema/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_a_token_nothing_is_read(address: str) -> None:
    answer = Program().get(address)
    assert_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_intake_token_can_only_send(address: str) -> None:
    problem = assert_problem(make_program("intake").get(address), 403)
    assert "send reports" in problem["detail"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "Bearer é"])
def test_what_is_no_token_lets_nobody_in(header: str) -> None:
    assert_problem(Program().get("/api/ledger/", Authorization=header), 401)


def test_a_revoked_token_lets_nobody_in() -> None:
    program = make_program()
    Token.objects.update(is_revoked=True)
    assert_problem(program.get("/api/ledger/"), 401)


def test_a_token_that_may_triage_may_read_too() -> None:
    assert make_program("triage").get("/api/ledger/").status_code == 200


def test_people_who_are_signed_in_read_with_their_session() -> None:
    client = Client()
    client.force_login(User.objects.create_user("ann"))
    assert client.get("/api/ledger/").status_code == 200


def test_no_token_changes_what_is_only_read() -> None:
    program = make_program("triage")
    answer = program.client.delete("/api/problems/", headers=program.headers)
    assert_problem(answer, 405)
