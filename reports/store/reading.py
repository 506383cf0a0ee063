"""Reading one report back: by its id in any spelling, whole, and where an id stands now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from reports.formats import read_data, read_report
from reports.models import InboxItem, QuarantinedItem, ReportKey, StoredReport
from reports.report import Report
from reports.store import standby
from reports.store.bodies import unpack
from reports.store.keys import key_of

Status = Literal["stored", "waiting", "quarantined", "pruned", "unknown"]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of an id."""

    oops_id: str
    status: Status
    stored: StoredReport | None = None
    quarantined_id: int | None = None
    day: date | None = None
    problem_id: int | None = None


def find_report(oops_id: str) -> StoredReport | None:
    """The report with that id, in any spelling; None if there is none, or no longer."""
    key = ReportKey.objects.filter(key=key_of(oops_id)).first()
    return _report_of(key) if key else None


def find_whereabouts(oops_id: str) -> Whereabouts:
    """Where the report with that id is now: stored, on its way, in quarantine or let go.

    Only of a report that is stored may a standby tell: anything else may have changed
    on the primary. If it has, the rest of the request is read from there, too.
    """
    found = _find(oops_id)
    if found.stored is None and standby.is_reading():
        with standby.reading(from_standby=False):
            found = _find(oops_id)
        if found.status != "unknown":
            standby.leave()
    return found


def _find(oops_id: str) -> Whereabouts:
    key = ReportKey.objects.filter(key=key_of(oops_id)).select_related("signature").first()
    if key is None:
        return _find_unstored(oops_id)
    problem = key.signature.problem_id
    stored = _report_of(key)
    if stored is None:
        return Whereabouts(oops_id, "pruned", day=key.day, problem_id=problem)
    return Whereabouts(stored.oops_id, "stored", stored, day=key.day, problem_id=problem)


def find_all(oops_ids: Iterable[str]) -> list[Whereabouts]:
    """The whereabouts of each id, in order."""
    return [find_whereabouts(oops_id) for oops_id in oops_ids]


def load(stored: StoredReport) -> Report:
    """The whole report, as it was stored."""
    report = read_report(read_bson(stored), "application/bson")
    return replace(report, id=stored.oops_id)


def read_body(body: bytes | memoryview) -> dict[str, Any]:
    """The dict of a stored body."""
    return read_data(unpack(body), "application/bson")


def read_bson(stored: StoredReport) -> bytes:
    """The report's BSON: as it came, but for what was scrubbed."""
    return unpack(stored.body)


def _report_of(key: ReportKey) -> StoredReport | None:
    return StoredReport.objects.filter(key=key.key, day=key.day).with_names().first()


def _find_unstored(oops_id: str) -> Whereabouts:
    held = QuarantinedItem.objects.filter(key=key_of(oops_id)).only("pk").last()
    if held is not None:
        return Whereabouts(oops_id, "quarantined", quarantined_id=held.pk)
    is_waiting = InboxItem.objects.filter(key=key_of(oops_id)).exists()
    return Whereabouts(oops_id, "waiting" if is_waiting else "unknown")
