"""What a page of the shop is given: one visitor's request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from reports.samples.clock import Clock, ClockedTimeline
from reports.samples.shop.database import Database
from reports.samples.shop.errors import Unauthorized

RATINGS_MENDED = 4735
AUDIO_BOOKS = 4735
"""The releases since which ratings of unrated books work, and audio books are on offer."""


@dataclass
class Request:
    """A request with all that answers it: form, database, clock and who asks."""

    environ: dict[str, Any]
    database: Database
    timeline: ClockedTimeline
    clock: Clock
    release: int

    @property
    def path(self) -> str:
        """The path below the shop's root, as WSGI gives it."""
        return str(self.environ["PATH_INFO"])

    @property
    def is_post(self) -> bool:
        """Whether a form was sent."""
        return bool(self.environ["REQUEST_METHOD"] == "POST")

    @cached_property
    def form(self) -> dict[str, str]:
        """Fields of the form, or of the query. UTF-8, as all our pages are."""
        text = self.environ["QUERY_STRING"]
        if self.is_post:
            text = self.environ["wsgi.input"].read().decode("ascii")
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict"))

    @cached_property
    def customer(self) -> Any:
        """Who is signed in, or None."""
        login = self.environ.get("REMOTE_USER")
        if not login:
            return None
        customer = self.database.row("SELECT * FROM customer WHERE login = ?", login)
        self.environ["oops.report"]["username"] = f"{customer.name}, {customer.id}, {login}"
        return customer

    def need_customer(self) -> Any:
        """Who is signed in. Raises Unauthorized for everybody else."""
        if self.customer is None:
            raise Unauthorized(f"Sign in to see {self.path}")
        return self.customer

    def need_staff(self) -> Any:
        """Who of the shop's own people is signed in. Raises Unauthorized for everybody else."""
        customer = self.need_customer()
        if not customer.is_staff:
            raise Unauthorized(f"{customer.login} is not of the staff")
        return customer

    @contextmanager
    def timed(self, category: str, detail: str, ms: float) -> Iterator[None]:
        """Note in the timeline what takes time beside the database."""
        action = self.timeline.start(category, detail)
        self.clock.advance(ms)
        try:
            yield
        finally:
            action.finish()
