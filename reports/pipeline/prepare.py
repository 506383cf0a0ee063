"""Prepare: one inbox item's bytes to a report that is ready to be filed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.formats import (
    Undecodable,
    as_bson,
    read_report,
    report_from,
    sniff,
    unpack,
)
from reports.grouping import sign
from reports.pipeline.classify import Rule, classify, is_robot
from reports.pipeline.scrub import scrub
from reports.report import Report
from reports.store.bodies import pack
from reports.store.filing import Filing
from reports.store.keys import key_of
from reports.store.words.keys import keys_of_report


@dataclass(frozen=True, slots=True)
class Claimed:
    """An inbox item in a worker's hands."""

    pk: int
    source_id: int
    received_at: datetime
    media_type: str
    oops_id: str
    origin: str
    content: bytes
    packed: bytes = b""
    """The same packed, if the inbox had it so."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why an item can't be stored: a short word for lists, a sentence for people."""

    reason: str
    detail: str


def prepare(item: Claimed, rules: Sequence[Rule]) -> Filing | Unreadable:
    """Decode, scrub, classify, group and pack. Whatever goes wrong has a reason."""
    try:
        report, bson = _read(item)
        return _make_filing(item, report, bson, rules)
    except Undecodable as problem:
        return Unreadable(problem.reason, problem.detail)
    except Exception as problem:  # noqa: BLE001 - one report's trouble must not stop its batch
        return Unreadable("failed", f"{type(problem).__name__}: {problem}"[:2000])


def _read(item: Claimed) -> tuple[Report, bytes]:
    """The scrubbed report and its BSON: the very bytes that came, where that is possible."""
    content = unpack(item.content)
    report = read_report(content, item.media_type)
    scrubbed = scrub(report.data)
    if scrubbed is not None:
        return report_from(scrubbed, id=report.id, notes=report.notes), as_bson(scrubbed)
    if sniff(content) == "bson":
        return report, content
    return report, as_bson(report.data)


def _make_filing(item: Claimed, report: Report, bson: bytes, rules: Sequence[Rule]) -> Filing:
    classified = classify(report, rules)
    return Filing(
        key=key_of(report.id),
        report=report,
        signature=sign(report, is_time_out=classified.is_time_out),
        classification_id=classified.classification_id,
        is_robot=is_robot(report.user_agent),
        received_at=item.received_at,
        # Most reports are stored as they came, and were packed when they did.
        body=item.packed if item.packed and bson is item.content else pack(bson),
        words=keys_of_report(report.data),
    )
