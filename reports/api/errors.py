"""Every answer that is no success, as RFC 9457 says: application/problem+json."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions

from reports.store import standby

RETRY_AFTER_SECONDS = 5

log = logging.getLogger(__name__)


class NotStored(exceptions.APIException):
    """There is no such report to show: `whereabouts` says where it is instead."""

    def __init__(self, detail: str, *, whereabouts: str, status: int = 404) -> None:
        super().__init__(detail)
        self.status_code = status
        self.whereabouts = whereabouts


def answer_problem(problem: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """REST framework's exception handler."""
    if isinstance(problem, Http404):
        problem = exceptions.NotFound(str(problem) or "There is nothing here.")
    elif isinstance(problem, PermissionDenied):
        problem = exceptions.PermissionDenied()
    if isinstance(problem, exceptions.APIException):
        return _answer_known(problem)
    if isinstance(problem, DatabaseError | InterfaceError) and standby.is_reading():
        return None  # raised again, for the middleware to ask the primary
    if isinstance(problem, OperationalError | InterfaceError):
        log.error("The store is not there: %s", str(problem).strip())
        detail = "The database can't be reached. Ask again later."
        return make_problem(503, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    log.error("The API failed", exc_info=problem)
    return make_problem(500, "This site failed; its log says why.")


def _answer_known(problem: exceptions.APIException) -> HttpResponse:
    headers: dict[str, str] = {}
    if header := getattr(problem, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(problem, "wait", None):
        headers["Retry-After"] = str(int(wait))
    members = {}
    if isinstance(problem, NotStored):
        members["whereabouts"] = problem.whereabouts
    return make_problem(problem.status_code, _words_of(problem.detail), members, headers)


def make_problem(
    status: int,
    detail: str,
    members: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """One answer; `members` are further ones of its object."""
    body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JsonResponse(
        {**body, **(members or {})},
        status=status,
        content_type="application/problem+json",
        headers=headers,
    )


def answer_not_found(request: HttpRequest) -> HttpResponse:
    """The view for all addresses below /api/ that nothing else answers."""
    return make_problem(404, "There is no such address in the API; /api/schema/ lists them.")


def _words_of(detail: Any) -> str:
    """A detail of REST framework, which may be nested, as one text."""
    if isinstance(detail, dict):
        return " ".join(f"{name}: {_words_of(value)}" for name, value in detail.items())
    if isinstance(detail, list):
        return " ".join(_words_of(value) for value in detail)
    return str(detail)
