"""Signatures to problems: a signature that was never seen opens a problem of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.backends.utils import CursorWrapper

from reports.grouping import Signature
from reports.models import Problem
from reports.models import Signature as StoredSignature
from reports.store.names import MAX_REMEMBERED, lock_names

MAX_STATEMENT = 4_000
"""Characters of a statement's shape; most have some hundred."""


class FirstSight(NamedTuple):
    """What a new problem starts from: its signature, class, and the report's time."""

    signature: Signature
    classification_id: int
    occurred_at: datetime


_numbers: dict[bytes, int] = {}


def forget() -> None:
    """Look everything up afresh."""
    _numbers.clear()


def number_signatures(
    cursor: CursorWrapper, wanted: Mapping[bytes, FirstSight]
) -> dict[bytes, int]:
    """The number of each signature by its key; unknown ones open problems."""
    found = {key: _numbers[key] for key in wanted if key in _numbers}
    if len(found) < len(wanted):
        found |= _look_up(wanted.keys() - found.keys())
        if len(found) < len(wanted):
            lock_names(cursor)
            found |= _look_up(wanted.keys() - found.keys())
            found |= {key: _open_problem(wanted[key]) for key in sorted(wanted.keys() - found)}
        transaction.on_commit(lambda: _remember(found))
    return found


def _remember(found: dict[bytes, int]) -> None:
    if len(_numbers) + len(found) > MAX_REMEMBERED:
        _numbers.clear()
    _numbers.update(found)


def _look_up(keys: set[bytes]) -> dict[bytes, int]:
    rows = StoredSignature.objects.filter(key__in=keys).values_list("key", "id")
    return {bytes(key): number for key, number in rows}


def _open_problem(first: FirstSight) -> int:
    signature = first.signature
    seen = {"first_seen": first.occurred_at, "last_seen": first.occurred_at}
    problem = Problem.objects.create(
        title=signature.title,
        type=signature.type,
        value=signature.value,
        culprit=signature.culprit,
        classification_id=first.classification_id,
        **seen,
    )
    stored = StoredSignature.objects.create(
        key=signature.key,
        version=signature.version,
        kind=signature.kind,
        why=list(signature.why),
        statement=signature.statement[:MAX_STATEMENT],
        problem=problem,
        **seen,
    )
    return stored.pk
