"""What came in and where it is now: the ledger, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reports.models import InboxItem, Reporter
from reports.store.standby import reading_connection


@dataclass(frozen=True, slots=True)
class Account:
    """Reports received in an hour from a source, or in all: received is the sum of the rest."""

    received: int = 0
    stored: int = 0
    repeated: int = 0
    quarantined: int = 0
    waiting: int = 0
    hour: datetime | None = None
    transport: str = ""
    source: str = ""

    @property
    def is_balanced(self) -> bool:
        """Whether every accepted report is accounted for."""
        return self.missing == 0

    @property
    def missing(self) -> int:
        """Reports that were received and are nowhere; negative if some are counted twice."""
        return self.received - self.stored - self.repeated - self.quarantined - self.waiting

    def __add__(self, other: Account) -> Account:
        return Account(
            self.received + other.received,
            self.stored + other.stored,
            self.repeated + other.repeated,
            self.quarantined + other.quarantined,
            self.waiting + other.waiting,
        )


# One statement, so that a report on its way from inbox to store is counted once.
_BY_HOUR = """
SELECT hour, s.transport, s.name, sum(received), sum(stored), sum(repeated),
       sum(quarantined), sum(waiting)
FROM (
    SELECT hour, source_id, received, stored, repeated, quarantined, 0 AS waiting
    FROM reports_ledgerentry WHERE hour >= %s
    UNION ALL
    SELECT date_trunc('hour', received_at, 'UTC'), source_id, 0, 0, 0, 0, 1
    FROM reports_inbox WHERE received_at >= %s
) AS entry JOIN reports_source s ON s.id = entry.source_id
GROUP BY hour, s.transport, s.name
ORDER BY hour DESC, s.transport, s.name
"""


def accounts_since(start: datetime) -> list[Account]:
    """One account an hour and source, the newest first, from the hour that holds `start`."""
    hour = start.replace(minute=0, second=0, microsecond=0)
    with reading_connection().cursor() as cursor:
        cursor.execute(_BY_HOUR, [hour, hour])
        return [
            _make_account(figures, hour, transport, source)
            for hour, transport, source, *figures in cursor.fetchall()
        ]


def _make_account(figures: list[int], hour: datetime, transport: str, source: str) -> Account:
    received, stored, repeated, quarantined, waiting = (int(figure) for figure in figures)
    return Account(received, stored, repeated, quarantined, waiting, hour, transport, source)


def add_up(accounts: list[Account]) -> Account:
    """All accounts as one."""
    return sum(accounts, Account())


def waiting_for(now: datetime) -> timedelta | None:
    """How long the oldest item of the inbox has waited; None if it is empty."""
    oldest = InboxItem.objects.order_by("pk").values_list("received_at", flat=True).first()
    return None if oldest is None else max(now - oldest, timedelta())


def unsorted_reporters(limit: int) -> list[Reporter]:
    """Reporters that added themselves and that nobody has sorted, the newest first."""
    reporters = Reporter.objects.filter(is_sorted=False).select_related("instance")
    return list(reporters.order_by("-added_at", "-id")[:limit])
