"""The processes that serve visits, each with its own oops configuration."""

from __future__ import annotations

import contextlib
import io
import sqlite3
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import oops
import oops_timeline
import oops_wsgi
from oops.createhooks import attach_date, attach_hostname

from reports.samples import jobs
from reports.samples.clock import Clock, ClockedTimeline
from reports.samples.payments.service import Gateway, serve_payments
from reports.samples.shop.app import serve_shop
from reports.samples.shop.database import Database
from reports.samples.shop.requests import Request

SOFT_LIMIT_MS = 2500

Publish = Callable[[dict[str, Any]], list[str]]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request to a web server, or one task of a background program."""

    path: str
    query: str = ""
    form: str | None = None
    """Sent by POST if given."""
    login: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    load: float = 1.0
    """How many times slower than on a quiet day the database is."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """The state of the world around the application, for its environ."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """One process, or one kind of process."""

    reporter: str
    hostname: str
    site: str = ""
    branch_nick: str
    revisions: tuple[tuple[float, str | int], ...]
    """Since when, as a share of the whole time, which revision runs."""

    def revision_at(self, share: float) -> str | int:
        """What runs when that share of the time is over."""
        return [revision for since, revision in self.revisions if since <= share][-1]

    def configure(self, share: float, publish: Publish) -> oops.Config:
        """python-oops' configuration, as an application's start makes it."""
        config = oops.Config()
        config.template.update(
            reporter=self.reporter,
            hostname=self.hostname,
            branch_nick=self.branch_nick,
            revno=self.revision_at(share),
        )
        # The clock and the template say both of these.
        config.on_create.remove(attach_date)
        config.on_create.remove(attach_hostname)
        oops_wsgi.install_hooks(config)
        oops_timeline.install_hooks(config)
        config.on_create.append(attach_clock)
        config.publisher = publish
        return config


def attach_clock(report: dict[str, Any], context: dict[str, Any]) -> None:
    """A creation hook: when it happened, and how long it had taken by then."""
    clock = context.get("clock") or context["wsgi_environ"]["shop.clock"]
    report["time"] = clock.now
    report["duration"] = round(clock.elapsed_ms / 1000, 3)


def attach_causes(report: dict[str, Any], context: dict[str, Any]) -> None:
    """A creation hook: the whole traceback with what an exception was raised from."""
    if context.get("exc_info"):
        report["tb_text"] = "".join(traceback.format_exception(*context["exc_info"]))


@dataclass
class House:
    """All servers, the database that they share and the bank."""

    connection: sqlite3.Connection
    chance: Random
    publish: Publish

    def serve(self, server: Server, visit: Visit, *, moment: datetime, share: float) -> None:
        """Serve one visit as it was at that moment; what fails goes to `publish`."""
        clock = Clock(moment)
        config = server.configure(share, self.publish)
        if not server.site:
            self._run_job(config, visit, clock)
        elif server.branch_nick == "payments":
            config.on_create.append(attach_causes)
            self._answer(serve_payments, config, self._make_environ(server, visit, clock))
        else:
            environ = self._make_environ(server, visit, clock)
            environ["shop.request"] = self._make_request(environ, visit, server, share)
            self._answer(serve_shop, config, environ)

    def _answer(self, app: Any, config: oops.Config, environ: dict[str, Any]) -> None:
        """What a WSGI server does with a request. Its changes to the database are undone."""
        wrapped = oops_wsgi.make_app(app, config, soft_start_timeout=SOFT_LIMIT_MS)
        environ["shop.clock"].advance(self.chance.uniform(4, 40))
        self.connection.execute("BEGIN")
        # What fails after the first bytes comes through oops_wsgi, once reported.
        with environ["shop.clock"].lent_to_oops_wsgi(), contextlib.suppress(Exception):
            list(wrapped(environ, lambda *_: lambda _: None))
        self.connection.execute("ROLLBACK")

    def _make_environ(self, server: Server, visit: Visit, clock: Clock) -> dict[str, Any]:
        environ = {
            "REQUEST_METHOD": "GET" if visit.form is None else "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": visit.path,
            "QUERY_STRING": visit.query,
            "SERVER_NAME": server.hostname,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": server.site,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO((visit.form or "").encode("utf-8")),
            "timeline.timeline": ClockedTimeline(clock),
            "shop.clock": clock,
            "shop.payments": Gateway(),
            **visit.headers,
            **visit.extra,
        }
        if visit.form is not None:
            environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
            environ["CONTENT_LENGTH"] = str(len(visit.form.encode("utf-8")))
        if visit.login:
            environ["REMOTE_USER"] = visit.login
        return environ

    def _make_request(
        self, environ: dict[str, Any], visit: Visit, server: Server, share: float
    ) -> Request:
        timeline, clock = environ["timeline.timeline"], environ["shop.clock"]
        database = Database(
            self.connection, timeline=timeline, clock=clock, chance=self.chance, load=visit.load
        )
        return Request(environ, database, timeline, clock, int(server.revision_at(share)))

    def _run_job(self, config: oops.Config, visit: Visit, clock: Clock) -> None:
        """What a background program does: it reports by itself, without oops_wsgi."""
        clock.advance(self.chance.uniform(80, 4000))
        url = f"https://{visit.extra['host']}/{visit.path}"
        try:
            jobs.JOBS[visit.query](visit.extra["peer"], host=visit.extra["host"], path=visit.path)
        except Exception:  # noqa: BLE001 - a program reports whatever goes wrong
            context = {
                "exc_info": sys.exc_info(), "clock": clock, "url": url, "topic": visit.query
            }  # fmt: skip
            config.publish(config.create(context))
