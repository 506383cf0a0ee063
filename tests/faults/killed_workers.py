"""Distinct reports in by HTTP from eight senders, while workers are killed: none lost, none twice.

    python -m tests.faults.killed_workers [--reports 20000] [--kills 5] [--database URL]

Exits with 1 if a report is missing, stored twice, or the ledger does not balance.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psycopg2

from bench.corpus import Corpus
from bench.machine import describe
from bench.sending import Sender
from tests.flow.site import TREE, Site, make_environ

SENDERS = 8
BATCH = 50


@dataclass(frozen=True)
class Outcome:
    """What a run ended with."""

    sent: int
    stored: int
    kills: int
    seconds: float
    seconds_to_settle: float
    ledger: dict[str, object]

    @property
    def is_good(self) -> bool:
        return self.stored == self.sent == self.ledger["stored"] and bool(self.ledger["balanced"])


def run(reports: int, kills: int, database: str = "") -> Outcome:
    """Start a site, send, kill meanwhile, wait for the end, count."""
    with tempfile.TemporaryDirectory(prefix="oopsweb-kill-") as folder:
        data = Path(folder) / "data"
        over = {"DATABASE_URL": database} if database else {}
        site = Site(data, make_environ(**over))
        try:
            site.wait_until_ready()
            return _send_and_kill(site, reports, kills, over)
        finally:
            site.stop()


def _send(site: Site, batches: list[bytes]) -> None:
    sender = Sender(site)  # type: ignore[arg-type]  # it wants a port and a token
    for batch in batches:
        sender.post(batch, "application/bson-seq")
    sender.connection.close()


def _send_and_kill(site: Site, reports: int, kills: int, over: dict[str, str]) -> Outcome:
    bodies = list(Corpus(100, seed=time.time_ns()).bodies(reports))
    batches = [b"".join(bodies[at : at + BATCH]) for at in range(0, reports, BATCH)]
    senders = [
        threading.Thread(target=_send, args=(site, batches[k::SENDERS])) for k in range(SENDERS)
    ]
    started = time.monotonic()
    for sender in senders:
        sender.start()
    done = 0
    chance = Random(1)
    while done < kills:
        time.sleep(0.3 + chance.random())
        done += kill_workers(site)
    for sender in senders:
        sender.join()
    sent_at = time.monotonic()
    ledger = _wait_until_settled(site, over)
    return Outcome(
        sent=reports,
        stored=_ask_count(site, over),
        kills=done,
        seconds=time.monotonic() - started,
        seconds_to_settle=time.monotonic() - sent_at,
        ledger=ledger,
    )


def kill_workers(site: Site) -> int:
    """SIGKILL to every process of the running Celery worker; 1 if there was one."""
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            environ = (process / "environ").read_bytes()
        except OSError:
            continue
        if b"celery" in words and b"worker" in words and bytes(site.folder) in environ:
            os.kill(int(process.name), signal.SIGKILL)
            found = 1
    return found


def manage(site: Site, over: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=TREE,
        env=make_environ(OOPSWEB_DATA=str(site.folder), **over),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _wait_until_settled(site: Site, over: dict[str, str]) -> dict[str, object]:
    end = time.monotonic() + 300
    while True:
        ledger = json.loads(manage(site, over, "ledger", "--json"))
        if not ledger["waiting"] or time.monotonic() > end:
            return dict(ledger)
        time.sleep(0.3)


def _ask_count(site: Site, over: dict[str, str]) -> int:
    """Rows of the store itself, counted one by one, and each id once."""
    code = (
        "from django.db import connection as c; k = c.cursor();"
        "k.execute('SELECT count(*), count(DISTINCT oops_id) FROM reports_report');"
        "rows, ids = k.fetchone(); assert rows == ids, (rows, ids); print(rows)"
    )
    return int(manage(site, over, "shell", "-v", "0", "-c", code).strip().splitlines()[-1])


def make_database(database: str) -> str:
    """A database of its own on a server; its URL."""
    name = f"oopsweb_kill_{os.getpid()}"
    connection = psycopg2.connect(database)
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {name}")
    connection.close()
    return f"{database.rsplit('/', 1)[0]}/{name}"


def drop_database(url: str, database: str) -> None:
    connection = psycopg2.connect(database)
    connection.autocommit = True
    connection.cursor().execute(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)")
    connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--database", default="", help="a PostgreSQL URL; default: embedded")
    options = parser.parse_args()
    url = make_database(options.database) if options.database else ""
    try:
        outcome = run(options.reports, options.kills, url)
    finally:
        if url:
            drop_database(url, options.database)
    sys.stdout.write(
        f"{describe()}\ndatabase: {options.database or 'embedded'}\n"
        f"sent {outcome.sent:,}, stored {outcome.stored:,}, workers killed {outcome.kills} times\n"
        f"{outcome.seconds:.1f} s in all,"
        f" {outcome.seconds_to_settle:.1f} s after the last was sent\n"
        f"ledger: {json.dumps(outcome.ledger)}\n{'good' if outcome.is_good else 'NOT GOOD'}\n"
    )
    return 0 if outcome.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
