"""A whole site with servers of its own, to be broken on purpose, and what is checked afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from random import Random
from typing import Any

import bson
import psycopg2

from bench.corpus import Corpus
from reports.store.keys import key_of
from tests.faults.clock import Clock
from tests.faults.senders import Address, Book, post
from tests.faults.servers import PostgreSQL, ask
from tests.flow.site import TREE, Site, make_environ, wait_for_queue
from tests.rabbit_cluster import Node
from tests.streaming_pair import find_programs

PRELOAD = Path(__file__).resolve().parent / "preload"
PATIENCE_S = 120
VISIBLE_S = 2.0
"""A fresh report that can be seen so soon: service is normal."""

KINDS = {
    "worker": b"celery\0--quiet\0-A\0oopsweb.celery\0worker",
    "beat": b"celery\0--quiet\0-A\0oopsweb.celery\0beat",
    "web": b"gunicorn",
    "consumer": b"consume_amqp",
    "scanner": b"scan_datedir",
}


@dataclass
class Verdict:
    """What the books say after a trial."""

    accepted: int
    stored: int
    repeated: int
    quarantined: int
    lost: int
    doubled: int
    strangers: int
    ledger: str
    """What `manage.py ledger --check` complains of; empty if nothing."""

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.strangers or self.ledger)


class Stage:
    """A site, its servers, and the hands that break them."""

    def __init__(
        self, folder: Path, node: Node, *, database: str = "", is_small: bool = False,
        has_clock: bool = False,
    ) -> None:  # fmt: skip
        self.folder, self.node, self.data = folder, node, folder / "data"
        self.tree = folder / "tree"
        self.tree.mkdir()
        self.clock = Clock(folder) if has_clock else None
        self.postgres = None if database else self._make_postgres(is_small)
        self.database = database or self.postgres.url()  # type: ignore[union-attr]
        self.environ = make_environ(
            DATABASE_URL=self.database, BROKER_URL=node.url, OOPS_AMQP_URL=node.url,
            PYTHONPATH=str(PRELOAD), **self._clock_environ(),
        )  # fmt: skip
        self.site = Site(self.data, self.environ)
        self._is_closing = threading.Event()
        self._scanner = threading.Thread(target=self._keep_scanning)
        self._probes = Corpus(5, seed=time.time_ns())
        self.before = Book()

    def _make_postgres(self, is_small: bool) -> PostgreSQL:
        programs = find_programs()
        assert programs is not None
        more = ("max_wal_size=64MB", "min_wal_size=32MB") if is_small else ()
        room = self.folder / "room"
        room.mkdir()
        server = PostgreSQL(programs, room / "postgres", self._clock_environ(), *more)
        if is_small:
            command = ["mount", "-t", "tmpfs", "-o", "size=768m,mode=0777", "tmpfs", str(room)]
            subprocess.run(command, check=True)
        server.make()
        return server

    def _clock_environ(self) -> dict[str, str]:
        return self.clock.environ if self.clock else {}

    def open(self) -> None:
        """Return when reports can come in by all three ways."""
        self.site.wait_until_ready()
        self._scanner.start()
        wait_for_queue(self.node.url, "oopses")

    def close(self) -> None:
        self._is_closing.set()
        if self.postgres is not None and not self.postgres.is_running():
            self.postgres.start()
        self.site.stop()
        if self._scanner.is_alive():
            self._scanner.join()
        if self.postgres is not None:
            self.postgres.end(signal.SIGINT)
        subprocess.run(["umount", str(self.folder / "room")], capture_output=True, check=False)

    @property
    def address(self) -> Address:
        return Address(self.site.port, self.site.token, self.node.url, self.tree)

    def _keep_scanning(self) -> None:
        """`serve` has no datedir scanner: systemd would look after it."""
        command = [sys.executable, "manage.py", "scan_datedir", str(self.tree), "--watch"]
        environ = {**self.environ, "OOPSWEB_DATA": str(self.data), "LD_PRELOAD": ""}
        with (self.folder / "scanner.log").open("ab") as log:
            while not self._is_closing.is_set():
                scanner = subprocess.Popen(command, cwd=TREE, env=environ, stdout=log, stderr=log)
                while scanner.poll() is None and not self._is_closing.wait(0.2):
                    pass
                scanner.terminate()
                scanner.wait()

    def find(self, kind: str) -> list[int]:
        """The processes of one part of the site."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (process / "cmdline").read_bytes()
                environ = (process / "environ").read_bytes()
                if KINDS[kind] in words and bytes(self.data) in environ:
                    found.append(int(process.name))
        return sorted(found)

    def kill(self, kind: str, chance: Random) -> bool:
        """SIGKILL to one process of a part of the site; False if it is not there just now."""
        found = self.find(kind)
        if found:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(found), signal.SIGKILL)
        return bool(found)

    def cut_connections(self, chance: Random) -> int:
        """Cut one of the connections that are in a transaction just now, if any is."""
        with suppress(psycopg2.Error):
            rows = ask(
                self.database,
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'",
            )
            if rows:
                ask(self.database, "SELECT pg_terminate_backend(%s)", chance.choice(rows)[0])
            return len(rows[:1])
        return 0

    def pause_a_worker(self, seconds: float) -> bool:
        """Stop a worker that is in the middle of a batch, and let it go on later."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for process in self.find("worker")[1:]:
                os.kill(process, signal.SIGSTOP)
                try:
                    time.sleep(0.2)
                    if self._is_claim_held():
                        time.sleep(seconds)
                        return True
                finally:
                    os.kill(process, signal.SIGCONT)
                time.sleep(0.05)
        return False

    def _is_claim_held(self) -> bool:
        rows = ask(
            self.database,
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle in transaction' AND state_change < clock_timestamp() -"
            " interval '150 ms'",
        )
        return bool(rows)

    def seconds_to_normal(self) -> float:
        """How long from now until a fresh report is accepted, and seen within two seconds."""
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE_S:
            if self._is_fresh_report_seen():
                return time.monotonic() - begun
            time.sleep(0.1)
        raise AssertionError("service does not come back")

    def _is_fresh_report_seen(self) -> bool:
        report = next(self._probes.reports(1))
        if self.clock is not None:
            report["time"] = self.clock.now()
        with suppress(OSError, psycopg2.Error, AssertionError):
            sent_at = time.monotonic()
            if post(self.address, [bson.encode(report)]) is None:
                return False
            self.before.note([report["id"]])
            while time.monotonic() - sent_at < VISIBLE_S:
                if ask(
                    self.database,
                    "SELECT 1 FROM reports_key WHERE key = %s::uuid",
                    str(key_of(report["id"])),
                ):
                    return True
                time.sleep(0.02)
        return False

    def judge(self, book: Book) -> Verdict:
        """Wait until nothing is on its way any more; then compare the books with the store."""
        self.before.note(list(book.accepted))
        for name, content in book.poison.items():
            self.before.note_poison(name, content)
        self._wait_until_settled()
        ids = [row[0] for row in ask(self.database, "SELECT oops_id FROM reports_report")]
        sums = ask(
            self.database,
            "SELECT sum(repeated)::int, sum(quarantined)::int FROM reports_ledgerentry",
        )[0]
        missing = self._find_missing()
        return Verdict(
            accepted=len(self.before.accepted),
            stored=len(ids),
            repeated=sums[0],
            quarantined=sums[1],
            lost=len(missing),
            doubled=len(ids) - len(set(ids)),
            strangers=len(set(ids) - self.before.accepted - {"OOPS-" + "3" * 32}),
            ledger=self._check_ledger(),
        )

    def _wait_until_settled(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            with suppress(psycopg2.Error):
                waiting = ask(self.database, "SELECT count(*) FROM reports_inbox")[0][0]
                if not waiting and not self._find_missing():
                    return
            time.sleep(0.5)

    def _find_missing(self) -> set[str]:
        """What was accepted and is neither stored nor, being poison, in quarantine."""
        stored = {row[0] for row in ask(self.database, "SELECT oops_id FROM reports_report")}
        held = {row[0] for row in ask(self.database, "SELECT content FROM reports_quarantineditem")}
        digests = {md5(content).hexdigest() for content in held}
        missing = self.before.accepted - stored
        for name, content in self.before.poison.items():
            if md5(content).hexdigest() not in digests and "OOPS-" + "3" * 32 not in stored:
                missing.add(name)
        return missing

    def reasons(self) -> dict[str, int]:
        """How many items are in quarantine, by reason."""
        rows = ask(self.database, "SELECT reason, count(*) FROM reports_quarantineditem GROUP BY 1")
        return dict(rows)

    def _check_ledger(self) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", "ledger", "--check", "--json"],
            cwd=TREE, env={**self.environ, "OOPSWEB_DATA": str(self.data)},
            capture_output=True, text=True,
        )  # fmt: skip
        return "" if done.returncode == 0 else done.stderr.strip() or "failed without a word"


@contextmanager
def standing(node: Node, **options: Any) -> Iterator[Stage]:
    """A stage that is ready, and gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="oopsweb-faults-", dir="/tmp"))
    folder.chmod(0o755)
    stage = Stage(folder, node, **options)
    try:
        stage.open()
        yield stage
    except BaseException:
        said = [line[:400] for line in stage.site.lines[-30:]]
        sys.stderr.write("\n".join(said) + "\n")
        raise
    finally:
        stage.close()
        shutil.rmtree(folder, ignore_errors=True)
