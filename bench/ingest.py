"""How fast reports come in, from sender to visible, and what that costs.

    python -m bench.ingest [--database URL] [--reports N] [--problems N] [--ways http-batch,…]

Starts the whole product on a free port with data of its own, sends reports by
each way in, waits until the last can be seen, and prints a table. Without
--database it runs on the embedded one.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg2

from bench.corpus import Corpus
from bench.machine import cpu_seconds, describe

ROOT = Path(__file__).resolve().parent.parent
BATCH = 100
STORE = (
    "reports_report",
    "reports_key",
    "reports_signature",
    "reports_problem",
    "reports_signaturecount",
    "reports_classcount",
    "reports_facet",
    "reports_topic",
)


@dataclass
class Site:
    """The running product."""

    port: int
    token: str
    dsn: str
    data: Path
    started: float = 0.0

    def count(self) -> int:
        with psycopg2.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM reports_key")
            return cursor.fetchone()[0]

    def bytes_stored(self) -> int:
        with psycopg2.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c"
                " LEFT JOIN pg_inherits i ON i.inhrelid = c.oid"
                " WHERE c.relname = ANY(%s) OR i.inhparent = 'reports_report'::regclass",
                [list(STORE)],
            )
            return int(cursor.fetchone()[0])

    def cpu(self) -> float:
        return cpu_seconds(f"OOPSWEB_DATA={self.data}", "postgres:")


@contextmanager
def running_site(database: str) -> Iterator[Site]:
    """Start the product with data of its own; stop it and remove them at the end."""
    data = Path(tempfile.mkdtemp(prefix="oopsbench-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"OOPSWEB_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    environment.pop("DATABASE_URL", None)
    name = f"oopsbench_{os.getpid()}"
    if database:
        _create(database, name)
        environment["DATABASE_URL"] = re.sub(r"/[^/]*$", f"/{name}", database)
    log = (data / "serve.log").open("wb")
    process = subprocess.Popen(
        [
            sys.executable,
            str(ROOT / "manage.py"),
            "serve",
            "--port",
            str(port),
            "--data",
            str(data),
            "--no-samples",
        ],
        env=environment,
        stdout=log,
        stderr=log,
        cwd=ROOT,
    )
    try:
        _wait_until_ready(port, process, data / "serve.log")
        token = (data / "intake-token").read_text().strip()
        dsn = environment.get("DATABASE_URL") or _embedded_dsn(data)
        yield Site(port, token, dsn, data)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        if database:
            _drop(database, name)
        shutil.rmtree(data, ignore_errors=True)


def _create(database: str, name: str) -> None:
    connection = psycopg2.connect(database)
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {name}")
    connection.close()


def _drop(database: str, name: str) -> None:
    connection = psycopg2.connect(database)
    connection.autocommit = True
    connection.cursor().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    connection.close()


def _embedded_dsn(data: Path) -> str:
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup()\n"
            "from django.db import connection as c\n"
            "c.ensure_connection(); print(c.connection.dsn)",
        ],
        env=os.environ | {"OOPSWEB_DATA": str(data), "DJANGO_SETTINGS_MODULE": "oopsweb.settings"},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return shown.stdout.strip().splitlines()[-1]


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    sys.exit(f"The site did not start:\n{log.read_text()[-3000:]}")


def post(site: Site, bodies: Sequence[bytes], media_type: str) -> None:
    """Send each body in a request of its own, over one kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    headers = {"Authorization": f"Bearer {site.token}", "Content-Type": media_type}
    for body in bodies:
        while True:
            try:
                connection.request("POST", "/api/reports/", body, headers)
                answer = connection.getresponse()
                answer.read()
            except (http.client.HTTPException, OSError):
                connection.close()
                continue
            if answer.status == 202:
                break
            if answer.status not in (429, 503):
                raise RuntimeError(f"{answer.status} {answer.reason}")
            time.sleep(1)
    connection.close()


def send_http_batches(site: Site, bodies: list[bytes], senders: int) -> None:
    joined = [b"".join(bodies[i : i + BATCH]) for i in range(0, len(bodies), BATCH)]
    _in_threads(senders, lambda k: post(site, joined[k::senders], "application/bson-seq"))


def send_http_singly(site: Site, bodies: list[bytes], senders: int) -> None:
    _in_threads(senders, lambda k: post(site, bodies[k::senders], "application/bson"))


def send_datedir(site: Site, bodies: list[bytes], senders: int) -> None:
    """As rsync leaves them: the files lie there, and one scan takes them in."""
    root = site.data / "tree"
    folder = root / f"{datetime.now(UTC):%Y-%m-%d}"
    folder.mkdir(parents=True)
    for number, body in enumerate(bodies):
        (folder / f"{number:08}").write_bytes(body)
    environment = os.environ | {"OOPSWEB_DATA": str(site.data)}
    if "host" not in site.dsn and "://" in site.dsn:
        environment["DATABASE_URL"] = site.dsn
    site.started = time.monotonic()
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "scan_datedir", str(root)],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
    )


def send_amqp(site: Site, bodies: list[bytes], senders: int) -> None:
    """As oops_amqp publishes: persistent messages into the durable exchange's queue."""
    from kombu import Connection, Exchange, Queue

    url = os.environ.get("OOPS_AMQP_URL", "amqp://guest:guest@127.0.0.1//")
    name = f"oopsbench-{os.getpid()}"
    environment = os.environ | {"OOPSWEB_DATA": str(site.data), "OOPS_AMQP_URL": url}
    if "://" in site.dsn:
        environment["DATABASE_URL"] = site.dsn
    exchange = Exchange(name, type="fanout", durable=True)
    with Connection(url) as connection:
        queue = Queue(name, exchange, durable=True)(connection.channel())
        queue.declare()
        consumer = subprocess.Popen(
            [
                sys.executable,
                str(ROOT / "manage.py"),
                "consume_amqp",
                "--exchange",
                name,
                "--queue",
                name,
            ],
            env=environment,
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        try:
            producer = connection.Producer(exchange=exchange)
            before = site.count()
            for body in bodies:
                producer.publish(
                    body,
                    delivery_mode=2,
                    content_type="application/octet-stream",
                    content_encoding="binary",
                )
            wait_for(site, before + len(bodies))
        finally:
            consumer.send_signal(signal.SIGTERM)
            consumer.wait(30)
            queue.delete()
            exchange(connection.channel()).delete()


def _in_threads(count: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def wait_for(site: Site, total: int) -> None:
    """Until that many reports can be seen, or nothing has come for a minute."""
    seen, since = -1, time.monotonic()
    while (now_seen := site.count()) < total:
        if now_seen > seen:
            seen, since = now_seen, time.monotonic()
        elif time.monotonic() - since > 60:
            sys.exit(f"Only {seen:,} of {total:,} reports can be seen")
        time.sleep(0.05)


WAYS: dict[str, Callable[[Site, list[bytes], int], None]] = {
    "http-batch": send_http_batches,
    "http-single": send_http_singly,
    "amqp": send_amqp,
    "datedir": send_datedir,
}


def measure(site: Site, way: str, bodies: list[bytes], senders: int) -> str:
    """One line of the table."""
    before, cpu, size = site.count(), site.cpu(), site.bytes_stored()
    site.started = time.monotonic()
    WAYS[way](site, bodies, senders)
    sent = time.monotonic() - site.started
    wait_for(site, before + len(bodies))
    took = time.monotonic() - site.started
    return (
        f"{way:<12} {len(bodies):>9,} {len(bodies) / sent:>12,.0f} {len(bodies) / took:>14,.0f}"
        f" {(site.cpu() - cpu) / len(bodies) * 1000:>14.2f}"
        f" {(site.bytes_stored() - size) / len(bodies):>12,.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--database", default="", help="a PostgreSQL URL; default: embedded")
    parser.add_argument("--reports", type=int, default=10_000, help="for each way in")
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument("--ways", default="http-batch,http-single,datedir", help=", ".join(WAYS))
    options = parser.parse_args()
    print(describe())
    print(
        f"database: {options.database or 'embedded'}; {options.problems} problems,"
        f" {options.senders} senders"
    )
    with running_site(options.database) as site:
        corpus = Corpus(options.problems)
        post(site, [b"".join(corpus.bodies(200))], "application/bson-seq")
        wait_for(site, 200)
        print(
            f"{'way':<12} {'reports':>9} {'accepted/s':>12} {'in→visible/s':>14}"
            f" {'CPU s/1,000':>14} {'bytes each':>12}"
        )
        for way in options.ways.split(","):
            bodies = list(corpus.bodies(options.reports))
            print(measure(site, way, bodies, options.senders), flush=True)


if __name__ == "__main__":
    main()
