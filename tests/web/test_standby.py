"""The middleware: who reads where, and what happens when the standby does not know."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from reports.api.errors import answer_problem
from reports.store import standby
from reports.web import standby as web_standby
from reports.web.standby import COOKIE, ReadFromStandby, read_cookie, set_cookie

FACTORY = RequestFactory()


@pytest.fixture
def usable(monkeypatch):
    """A standby that is usable for those whose own write it has; noted by what was wanted."""
    wanted = []

    def is_usable(position):
        wanted.append(position)
        return position is None

    monkeypatch.setattr(standby, "is_usable", is_usable)
    monkeypatch.setattr(standby, "written_position", lambda: "0/ABC")
    monkeypatch.setattr(standby, "give_up", lambda problem: wanted.append(problem))
    return wanted


def answer_source(_request):
    return HttpResponse("standby" if standby.is_reading() else "primary")


def ask(path, view=answer_source, method="GET", cookies=None):
    request = FACTORY.generic(method, path)
    request.COOKIES.update(cookies or {})
    request.resolver_match = ResolverMatch(view, (), {}, url_name="made-up")
    return ReadFromStandby(view)(request)


@pytest.mark.parametrize(
    "path", ["/", "/problems/", "/search?q=x", "/api/reports/", "/oops/OOPS-1"]
)
def test_pages_and_the_api_are_read_from_the_standby(usable, path):
    answer = ask(path)
    assert answer.content == b"standby"
    assert answer["Oops-Read-From"] == "standby"
    assert not standby.is_reading()


@pytest.mark.parametrize("path", ["/admin/", "/admin/reports/token/", "/healthz", "/readyz"])
def test_the_admin_site_and_the_health_pages_use_the_primary(usable, path):
    assert ask(path).content == b"primary"
    assert usable == []


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_what_may_write_uses_the_primary_and_the_next_read_waits_for_it(usable, method):
    answer = ask("/intake/quarantine/1/retry", method=method)
    assert answer.content == b"primary"
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert ask("/", cookies={COOKIE: cookie.value}).content == b"primary"
    assert usable == ["0/ABC"]
    assert ask("/").content == b"standby"


@pytest.mark.parametrize("value", ["", "0/ABC", "0/ABC:1:forged", "\0", "x" * 10_000])
def test_a_forged_cookie_is_no_cookie(usable, value):
    assert ask("/", cookies={COOKIE: value}).content == b"standby"
    assert usable == [None]


def test_a_cookie_of_long_ago_is_no_cookie(usable, monkeypatch):
    answer = HttpResponse()
    set_cookie(answer)
    request = FACTORY.get("/")
    request.COOKIES[COOKIE] = answer.cookies[COOKIE].value
    assert read_cookie(request) == "0/ABC"
    monkeypatch.setattr(web_standby, "REMEMBER_SECONDS", -1)
    assert read_cookie(request) is None


def test_an_answer_to_a_write_is_given_though_the_position_is_not_known(usable, monkeypatch):
    def fail():
        raise OperationalError("gone")

    monkeypatch.setattr(standby, "written_position", fail)
    answer = ask("/", method="POST")
    assert answer.status_code == 200
    assert COOKIE not in answer.cookies


@pytest.mark.parametrize("status", [404, 410, 202])
def test_what_is_not_found_on_the_standby_is_looked_for_on_the_primary(usable, status):
    def view(_request):
        return HttpResponse(status=status if standby.is_reading() else 200)

    answer = ask("/problems/7/", view)
    assert answer.status_code == 200
    assert answer["Oops-Read-From"] == "primary"


def test_what_fails_on_the_standby_is_read_from_the_primary(usable, client, settings, monkeypatch):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "reports.web.standby.ReadFromStandby"]
    calls = []

    def fail_on_standby(text):
        calls.append(standby.is_reading())
        if standby.is_reading():
            raise OperationalError("canceling statement due to conflict with recovery")
        raise Http404

    monkeypatch.setattr("reports.web.lookups.locate", fail_on_standby)
    monkeypatch.setattr("reports.web.lookups.login_required", lambda view: view)
    client.raise_request_exception = True
    monkeypatch.setattr(
        "django.contrib.auth.middleware.get_user", lambda _request: User(username="ann", pk=1)
    )
    answer = client.get("/OOPS-1")
    assert calls == [True, False]
    assert answer.status_code == 404
    assert "conflict with recovery" in str(usable[-1])


def test_the_api_lets_a_failure_of_the_standby_through_to_the_middleware():
    problem = OperationalError("gone")
    with standby.reading(from_standby=True):
        assert answer_problem(problem, {}) is None
    answer = answer_problem(problem, {})
    assert answer is not None
    assert answer.status_code == 503


def test_a_failure_of_the_primary_is_none_of_its_business(usable):
    def fail(_request):
        raise OperationalError("gone")

    middleware = ReadFromStandby(fail)
    assert middleware.process_exception(FACTORY.get("/"), OperationalError("gone")) is None
    assert usable == []
