"""What every stage speaks of: one report, its frames and its timeline.

Plain frozen dataclasses, with nothing of Django. `formats` makes them from
bytes, `grouping` names their problem, `store` writes them and the pages show
them. Words are those of the python-oops family.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Frame:
    """One call in a traceback, the oldest first in any tuple of them.

    `path` is as the sender wrote it (`/srv/app/lp/bugs/model.py`, or a dotted
    module in Zope's style), `source` its line of code, empty if not given.
    """

    path: str
    line: int | None
    function: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a timeline. Times are in ms from the request's start."""

    start_ms: float
    stop_ms: float
    category: str
    detail: str
    traceback: str = ""

    @property
    def duration_ms(self) -> float:
        """Never negative, whatever the sender's clock did."""
        return max(0.0, self.stop_ms - self.start_ms)

    @property
    def is_sql(self) -> bool:
        """Senders name statements `SQL-main`, `SQL-session`, or by a bare database name."""
        return self.category.upper().startswith("SQL")


@dataclass(frozen=True, kw_only=True)
class Report:
    """One failure as its sender told it, with everything unsafe made harmless.

    Texts are `""` where the sender gave none. `data` is the whole dict, unknown
    keys too, holding only str, bytes, int, float, bool, None, datetime, list
    and dict with text keys, so that it can be shown, packed and searched.
    """

    id: str
    type: str = ""
    value: str = ""
    occurred_at: datetime | None = None
    """Aware, in UTC. None where missing or unreadable: the receipt counts then."""
    tb_text: str = ""
    reporter: str = ""
    hostname: str = ""
    branch_nick: str = ""
    revno: str = ""
    topic: str = ""
    url: str = ""
    username: str = ""
    req_vars: tuple[tuple[str, str], ...] = ()
    timeline: tuple[Step, ...] = ()
    given_duration_ms: float | None = None
    """What the sender measured. None where it gave none, or -1."""
    is_informational: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What had to be mended while reading, in words for the report's page."""

    @cached_property
    def variables(self) -> dict[str, str]:
        """Request variables by name; of several with one name the last."""
        return dict(self.req_vars)

    @property
    def duration_ms(self) -> float | None:
        """The given duration, else the timeline's last stop, else None."""
        if self.given_duration_ms is not None:
            return self.given_duration_ms
        return max((step.stop_ms for step in self.timeline), default=None)

    @property
    def is_duration_estimated(self) -> bool:
        """Whether `duration_ms` is only the timeline's last stop."""
        return self.given_duration_ms is None and bool(self.timeline)

    @property
    def statement_count(self) -> int:
        """How many SQL statements the timeline holds."""
        return sum(1 for step in self.timeline if step.is_sql)

    @property
    def http_method(self) -> str:
        """`GET`, `POST`, … in capitals, or `""` outside HTTP."""
        return self.variables.get("REQUEST_METHOD", self.variables.get("method", "")).upper()

    @property
    def user_agent(self) -> str:
        """The client's own name for itself, or `""`."""
        return self.variables.get("HTTP_USER_AGENT", "")

    @property
    def referrer(self) -> str:
        """The page that held the link, or `""`."""
        return self.variables.get("HTTP_REFERER", "")

    @property
    def is_local_referrer(self) -> bool:
        """Whether the link that led here was on the same site."""
        return bool(self.referrer) and _host(self.referrer) == _host(self.url) != ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
