"""The parts of the OpenAPI schema that many views share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

LIST = [
    OpenApiParameter("query", str, description="Ids, or words that must all be there."),
    OpenApiParameter("limit", int, description="Rows of a page, at most 200. Default: 50."),
    OpenApiParameter("after", str, description="A cursor, from `next`."),
    OpenApiParameter("before", str, description="A cursor, from `previous`."),
]

_PROBLEM = inline_serializer(
    "ProblemDetails",
    {
        "title": serializers.CharField(),
        "status": serializers.IntegerField(),
        "detail": serializers.CharField(),
    },
)
_ANSWERS = {
    400: "A parameter can't be used.",
    401: "No token, or none that is known.",
    403: "This token may not read.",
    404: "There is no such thing.",
}
PROBLEMS: dict[Any, Any] = {
    (status, "application/problem+json"): OpenApiResponse(_PROBLEM, words)
    for status, words in _ANSWERS.items()
}

BODIES: dict[str, Any] = dict.fromkeys(
    (
        "application/bson",
        "application/bson-seq",
        "application/json",
        "application/x-ndjson",
        "message/rfc822",
        "application/octet-stream",
    ),
    OpenApiTypes.BINARY,
)

_REJECTED = inline_serializer(
    "Rejected",
    {
        "index": serializers.IntegerField(),
        "reason": serializers.CharField(),
        "detail": serializers.CharField(),
    },
    many=True,
)
_REFUSALS = {
    400: "The body can't be read.",
    401: "No token, or none that is known.",
    403: "This token may not send.",
    413: "Too large, as it is sent or unpacked.",
    415: "Unknown type or encoding.",
    429: "Too many reports wait; Retry-After says when to come again.",
    503: "The store is not there; nothing was kept.",
}
ACCEPTED: dict[Any, Any] = {
    202: inline_serializer(
        "Accepted",
        {
            "accepted": serializers.IntegerField(),
            "ids": serializers.ListField(child=serializers.CharField()),
            "rejected": _REJECTED,
        },
    ),
    **{
        (status, "application/problem+json"): OpenApiResponse(_PROBLEM, words)
        for status, words in _REFUSALS.items()
    },
}


def page_of(name: str, row: type[serializers.Serializer[Any]]) -> Any:
    """The answer of a list."""
    return inline_serializer(
        name,
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "total": serializers.IntegerField(help_text="At most 10000 are counted."),
            "total_is_exact": serializers.BooleanField(),
            "results": row(many=True),
        },
    )
