"""`manage.py serve`: the whole site in one process tree, in the foreground."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from argparse import ArgumentParser, ArgumentTypeError
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from oopsweb import announcement, listening, processes
from oopsweb.embedded import locks, server
from oopsweb.supervisor import Child, Supervisor
from reports.management import first_start
from reports.web.sign_in import make_link

READY_SECONDS = 60.0
MAX_EARLY_FAILURES = 3  # of the web server, before it was ready once
PROBE_SECONDS = 2.0


def read_port(text: str) -> int:
    """A port's number; ArgumentTypeError where it is none."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no port: choose one from 1 to 65535")


class Command(BaseCommand):
    help = (
        "Runs the whole site in the foreground: PostgreSQL if DATABASE_URL is not set, the web"
        " server, Celery's workers and beat, and the AMQP intake if there is a broker for it."
        " Ctrl-C stops all of it."
    )
    # serve brings the tables up to date itself.
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
        parser.add_argument("--port", default=8000, type=read_port, help="default: 8000")
        parser.add_argument(
            "--data", metavar="DIR", help="where all data is kept (default: OOPSWEB_DATA)"
        )
        parser.add_argument(
            "--no-samples", action="store_true", help="send no sample reports to an empty store"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._is_told_to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)
        lock = self._lock_folder()
        try:
            listener = listening.listen(options["host"], options["port"])
        except listening.CannotListen as problem:
            raise CommandError(str(problem)) from None
        try:
            self._serve(listener, options)
        finally:
            listener.close()
            connections.close_all()
            server.release(settings.DATA_FOLDER)
            os.close(lock)

    def _serve(self, listener: socket.socket, options: dict[str, Any]) -> None:
        """Prepare the store, start all, say so when it is ready, and wait for the end."""
        url, environ = self._make_environ(options)
        facts = self._prepare_store(url)
        wants_samples = not options["no_samples"] and facts.token and first_start.is_empty()
        connections.close_all()
        supervisor = Supervisor(self._say)
        try:
            web = processes.make_web(environ, listener.fileno())
            self._start_all(supervisor, web, environ)
            self._wait_until_ready(supervisor, web, listener)
            if not self._is_told_to_stop:
                self.stdout.write(facts.write())
                self.stdout.flush()
            samples = None
            if wants_samples and facts.token and not self._is_told_to_stop:
                local = listening.make_url(options["host"], options["port"])
                samples = processes.make_samples(environ, local, facts.token)
                self._say("samples", "sending sample reports to the empty store …")
                supervisor.start(samples)
            self._run(supervisor, samples)
        finally:
            self._say("serve", "stopping …")
            supervisor.stop()

    def _lock_folder(self) -> int:
        """A lock that says that a site runs on this data folder; CommandError if one does."""
        folder = settings.DATA_FOLDER
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = locks.open_lock(folder / "serve.lock")
        except OSError as error:
            raise CommandError(
                f"OOPSWEB_DATA: {error.filename}: {error.strerror}. "
                "Choose another folder: --data DIR"
            ) from None
        if not locks.try_lock(lock, shared=False):
            where = announcement.find_address(folder)
            raise CommandError(
                f"{folder} is being served already, at {where}. "
                "Stop that first, or choose another folder: --data DIR --port 8001"
            )
        return lock

    def _make_environ(self, options: dict[str, Any]) -> tuple[str, dict[str, str]]:
        """The site's address, and the environment of the children, which must know it too."""
        environ = {**os.environ, "OOPSWEB_DATA": str(settings.DATA_FOLDER)}
        environ["PYTHONUNBUFFERED"] = "1"
        if environ.get("OOPSWEB_BASE_URL"):
            return settings.BASE_URL, environ
        url = listening.make_url(options["host"], options["port"])
        environ["OOPSWEB_BASE_URL"] = url
        if not environ.get("OOPSWEB_ALLOWED_HOSTS"):
            environ["OOPSWEB_ALLOWED_HOSTS"] = ",".join(listening.find_names(options["host"]))
        return url, environ

    def _prepare_store(self, url: str) -> announcement.Announcement:
        """Tables, first account and first token; the facts to announce."""
        if settings.IS_EMBEDDED:
            self._say("serve", f"PostgreSQL in {settings.DATA_FOLDER} …")
        if first_start.migrate():
            self._say("serve", "the tables are made, or brought up to date")
        announcement.note_address(settings.DATA_FOLDER, url)
        account = first_start.find_or_make_account()
        return announcement.Announcement(
            url=url,
            link=f"{url}{make_link(account)}" if account else None,
            token=first_start.find_or_make_token(settings.DATA_FOLDER),
            folder=settings.DATA_FOLDER,
        )

    def _start_all(self, supervisor: Supervisor, web: Child, environ: dict[str, str]) -> None:
        """Start the children; the workers before whoever gives them work."""
        supervisor.start(processes.make_worker(environ))
        supervisor.start(web)
        supervisor.start(processes.make_beat(environ))
        if settings.OOPS_AMQP_URL:
            supervisor.start(processes.make_consumer(environ))

    def _wait_until_ready(
        self, supervisor: Supervisor, web: Child, listener: socket.socket
    ) -> None:
        """Return when /readyz says so, or at a signal; CommandError if it never does."""
        end = time.monotonic() + READY_SECONDS
        answer = "no answer"
        while not self._is_told_to_stop and answer != "200":
            supervisor.tick()
            if web.failures >= MAX_EARLY_FAILURES:
                raise CommandError("The web server does not start; the lines above say why")
            if time.monotonic() > end:
                raise CommandError(
                    f"Not ready after {READY_SECONDS:.0f} seconds (/readyz: {answer}); "
                    "the lines above say why"
                )
            answer = ask_readiness(listener.getsockname())

    def _run(self, supervisor: Supervisor, samples: Child | None) -> None:
        """Look after the children until a signal comes."""
        while not self._is_told_to_stop:
            supervisor.tick()
            if samples and samples.process and samples.process.poll() is not None:
                is_done = samples.process.returncode == 0
                said = "sample reports are there" if is_done else "sample reports failed"
                self._say("samples", said)
                samples = None

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Stop soon, in order."""
        self._is_told_to_stop = True

    def _say(self, name: str, line: str) -> None:
        """One line of the log, under the name of who said it."""
        self.stderr.write(f"{name:>8} | {line}", style_func=str)


def ask_readiness(address: tuple[Any, ...]) -> str:
    """The status of /readyz at a socket's address, as text; else why there was no answer."""
    host = str(address[0])
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(host, address[1], timeout=PROBE_SECONDS)
    try:
        connection.request("GET", "/readyz", headers={"Host": pick_host_name()})
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()


def pick_host_name() -> str:
    """A name that the site answers to."""
    if os.environ.get("OOPSWEB_ALLOWED_HOSTS"):
        name = str(settings.ALLOWED_HOSTS[0]).lstrip(".")
        return "localhost" if name == "*" else name
    return "localhost"
