"""The whole product, started with data of its own as a user starts it, and gone afterwards."""

from __future__ import annotations

import http.client
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from psycopg2.extensions import connection as Connection

from bench.machine import BackendWatch, cpu_seconds, find_processes, with_descendants

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 120
STALLED_SECONDS = 60
"""After so long without a new report nothing more is waited for."""

SETTINGS = ("DATABASE_URL", "DATABASE_REPLICA_URL", "BROKER_URL", "OOPS_AMQP_URL", "OOPSWEB_DATA")
SETTINGS += ("OOPSWEB_BASE_URL", "OOPSWEB_ALLOWED_HOSTS", "OOPSWEB_TIME_ZONE", "EMAIL_URL")
"""What the shell may say about some other site."""

INBOX = "reports_inbox"


class Stalled(SystemExit):
    """Reports that were accepted don't become visible."""


@dataclass
class Site:
    """The running product."""

    port: int
    data: Path
    environ: dict[str, str]
    backends: BackendWatch | None = None
    """Of its database, on a server that others use too; None: the embedded server."""
    token: str = field(default="", init=False)

    @cached_property
    def dsn(self) -> str:
        """How to reach its database."""
        if self.backends:
            return self.environ["DATABASE_URL"]
        shown = self.run_code("from django.db import connection as c", "c.ensure_connection()",
                              "print(c.connection.dsn)")  # fmt: skip
        return shown.splitlines()[-1]

    @cached_property
    def connection(self) -> Connection:
        """Kept open, so that looking costs the server next to nothing."""
        connection = psycopg2.connect(self.dsn)
        connection.autocommit = True
        return connection

    def ask(self, sql: str, *parameters: object) -> list[tuple]:
        """The rows that a query gives."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def count(self) -> int:
        """Reports that can be seen."""
        return self.ask("SELECT count(*) FROM reports_key")[0][0]

    def wait_for(self, total: int) -> None:
        """Until that many reports can be seen, which is when they can be searched, too."""
        seen, since = -1, time.monotonic()
        while (now_seen := self._count_if_idle(since)) < total:
            if now_seen > seen:
                seen, since = now_seen, time.monotonic()
            elif time.monotonic() - since > STALLED_SECONDS:
                raise Stalled(f"Only {seen:,} of {total:,} reports can be seen")
            time.sleep(0.05)

    def _count_if_idle(self, since: float) -> int:
        # Counting is left until the inbox is empty, since it costs the server more with each report.
        is_late = time.monotonic() - since > STALLED_SECONDS
        if not is_late and self.ask(f"SELECT EXISTS (SELECT FROM {INBOX})")[0][0]:
            return -1
        return self.count()

    def bytes_by_table(self) -> Counter[str]:
        """All that the store takes, with indexes and long values, partitions under their parent."""
        rows = self.ask(
            "SELECT coalesce(p.relname, c.relname), sum(pg_total_relation_size(c.oid))::bigint"
            " FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid"
            " LEFT JOIN pg_class p ON p.oid = i.inhparent"
            " WHERE c.relkind IN ('r', 'm') AND c.relnamespace = 'public'::regnamespace"
            " AND c.relname <> %s GROUP BY 1",
            INBOX,
        )
        return Counter(dict(rows))

    def server_cpu(self) -> float:
        """CPU seconds so far of PostgreSQL, as far as it worked for this site."""
        if self.backends:
            return self.backends.cpu_seconds()
        return cpu_seconds(self._embedded_server())

    def cpu(self) -> float:
        """CPU seconds so far of all server processes, PostgreSQL among them.

        Commands that take reports in (the scan, the consumer) are children of
        the measurement and count when they have ended.
        """
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = find_processes(f"OOPSWEB_DATA={self.data}") - self._embedded_server()
        return cpu_seconds(own) + self.server_cpu() + ended.ru_utime + ended.ru_stime

    def _embedded_server(self) -> set[int]:
        if self.backends:
            return set()
        first = (self.data / "postgres" / "postmaster.pid").read_text().split()[0]
        return with_descendants([int(first)])

    def run_command(self, *words: str) -> str:
        """What a `manage.py` command prints."""
        return self._run("manage.py", *words)

    def run_code(self, *lines: str) -> str:
        """What some lines of Python print, inside the product."""
        return self._run("-c", "\n".join(["import django; django.setup()", *lines]))

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            env=self.environ,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout.strip()

    def tend(self) -> str:
        """Do once what beat has done regularly, after which a site is as it is in daily life.

        Dictionaries are trained, the word index is tended, tables are analysed.
        """
        said = self.run_code(
            "from reports.store.dictionaries import train_dictionary",
            "from oopsweb.celery import EVERY_S, app",
            "print(train_dictionary())",
            "import reports.tasks",
            "for name in EVERY_S:",
            "    if not name.endswith(('process_inbox', 'train_dictionary')): app.tasks[name]()",
        )
        with self.connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
        return said


@contextmanager
def running_site(database: str, **settings: str) -> Iterator[Site]:
    """Start the product with data of its own; stop it and remove them at the end.

    `database` is a PostgreSQL address in which a database of its own is made;
    empty: the embedded server. `settings` are more of its environment.
    """
    data = Path(tempfile.mkdtemp(prefix="oopsbench-"))
    environ = {name: text for name, text in os.environ.items() if name not in SETTINGS}
    environ |= {"OOPSWEB_DATA": str(data), "PYTHONUNBUFFERED": "1", **settings}
    environ["DJANGO_SETTINGS_MODULE"] = "oopsweb.settings"
    try:
        with own_database(database) as (name, url):
            if url:
                environ["DATABASE_URL"] = url
            watch = BackendWatch(name) if name else None
            with _serving(Site(find_port(), data, environ, watch)) as site:
                yield site
            if watch:
                watch.stop()
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def own_database(server: str) -> Iterator[tuple[str, str]]:
    """A database of this run's own on `server`, gone afterwards: its name and address.

    Both are empty where no server is named.
    """
    if not server:
        yield "", ""
        return
    name = f"oopsbench_{os.getpid()}_{time.monotonic_ns() % 10**6}"
    try:
        _ask_server(server, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        yield name, urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        _ask_server(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def _serving(site: Site) -> Iterator[Site]:
    words = ["manage.py", "serve", "--no-samples", "--port", str(site.port)]
    with (site.data / "serve.log").open("wb") as log:
        # In a session of its own: Ctrl-C is for the measurement, which then stops the site.
        process = subprocess.Popen(
            [sys.executable, *words, "--data", str(site.data)],
            env=site.environ,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(site, process)
        site.token = (site.data / "intake-token").read_text().strip()
        yield site
    finally:
        if "connection" in vars(site):
            site.connection.close()
        stop(process, 90)


def find_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def _ask_server(url: str, sql: str) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(sql)


def stop(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Ask it to end, and make it end after so long."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_ready(site: Site, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200 and (site.data / "intake-token").exists():
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    sys.exit(f"The site did not start:\n{(site.data / 'serve.log').read_text()[-3000:]}")
