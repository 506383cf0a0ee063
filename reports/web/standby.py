"""Middleware: pages that only read are read from the hot standby, if there is one.

1. A request that may write (any method but GET and HEAD) is the primary's, and so is
   the admin site. Its answer carries, signed in a cookie, how far the primary had
   written by then; a browser's later reads wait for no less.
2. A request that reads is the standby's if that is usable for this reader.
3. What fails there, or is not found there, is asked once more on the primary before
   anybody is told so.

Each answer says in `Oops-Read-From` where it came from.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal

from django.conf import settings
from django.core import signing
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from reports.store import standby

COOKIE = "oopsweb_written"
SALT = "reports.web.standby"
REMEMBER_SECONDS = 3600
"""A standby that far behind would have been left alone long before."""

ELSEWHERE = ("/admin/", "/accounts/", "/sign-in/", "/static/", "/healthz", "/readyz", "/metrics")
"""Addresses that read nothing of reports, or must read the primary."""

INTAKE = "api-reports"
"""Who sends reports reads none; and any id is looked for on the primary, too."""

Source = Literal["primary", "standby"]

log = logging.getLogger(__name__)


class Failed(HttpResponse):
    """Stands for an answer that the standby could not give."""


class ReadFromStandby:
    """The innermost middleware: whatever stands before it uses the primary."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Choose the database, and ask."""
        if request.method not in ("GET", "HEAD"):
            return self._write(request)
        if request.path_info.startswith(ELSEWHERE) or not standby.is_usable(read_cookie(request)):
            return self._read(request, "primary")
        answer = self._read(request, "standby")
        if isinstance(answer, Failed) or answer.status_code in (202, 404, 410):
            return self._read(request, "primary")
        return answer

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """A standby may cancel what it reads, or go, at any moment: no reader need know."""
        if standby.is_reading() and isinstance(problem, DatabaseError | InterfaceError):
            standby.give_up(problem)
            return Failed(status=503)
        return None

    def _read(self, request: HttpRequest, source: Source) -> HttpResponse:
        with standby.reading(from_standby=source == "standby"):
            answer = self.get_response(request)
            is_from_standby = standby.is_reading()
        answer["Oops-Read-From"] = "standby" if is_from_standby else "primary"
        return answer

    def _write(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        match = request.resolver_match
        if match is not None and match.url_name != INTAKE:
            set_cookie(answer)
        return answer


def read_cookie(request: HttpRequest) -> standby.type_position | None:
    """How far the reader's own last write goes; None without one, or with a forged one."""
    try:
        value = signing.TimestampSigner(salt=SALT).unsign(
            request.COOKIES.get(COOKIE, ""), max_age=REMEMBER_SECONDS
        )
    except signing.BadSignature:
        return None
    return value if standby.is_position(value) else None


def set_cookie(answer: HttpResponse) -> None:
    """Note in the answer how far the primary has written."""
    try:
        position = standby.written_position()
    except (DatabaseError, InterfaceError) as problem:
        log.warning("How far the primary has written is not known: %s", str(problem).strip())
        return
    answer.set_cookie(
        COOKIE,
        signing.TimestampSigner(salt=SALT).sign(position),
        max_age=REMEMBER_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
