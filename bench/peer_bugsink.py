"""Bugsink and this product side by side: the same errors, one machine, one run.

    python -m bench.peer_bugsink [--reports 2000] [--problems 500] [--database URL]

Bugsink 2.6.2 is installed from PyPI into an environment outside the tree, and
run as its documentation has it for a single server: gunicorn and snappea, both
databases SQLite (--peer-database: its events in PostgreSQL). Its limits on how
many events it takes are lifted by its own settings, nothing else is changed.
The errors go to it as Sentry envelopes and to us as BSON, one in a request,
from equally many senders. Accepted is when the last was answered, digested when
the last is in its database.

Exits with 2 where the package can't be had.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bson
import psycopg2

from bench.command import make_parser, print_machine, run
from bench.corpus import Corpus
from bench.machine import BackendWatch, cpu_seconds, find_processes
from bench.sending import PATIENCE_SECONDS, WAYS, Refused
from bench.site import Site, Stalled, find_port, own_database, running_site, stop

VERSION = "2.6.2"
NOT_TO_BE_HAD = 2
MARK = "OOPSBENCH_PEER"
"""A variable that only the peer's processes have."""

WARM_UP = 100
STALLED_SECONDS = 120

_FRAME = re.compile(
    r'  File "(?P<path>[^"]+)", line (?P<line>\d+), in (?P<name>.+)\n    (?P<code>.*)'
)


@dataclass(frozen=True)
class Result:
    """What one product did with the same errors."""

    name: str
    accepted: float
    digested: float
    """Both a second."""
    cpu: float
    """Seconds per 1,000."""
    size: float
    """Bytes each."""

    def __str__(self) -> str:
        return (
            f"{self.name:<28} {self.accepted:>11,.1f} {self.digested:>11,.1f}"
            f" {self.cpu:>12.2f} {self.size:>12,.0f}"
        )


def make_event(report: dict[str, Any]) -> dict[str, Any]:
    """A report as the Sentry event that an SDK would have sent of the same error."""
    variables = dict(report["req_vars"])
    method = variables.pop("REQUEST_METHOD")
    form = {name: text for name, text in variables.items() if name.startswith("form.")}
    headers = {name: text for name, text in variables.items() if name not in form}
    error = {
        "type": report["type"],
        "value": report["value"],
        "stacktrace": {"frames": list(_make_frames(report["tb_text"]))},
        "mechanism": {"type": "wsgi", "handled": False},
    }
    return {
        "event_id": uuid.UUID(report["id"].removeprefix("OOPS-")).hex,
        "timestamp": report["time"].timestamp(),
        "platform": "python",
        "level": "error",
        "server_name": report["hostname"],
        "release": report["revno"],
        "transaction": report["topic"],
        "tags": {"reporter": report["reporter"], "branch": report["branch_nick"]},
        "user": {"username": report["username"]},
        "request": {"method": method, "url": report["url"], "headers": headers, "data": form},
        "exception": {"values": [error]},
        "breadcrumbs": {"values": list(_make_breadcrumbs(report))},
    }


def _make_frames(traceback: str) -> Iterator[dict[str, Any]]:
    for found in _FRAME.finditer(traceback):
        yield {
            "filename": found["path"].removeprefix("/srv/app/"),
            "lineno": int(found["line"]),
            "function": found["name"],
            "context_line": f"    {found['code']}",
            "in_app": "site-packages" not in found["path"],
        }


def _make_breadcrumbs(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    began = report["time"].timestamp()
    for start_ms, end_ms, category, statement, _ in report["timeline"]:
        yield {
            "category": "query",
            "message": statement,
            "timestamp": began + start_ms / 1000,
            "data": {"db": category, "duration_ms": end_ms - start_ms},
        }


def make_envelope(event: dict[str, Any]) -> bytes:
    """The event as it goes over the wire, unpacked."""
    payload = json.dumps(event, separators=(",", ":")).encode()
    sent_at = datetime.now(UTC).isoformat()
    head = json.dumps({"event_id": event["event_id"], "sent_at": sent_at}).encode()
    item = json.dumps({"type": "event", "length": len(payload)}).encode()
    return b"\n".join((head, item, payload, b""))


def install(folder: Path, packages: Sequence[str]) -> None:
    """The peer in an environment of its own, once; exits with 2 where it can't be had."""
    stamp = folder / ".installed"
    if stamp.exists() and stamp.read_text() == " ".join(packages):
        return
    print(f"installing {' '.join(packages)} into {folder} (once) …", flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        words = ["-m", "pip", "install", "-q", "--disable-pip-version-check", *packages]
        subprocess.run([str(folder / "bin" / "python"), *words], check=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        print(f"{packages[0]} can't be installed: {problem}", file=sys.stderr)
        sys.exit(NOT_TO_BE_HAD)
    stamp.write_text(" ".join(packages))


@dataclass
class Peer:
    """The running Bugsink."""

    port: int
    folder: Path
    key: str
    database: str
    """A PostgreSQL address; empty: SQLite."""
    backends: BackendWatch | None

    def count(self) -> int:
        """Events in its database."""
        sql = "SELECT count(*) FROM events_event"
        if self.database:
            with closing(psycopg2.connect(self.database)) as connection:
                cursor = connection.cursor()
                cursor.execute(sql)
                return cursor.fetchone()[0]
        file = f"file:{self.folder / 'db.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(file, uri=True, timeout=30)) as connection:
            return connection.execute(sql).fetchone()[0]

    def size(self) -> int:
        """Bytes of all that it keeps events by; its task queue is left out."""
        kept = sum(
            file.stat().st_size
            for file in self.folder.rglob("*")
            if file.is_file() and (file.name.startswith("db.sqlite3") or "ingestion" in file.parts)
        )
        if not self.database:
            return kept
        with closing(psycopg2.connect(self.database)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT pg_database_size(current_database())")
            return kept + cursor.fetchone()[0]

    def cpu(self) -> float:
        """Seconds so far of all its processes."""
        used = cpu_seconds(find_processes(f"{MARK}={self.folder}"))
        return used + (self.backends.cpu_seconds() if self.backends else 0.0)

    def wait_for(self, total: int) -> None:
        """Until that many events are in its database."""
        seen, since = -1, time.monotonic()
        while (now_seen := self.count()) < total:
            if now_seen > seen:
                seen, since = now_seen, time.monotonic()
            elif time.monotonic() - since > STALLED_SECONDS:
                raise Stalled(f"Bugsink has only {seen:,} of {total:,} events")
            time.sleep(0.5)  # each look reads its whole index

    def send(self, envelopes: Sequence[bytes], senders: int) -> None:
        """Post each in a request of its own, over kept connections."""
        failures: list[Exception] = []

        def work(part: Sequence[bytes]) -> None:
            try:
                self._post_all(part)
            except Refused as refused:
                failures.append(refused)

        threads = [
            threading.Thread(target=work, args=(envelopes[k::senders],), daemon=True)
            for k in range(senders)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def _post_all(self, envelopes: Sequence[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for envelope in envelopes:
            end = time.monotonic() + PATIENCE_SECONDS
            while (status := self._post(connection, envelope)) != 200:
                if status not in (0, 429, 503) or time.monotonic() > end:
                    raise Refused(f"Bugsink answers {status}")
                time.sleep(0.2)
        connection.close()

    def _post(self, connection: http.client.HTTPConnection, envelope: bytes) -> int:
        headers = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={self.key}"}
        headers["Content-Type"] = "application/x-sentry-envelope"
        try:
            connection.request("POST", "/api/1/envelope/", envelope, headers)
            answer = connection.getresponse()
            answer.read()
        except (http.client.HTTPException, OSError):
            connection.close()
            return 0
        return answer.status


@contextmanager
def running_peer(environment: Path, server: str) -> Iterator[Peer]:
    """Start Bugsink with data of its own; stop it and remove them at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="oopsbench-peer-") as text,
        own_database(server) as (name, url),
    ):
        folder, port = Path(text), find_port()
        environ = {"PATH": os.environ["PATH"], "HOME": text, "LC_ALL": "C.UTF-8", MARK: text}
        environ |= {"DJANGO_SETTINGS_MODULE": "bugsink_conf", "PYTHONPATH": text}
        programs = _Programs(environment / "bin", folder, environ)
        key = _prepare(programs, port, url)
        watch = BackendWatch(name) if name else None
        gunicorn = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(_workers())]
        processes: list[subprocess.Popen[bytes]] = []
        try:
            for words in ([*gunicorn, "bugsink.wsgi"], ["bugsink-runsnappea"]):
                processes.append(programs.start(*words))
            _wait_until_there(port, processes, folder)
            yield Peer(port, folder, key, url, watch)
        finally:
            for process in processes:
                stop(process, 20)
            if watch:
                watch.stop()


@dataclass(frozen=True)
class _Programs:
    """The peer's programs."""

    bin: Path
    folder: Path
    environ: dict[str, str]

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [str(self.bin / words[0]), *words[1:]],
            env=self.environ,
            cwd=self.folder,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(
                f"{' '.join(words[:3])} failed:\n{(done.stdout + done.stderr)[-3000:]}"
            )
        return done.stdout.strip()

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{words[0]}.log").open("wb") as log:
            return subprocess.Popen(
                [str(self.bin / words[0]), *words[1:]],
                env=self.environ,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def _workers() -> int:
    """Of its web server: as many as cores, four at most, as in its own container."""
    return min(os.cpu_count() or 1, 4)


def _prepare(programs: _Programs, port: int, database: str) -> str:
    """Settings, tables and one project; gives the key that events are sent with."""
    template = ["--template=singleserver", f"--base-dir={programs.folder}"]
    programs.run("bugsink-create-conf", *template, "--host=127.0.0.1", f"--port={port}")
    with (programs.folder / "bugsink_conf.py").open("a") as file:
        file.write(make_settings(port, database))
    programs.run("bugsink-manage", "migrate")
    programs.run("bugsink-manage", "migrate", "--database=snappea")
    said = programs.run(
        "bugsink-manage",
        "shell",
        "-c",
        "from projects.models import Project\n"
        "p = Project.objects.create(id=1, name='bench', retention_max_event_count=10**9)\n"
        "print('key', p.sentry_key.hex)",
    )
    return said.rsplit("key ", 1)[1].split()[0]


def make_settings(port: int, database: str) -> str:
    """What is set beyond its own template: no limits, no calls home, and where its events go."""
    lines = ["", f"BUGSINK['BASE_URL'] = 'http://127.0.0.1:{port}'"]
    lines += ["ALLOWED_HOSTS = ['127.0.0.1']", "BUGSINK['PHONEHOME'] = False"]
    for scope in ("", "_PER_PROJECT"):
        for span in ("5_MINUTES", "HOUR", "MONTH"):
            lines.append(f"BUGSINK['MAX_EVENTS{scope}_PER_{span}'] = 10**9")
    if database:
        lines += ["from bugsink.conf_utils import parse_database_url"]
        lines += [f"DATABASES['default'] = parse_database_url({database!r})"]
    return "\n".join(lines) + "\n"


def _wait_until_there(port: int, processes: list[subprocess.Popen[bytes]], folder: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and all(process.poll() is None for process in processes):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse()
            return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    logs = "\n".join(file.read_text()[-2000:] for file in folder.glob("*.log"))
    raise SystemExit(f"Bugsink did not start:\n{logs}")


def measure_peer(peer: Peer, corpus: Corpus, count: int, senders: int) -> Result:
    """Warm up, then send `count` events."""
    peer.send([make_envelope(make_event(report)) for report in corpus.reports(WARM_UP)], senders)
    peer.wait_for(WARM_UP)
    envelopes = [make_envelope(make_event(report)) for report in corpus.reports(count)]
    print(f"an envelope has {sum(map(len, envelopes)) / count:,.0f} bytes", flush=True)
    size, cpu, began = peer.size(), peer.cpu(), time.monotonic()
    peer.send(envelopes, senders)
    sent = time.monotonic() - began
    peer.wait_for(WARM_UP + count)
    took = time.monotonic() - began
    return _make_result(f"Bugsink {VERSION}", count, sent, took, peer.cpu() - cpu,
                        peer.size() - size)  # fmt: skip


def measure_ours(site: Site, way: str, bodies: list[bytes], senders: int) -> Result:
    """The same with us, by one of the ways in."""
    before = site.count()
    size, cpu = site.bytes_by_table().total(), site.cpu()
    began = WAYS[way](site, bodies, senders)
    sent = time.monotonic() - began
    site.wait_for(before + len(bodies))
    took = time.monotonic() - began
    grown = site.bytes_by_table().total() - size
    return _make_result(f"ours, {way}", len(bodies), sent, took, site.cpu() - cpu, grown)


def _make_result(
    name: str, count: int, sent: float, took: float, cpu: float, size: float
) -> Result:
    return Result(name, count / sent, count / took, cpu / count * 1000, size / count)


def warm_up_ours(site: Site, corpus: Corpus, senders: int) -> None:
    """As many as a dictionary needs to be trained from, and the time until workers use it."""
    bodies = list(corpus.bodies(4000))
    WAYS["http-batch"](site, bodies, senders)
    site.wait_for(len(bodies))
    print(f"ours was warmed up with {len(bodies):,} reports; {site.tend()}", flush=True)
    time.sleep(16)


def print_ratios(peer: Result, ours: Result) -> None:
    """How many times better, from what was measured."""
    print(
        f"{ours.name}: {ours.digested / peer.digested:,.1f} times the events a second,"
        f" {peer.cpu / ours.cpu:,.1f} times less CPU, {peer.size / ours.size:,.1f} times fewer bytes"
    )


def read_options(words: list[str] | None = None) -> Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("--database", default="", help="ours in this PostgreSQL; default: embedded")
    parser.add_argument("--peer-database", default="", help="its events there; default: SQLite")
    parser.add_argument("--reports", type=int, default=2000)
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument(
        "--environment",
        type=Path,
        default=Path(tempfile.gettempdir()) / f"oopsbench-bugsink-{VERSION}",
        help="where Bugsink is installed, and found again",
    )
    return parser.parse_args(words)


def main() -> None:
    options = read_options()
    print_machine()
    packages = [f"bugsink=={VERSION}"] + (["psycopg[binary]"] if options.peer_database else [])
    install(options.environment, packages)
    peer, ours = _run_peer(options), _run_ours(options)
    print(
        f"\n{'':<28} {'accepted/s':>11} {'digested/s':>11} {'CPU s/1,000':>12} {'bytes each':>12}"
    )
    for result in (peer, *ours):
        print(result)
    for result in ours:
        print_ratios(peer, result)


def _run_peer(options: Namespace) -> Result:
    with running_peer(options.environment, options.peer_database) as peer:
        return measure_peer(peer, Corpus(options.problems), options.reports, options.senders)


def _run_ours(options: Namespace) -> list[Result]:
    corpus = Corpus(options.problems)
    with running_site(options.database) as site:
        warm_up_ours(site, corpus, options.senders)
        bodies = [[bson.encode(r) for r in corpus.reports(options.reports)] for _ in range(2)]
        return [
            measure_ours(site, way, part, options.senders)
            for way, part in zip(("http-single", "http-batch"), bodies, strict=True)
        ]


if __name__ == "__main__":
    run(main)
