"""How fast reports come in, from sender to searchable, and what that costs.

    python -m bench.ingest [--database URL] [--reports N] [--problems N] [--ways http-batch,…]

Starts the whole product on a free port with data of its own, warms it up as a
site in daily life is, sends reports by each way in, waits until the last can be
seen (its words are indexed in the transaction that stores it), and prints a
table. Then single posts at a steady rate, for the time from sender to visible,
and the physical limit: the same packed bodies by bare COPY into a bare table of
the same server. Without --database it runs on the embedded one.
"""

from __future__ import annotations

import threading
import time
from argparse import Namespace
from collections import Counter
from contextlib import closing
from io import StringIO
from queue import Empty, SimpleQueue
from uuid import UUID

import bson
import psycopg2

from bench.command import make_parser, print_machine, quantile, run
from bench.corpus import Corpus
from bench.sending import WAYS, Sender, send_http_batches
from bench.site import Site, running_site
from reports.store.keys import key_of

PER_WAY = {"http-batch": 30_000, "http-single": 8_000, "amqp": 20_000, "datedir": 30_000}
"""Reports by each way, so that each takes ten seconds or more on two cores."""

COPY_BATCH = 500
COPY_WRITERS = 2
"""As many as the site has workers."""
COPY_SECONDS = 5
STEADY_RATE = 100
STEADY_SENDERS = 8


def warm_up(site: Site, corpus: Corpus, count: int, senders: int, wait_seconds: float) -> None:
    """Make the site one that has been running: with a dictionary, and workers that use it."""
    before, bodies = site.count(), list(corpus.bodies(count))
    began = send_http_batches(site, bodies, senders)
    site.wait_for(before + count)
    took = time.monotonic() - began
    training = site.tend()
    print(f"warm-up: {count:,} reports by http-batch, {count / took:,.0f}/s; then {training}")
    time.sleep(wait_seconds)


def measure(site: Site, way: str, bodies: list[bytes], senders: int) -> tuple[str, Counter[str]]:
    """One line of the table, and the bytes by table."""
    count, before = len(bodies), site.count()
    sizes, cpu, server = site.bytes_by_table(), site.cpu(), site.server_cpu()
    began = WAYS[way](site, bodies, senders)
    sent = time.monotonic() - began
    site.wait_for(before + count)
    took = time.monotonic() - began
    cpu, server = site.cpu() - cpu, site.server_cpu() - server
    grown = site.bytes_by_table()
    grown.subtract(sizes)
    line = (
        f"{way:<12} {count:>8,} {took:>7.1f} {count / sent:>11,.0f} {count / took:>16,.0f}"
        f" {cpu / count * 1000:>12.2f} {server / count * 1000:>14.2f}"
        f" {grown.total() / count:>12,.0f}"
    )
    return line, grown


def measure_latency(site: Site, corpus: Corpus, seconds: float) -> str:
    """Single posts at a steady rate: from the moment each was due until it can be seen."""
    reports = list(corpus.reports(max(1, int(seconds * STEADY_RATE))))
    due: dict[UUID, float] = {}
    jobs: SimpleQueue[bytes | None] = SimpleQueue()
    watcher = _Watcher(site, len(reports))
    threads = [threading.Thread(target=_send_from, args=(site, jobs), daemon=True)
               for _ in range(STEADY_SENDERS)]  # fmt: skip
    for thread in (watcher, *threads):
        thread.start()
    began = time.monotonic()
    for number, report in enumerate(reports):
        moment = began + number / STEADY_RATE
        time.sleep(max(0.0, moment - time.monotonic()))
        key = key_of(report["id"])
        due[key] = moment
        watcher.expected.put(key)
        jobs.put(bson.encode(report))
    for _ in threads:
        jobs.put(None)
    for thread in (*threads, watcher):
        thread.join()
    waits = [moment - due[key] for key, moment in watcher.seen.items()]
    return (
        f"in → visible at {STEADY_RATE}/s, single posts, {len(waits):,} of {len(reports):,} seen:"
        f" p50 {quantile(waits, 0.5):.3f} s, p99 {quantile(waits, 0.99):.3f} s,"
        f" worst {max(waits, default=0):.3f} s"
    )


def _send_from(site: Site, jobs: SimpleQueue[bytes | None]) -> None:
    sender = Sender(site)
    while (body := jobs.get()) is not None:
        sender.post(body, "application/bson")
    sender.connection.close()


class _Watcher(threading.Thread):
    """Looks every few milliseconds which of the expected reports are there."""

    def __init__(self, site: Site, count: int) -> None:
        super().__init__(daemon=True)
        self.site, self.count = site, count
        self.expected: SimpleQueue[UUID] = SimpleQueue()
        self.seen: dict[UUID, float] = {}

    def run(self) -> None:
        pending: set[UUID] = set()
        last = time.monotonic()
        with closing(psycopg2.connect(self.site.dsn)) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            while len(self.seen) < self.count and time.monotonic() - last < 30:
                self._take_expected(pending)
                cursor.execute(
                    "SELECT key FROM reports_key WHERE key = ANY(%s::uuid[])",
                    [[str(key) for key in pending]],
                )
                now = time.monotonic()
                for (found,) in cursor.fetchall():
                    key = UUID(str(found))
                    pending.discard(key)
                    self.seen[key] = last = now
                time.sleep(0.005)

    def _take_expected(self, pending: set[UUID]) -> None:
        try:
            while True:
                pending.add(self.expected.get_nowait())
        except Empty:
            return


def measure_copy(site: Site, count: int, seconds: float) -> str:
    """What the server takes of the same packed bodies, if nothing else is done with them."""
    # The newest: the first ones of the warm-up were packed without a dictionary.
    newest = "SELECT body FROM reports_report ORDER BY received_at DESC LIMIT %s"
    bodies = [bytes(body) for (body,) in site.ask(newest, count)]
    batches = ["".join(f"\\\\x{body.hex()}\n" for body in bodies[i : i + COPY_BATCH])
               for i in range(0, len(bodies), COPY_BATCH)]  # fmt: skip
    with site.connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (body bytea NOT NULL)")
        cursor.execute("ALTER TABLE bare ALTER body SET STORAGE EXTERNAL")
    cpu, began = site.server_cpu(), time.monotonic()
    writers = [threading.Thread(target=_copy, args=(site, batches, began + seconds), daemon=True)
               for _ in range(COPY_WRITERS)]  # fmt: skip
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    took, cpu = time.monotonic() - began, site.server_cpu() - cpu
    rows, size = site.ask("SELECT count(*), pg_total_relation_size('bare') FROM bare")[0]
    with site.connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare")
    return (
        f"physical limit, bare COPY of the same packed bodies, {COPY_BATCH} a commit,"
        f" {COPY_WRITERS} connections: {rows / took:,.0f}/s, {size / rows:,.0f} bytes each"
        f" for bodies of {sum(map(len, bodies)) / len(bodies):,.0f},"
        f" {cpu / rows * 1000:.3f} CPU s/1,000 of PostgreSQL"
    )


def _copy(site: Site, batches: list[str], end: float) -> None:
    with closing(psycopg2.connect(site.dsn)) as connection:
        number = 0
        while number == 0 or time.monotonic() < end:
            with connection, connection.cursor() as cursor:
                cursor.copy_expert("COPY bare FROM STDIN", StringIO(batches[number % len(batches)]))
            number += 1


def print_tables(grown: Counter[str], count: int) -> None:
    """Where a report's bytes are."""
    for name, size in grown.most_common():
        if size:
            print(f"    {name:<28} {size / count:>10,.1f} bytes a report")


def measure_all(site: Site, options: Namespace) -> None:
    """The whole run, printed as it goes."""
    corpus = Corpus(options.problems)
    warm_up(site, corpus, options.warm_up, options.senders, options.wait_seconds)
    print(
        f"\n{'way':<12} {'reports':>8} {'s':>7} {'accepted/s':>11} {'in→searchable/s':>16}"
        f" {'CPU s/1,000':>12} {'of PostgreSQL':>14} {'bytes each':>12}"
    )
    for way in options.ways.split(","):
        bodies = list(corpus.bodies(options.reports or PER_WAY[way]))
        line, grown = measure(site, way, bodies, options.senders)
        print(line, flush=True)
        if options.tables:
            print_tables(grown, len(bodies))
    print()
    print(measure_latency(site, corpus, options.steady_seconds), flush=True)
    print(measure_copy(site, 20_000, options.copy_seconds))


def read_options(words: list[str] | None = None) -> Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("--database", default="", help="a PostgreSQL URL; default: embedded")
    parser.add_argument("--reports", type=int, help="for each way in; default: ten seconds' worth")
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument("--ways", default=",".join(WAYS), type=_read_ways)
    parser.add_argument("--tables", action="store_true", help="split the bytes by table")
    parser.add_argument("--warm-up", type=int, default=10_000, metavar="REPORTS")
    parser.add_argument("--steady-seconds", type=float, default=20)
    parser.add_argument("--copy-seconds", type=float, default=COPY_SECONDS)
    parser.add_argument(
        "--wait-seconds",
        type=float,
        default=16,
        help="after training: workers look for a new dictionary every 15 s",
    )
    return parser.parse_args(words)


def _read_ways(text: str) -> str:
    for way in text.split(","):
        if way not in WAYS:
            raise ValueError(way)
    return text


def main() -> None:
    options = read_options()
    print_machine()
    print(f"database: {'a server of its own' if options.database else 'embedded'};"
          f" {options.problems} problems, {options.senders} senders")  # fmt: skip
    with running_site(options.database) as site:
        measure_all(site, options)


if __name__ == "__main__":
    run(main)
