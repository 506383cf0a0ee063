"""HTTP: one report or many in a body; the answer comes when they are on disk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from reports.formats import TooLarge, Undecodable, identify, split, unpack
from reports.intake import limits
from reports.intake.inbox import Incoming, find_source, keep
from reports.intake.tokens import bearer_of, find_token, may
from reports.models import Source, Token
from reports.store.keys import key_of

SINGLE = {"application/bson", "message/rfc822", "application/json"}
MANY = {"application/x-ndjson", "application/bson-seq"}
UNTOLD = {"", "application/octet-stream", "application/x-www-form-urlencoded"}
"""Found from the bytes. curl's --data says the last of these unless it is told otherwise."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Refused(Exception):
    """An answer other than 202: RFC 9457's status, title and detail."""

    def __init__(self, status: int, title: str, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.headers = status, title, detail, headers


@dataclass
class Sorted:
    """The members of a body: what can be kept, and what can't, by its place."""

    good: list[Incoming] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)


@csrf_exempt
def receive(request: HttpRequest) -> HttpResponse:
    """`POST /api/reports/`: 202 with the ids of all that is now on disk."""
    try:
        token = _check_token(request)
        _check_room()
        members = _sort(_read_body(request), _media_type(request))
        _keep(members, token)
    except Refused as refusal:
        return _problem(refusal)
    return JsonResponse(
        {
            "accepted": len(members.good),
            "ids": [item.oops_id for item in members.good],
            "rejected": members.rejected,
        },
        status=202,
    )


def _check_token(request: HttpRequest) -> Token:
    text = bearer_of(request.headers.get("Authorization", ""))
    if not text:
        raise Refused(
            401,
            "No token",
            "Send 'Authorization: Bearer TOKEN'; 'manage.py create_token NAME --scope intake'"
            " makes one.",
            **{"WWW-Authenticate": "Bearer"},
        )
    token = _with_store(lambda: find_token(text))
    if token is None:
        raise Refused(
            401,
            "Unknown token",
            "No such token, or it was revoked.",
            **{"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    if not may(token, "intake"):
        raise Refused(403, "Not for intake", f"This token may only {token.get_scope_display()}.")
    return token


def _check_room() -> None:
    if _with_store(limits.is_inbox_full):
        raise Refused(
            429,
            "Too many reports waiting",
            "The inbox is full; send again later. Nothing of this request was kept.",
            **{"Retry-After": str(limits.RETRY_AFTER_SECONDS)},
        )


def _media_type(request: HttpRequest) -> str:
    media_type = (request.content_type or "").lower()
    if media_type in SINGLE | MANY:
        return media_type
    if media_type in UNTOLD:
        return ""
    known = ", ".join(sorted(SINGLE | MANY))
    raise Refused(415, "Unknown type", f"{media_type!r} is none of: {known}.")


def _read_body(request: HttpRequest) -> bytes:
    """The body, unpacked. Never reads more than the limit, whatever the sender announces."""
    limit = settings.OOPSWEB_MAX_PACKED
    try:
        body = request.read(limit + 1)
    except (UnreadablePostError, RawPostDataException, OSError) as problem:
        raise Refused(400, "Body cut off", f"The body ended early: {problem}") from problem
    if len(body) > limit:
        raise Refused(413, "Too large", f"A body may have {limit:,} bytes as it is sent.")
    try:
        encoding = request.headers.get("Content-Encoding", "")
        return unpack(body, encoding, max_unpacked=settings.OOPSWEB_MAX_UNPACKED)
    except TooLarge as problem:
        raise Refused(413, "Too large", problem.detail) from problem
    except Undecodable as problem:
        status = 415 if problem.reason == "unknown-encoding" else 400
        raise Refused(status, "Unreadable body", problem.detail) from problem


def _sort(body: bytes, media_type: str) -> Sorted:
    members = Sorted()
    is_many = media_type in MANY
    member_type = _member_type(media_type)
    for index, member in enumerate(split(body, media_type)):
        try:
            members.good.append(_accept(member, member_type))
        except Undecodable as problem:
            if not is_many:
                status = 413 if isinstance(problem, TooLarge) else 400
                raise Refused(status, "Unreadable report", problem.detail) from problem
            members.rejected.append(
                {"index": index, "reason": problem.reason, "detail": problem.detail}
            )
    if is_many and not members.good and not members.rejected:
        raise Refused(400, "Empty body", "The body holds no report.")
    return members


def _member_type(media_type: str) -> str:
    return {
        "application/x-ndjson": "application/json",
        "application/bson-seq": "application/bson",
    }.get(media_type, media_type)


def _accept(member: bytes | Undecodable, media_type: str) -> Incoming:
    if isinstance(member, Undecodable):
        raise member
    oops_id = identify(member, media_type)
    return Incoming(member, media_type, oops_id, key_of(oops_id))


def _keep(members: Sorted, token: Token) -> None:
    _with_store(lambda: keep(members.good, find_source(Source.Transport.HTTP, token.name)))


def _with_store(action: Callable[[], T]) -> T:
    try:
        return action()
    except (OperationalError, InterfaceError, DatabaseError) as problem:
        log.error("The store is not there: %s", str(problem).strip())
        raise Refused(
            503,
            "Store not reachable",
            "The database can't be reached; nothing of this request was kept. Send it again later.",
            **{"Retry-After": "5"},
        ) from problem


def _problem(refusal: Refused) -> HttpResponse:
    response = JsonResponse(
        {"title": refusal.title, "status": refusal.status, "detail": refusal.detail},
        status=refusal.status,
        content_type="application/problem+json",
    )
    for name, value in refusal.headers.items():
        response[name] = value
    return response
