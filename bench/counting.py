"""What counting costs by itself, and whether writers of one problem stand in each other's way.

    python -m bench.counting [--database URL] [--reports N] [--problems N] [--days N]

Makes what counting needs to know of reports (500 problems by a Zipf law, 8
reporters, 4 revisions, 50,000 users), counts them in batches of 500 as the
pipeline does, each in a transaction of its own, and adds the facts to their days
as often as beat would at 1,500 reports/s. Reports are not read and not stored. Then times what
pages ask of the counts, joins old quarter hours to hours, and asks again.

Then a flood: all reports of one problem, from one writer and from four at once. Without
--database it runs on the embedded server.
"""

from __future__ import annotations

import os
import random
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.command import make_parser, print_machine, quantile, run
from bench.machine import BackendWatch, cpu_seconds, with_descendants
from bench.site import SETTINGS, own_database

BATCH = 500
SETTLE_EVERY = 45
"""Batches: what 1,500 reports a second are in 15 seconds."""

ROUNDS = 3

REPORTERS, REVISIONS, USERS = 8, 4, 50_000


class Store:
    """A fresh database, and the CPU that its server has used."""

    def __init__(self, name: str, data: Path) -> None:
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        self.connection = connection
        self._watch = BackendWatch(name) if name else None
        self._data = data

    def cpu(self) -> float:
        if self._watch:
            return self._watch.cpu_seconds()
        first = (self._data / "postgres" / "postmaster.pid").read_text().split()[0]
        return cpu_seconds(with_descendants([int(first)]))

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        if self._watch:
            self._watch.stop()
        self.connection.close()


class Making:
    """Reports as counting sees them."""

    def __init__(self, problems: int, seed: int = 1) -> None:
        from django.db import connection, transaction

        from reports.models import Classification
        from reports.store import names

        self.chance = random.Random(seed)
        self.weights = list(accumulate(1 / rank for rank in range(1, problems + 1)))
        classes = list(Classification.objects.values_list("pk", flat=True))
        self.classes = [classes[number % len(classes)] for number in range(problems)]
        with transaction.atomic(), connection.cursor() as cursor:
            self.reporters = self._number(cursor, names.REPORTERS, "APP", REPORTERS)
            self.topics = self._number(cursor, names.TOPICS, "Topic:+", problems)
            found = names.REVISIONS.number(cursor, [("app", str(n)) for n in range(REVISIONS)])
            self.revisions = list(found.values())
            self.signatures = [self._open(number) for number in range(problems)]
        self.names = names

    def _number(self, cursor: Any, names: Any, prefix: str, count: int) -> list[int]:
        found = names.number(cursor, [(f"{prefix}{n}",) for n in range(count)])
        return [found[f"{prefix}{n}",] for n in range(count)]

    def _open(self, number: int) -> int:
        from reports.models import Problem, Signature

        seen = {"first_seen": datetime.now(UTC), "last_seen": datetime.now(UTC)}
        words = {"title": "t", "type": "t", "value": "v", "culprit": "c"}
        problem = Problem.objects.create(**words, classification_id=self.classes[number], **seen)
        key = number.to_bytes(16, "big")
        signature = Signature(key=key, version=1, kind="value", why=[], problem=problem, **seen)
        signature.save()
        return signature.pk

    def batch(self, cursor: Any, start: datetime, length: timedelta, only: int | None) -> list[Any]:
        """`BATCH` reports that happened in a stretch of time; `only`: of one problem."""
        numbers = range(len(self.signatures))
        causes = (
            self.chance.choices(numbers, cum_weights=self.weights, k=BATCH)
            if only is None
            else [only] * BATCH
        )
        rows = [self._facet(cause) for cause in causes]
        facets = self.names.FACETS.number(cursor, set(rows))
        return [
            self._counted(cause, row, facets[row], start + length * (place / BATCH))
            for place, (cause, row) in enumerate(zip(causes, rows, strict=True))
        ]

    def _facet(self, cause: int) -> tuple[Any, ...]:
        choice = self.chance.choice
        reporter, revision = choice(self.reporters), choice(self.revisions)
        method = choice(("GET", "GET", "GET", "POST"))
        return (
            reporter, self.topics[cause], revision, self.classes[cause], method, False, True,
        )  # fmt: skip

    def _counted(self, cause: int, row: tuple[Any, ...], facet: int, at: datetime) -> Any:
        from reports.store.counters import Counted

        user = self.chance.randint(1, USERS)
        return Counted(
            signature_id=self.signatures[cause],
            facet_id=facet,
            classification_id=row[3],
            reporter_id=row[0],
            topic_id=row[1],
            is_robot=False,
            occurred_at=at,
            received_at=at + timedelta(milliseconds=300),
            duration_ms=self.chance.random() * 9000,
            statement_count=self.chance.randint(10, 40),
            oops_id=f"OOPS-{self.chance.getrandbits(128):032x}",
            username=f"user{user}, {user}, User {user}",
        )


def count_batches(store: Store, making: Making, options: Namespace) -> None:
    """The table's first part: cost by report, alone."""
    from django.db import transaction

    from reports.store.counters import count_reports
    from reports.store.folding import fold_counts
    from reports.store.measuring import settle_facts

    end = datetime.now(UTC)
    step = timedelta(days=options.days) / max(1, options.reports // BATCH)
    at = end - timedelta(days=options.days)
    batches = options.reports // BATCH
    own = settling = 0.0
    server = store.cpu()
    for number in range(batches):
        with transaction.atomic(), store.connection.cursor() as cursor:
            reports = making.batch(cursor, at + number * step, step, None)
            began = time.process_time()
            count_reports(cursor, reports)
            own += time.process_time() - began
        if number % SETTLE_EVERY == SETTLE_EVERY - 1 or number == batches - 1:
            began = time.process_time()
            settle_facts()
            settling += time.process_time() - began
    server = store.cpu() - server
    count = batches * BATCH
    print(f"counting {count:,} reports of {options.problems} problems over {options.days} days:")
    for what, seconds in (("batches", own), ("settling", settling), ("PostgreSQL", server)):
        print(f"  {what:<12} {seconds / count * 1000:>8.3f} ms CPU a report")
    print(f"  {'in all':<12} {(own + settling + server) / count * 1000:>8.3f} ms CPU a report")
    store.ask("VACUUM ANALYZE")
    print_sizes(store, count)
    read_pages()
    began, server = time.process_time(), store.cpu()
    folded = sum(iter(fold_counts, 0))
    own, server = time.process_time() - began, store.cpu() - server
    print(f"joining hours: {folded:,} rows, {own:.1f} s of CPU, PostgreSQL {server:.1f} s")
    store.ask("VACUUM FULL")
    print_sizes(store, count)
    read_pages()


def print_sizes(store: Store, count: int) -> None:
    """Bytes by table."""
    rows = store.ask(
        "SELECT relname, pg_total_relation_size(oid), pg_relation_size(oid), reltuples::bigint"
        " FROM pg_class WHERE relkind = 'r' AND relname IN ('reports_signaturecount',"
        " 'reports_classcount', 'reports_topiccount', 'reports_attributecount',"
        " 'reports_topicmeasure', 'reports_peoplesketch', 'reports_pendingfacts', 'reports_facet')"
        " ORDER BY 2 DESC"
    )
    total = 0
    for name, size, bare, tuples in rows:
        total += size
        print(f"  {name:<26} {size / count:>8.1f} bytes a report ({bare / count:.1f} without"
              f" indexes; {tuples / count:.3f} rows)")  # fmt: skip
    print(f"  {'in all':<26} {total / count:>8.1f} bytes a report")


def read_pages() -> None:
    """What pages ask of these counts, of the biggest problem and topic, which cost most."""
    from django.utils import timezone

    from reports.models import Problem, Topic
    from reports.summaries.common_ground import find_common_ground
    from reports.summaries.people import people_of_problems
    from reports.summaries.problem_list import topics_of
    from reports.summaries.span import last
    from reports.summaries.topics import (
        list_topics,
        read_topic,
        time_outs_by_statement,
        worst_topics,
    )
    from reports.summaries.trends import trends_of_problems

    ids = list(Problem.objects.order_by("-count").values_list("pk", flat=True)[:50])
    topic = Topic.objects.get(name="Topic:+0")
    names = ("24h", "7d", "30d")
    print(f"  reading, ms, best of {ROUNDS}: {'':>24}" + "".join(f"{name:>8}" for name in names))
    for what, ask in (
        ("what the biggest problem has in common", lambda s: find_common_ground(ids[0], s)),
        ("people of 50 problems", lambda s: people_of_problems(ids, s)),
        ("topics of 50 problems", lambda s: topics_of(ids, s)),
        ("trends of 50 problems", lambda s: trends_of_problems(ids, s)),
        ("the list of topics", lambda s: list_topics(s, 50)),
        ("the biggest topic's page", lambda s: read_topic(topic, s)),
        ("longest requests, 10 topics", lambda s: worst_topics("durations", s, 10)),
        ("time-outs by statement", lambda s: time_outs_by_statement(s, 50)),
    ):
        times = [_best_ms(ask, last(name, timezone.now())) for name in names]
        print(f"    {what:<44}" + "".join(f"{each:>8.1f}" for each in times))


def _best_ms(ask: Any, span: Any) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask(span)
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def flood(making: Making, writers: int, batches: int) -> None:
    """All reports of one problem: what a second writer costs the first."""
    from django.db import connection, transaction

    from reports.store.counters import count_reports

    waits: list[float] = []
    failures: list[str] = []
    lock = threading.Lock()

    def write(share: int) -> None:
        try:
            for _ in range(share):
                with transaction.atomic(), connection.cursor() as cursor:
                    with lock:
                        reports = making.batch(cursor, datetime.now(UTC), timedelta(0), 0)
                    began = time.monotonic()
                    count_reports(cursor, reports)
                waits.append(time.monotonic() - began)
        except Exception as problem:  # noqa: BLE001 - whatever ends a writer is told below
            failures.append(f"{type(problem).__name__}: {problem}")
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(batches // writers,)) for _ in range(writers)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    print(
        f"flood of one problem, {writers} writer(s): {len(waits) * BATCH / took:,.0f} reports/s;"
        f" counting and commit p50 {quantile(waits, 0.5) * 1000:.1f} ms,"
        f" p99 {quantile(waits, 0.99) * 1000:.1f} ms; {len(failures)} failed {failures[:1]}",
        flush=True,
    )


def check() -> None:
    """The sums must be right, or the figures mean nothing."""
    from django.db.models import Sum

    from reports.models import ClassCount, Problem, SignatureCount, TopicCount

    sums = [
        table.objects.aggregate(n=Sum("count"))["n"]
        for table in (Problem, SignatureCount, ClassCount, TopicCount)
    ]
    if len(set(sums)) != 1:
        raise SystemExit(f"Counts differ: {sums}")
    print(f"all counts agree: {sums[0]:,}")


def databases(options: Namespace) -> Iterator[Store]:
    """The run's own database, gone afterwards."""
    for name in SETTINGS:
        os.environ.pop(name, None)
    with TemporaryDirectory(prefix="oopsbench-") as folder, own_database(options.database) as named:
        name, url = named
        data = Path(folder) / "data"
        os.environ |= {"OOPSWEB_DATA": str(data), "DJANGO_SETTINGS_MODULE": "oopsweb.settings"}
        if url:
            os.environ["DATABASE_URL"] = url
        store = Store(name, data)
        try:
            yield store
        finally:
            store.close()


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--database", default="", help="a PostgreSQL URL; default: embedded")
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--flood", type=int, default=200, help="batches of the flood")
    options = parser.parse_args()
    print_machine()
    for store in databases(options):
        making = Making(options.problems)
        count_batches(store, making, options)
        for writers in (1, 4):
            flood(making, writers, options.flood)
        check()


if __name__ == "__main__":
    run(main)
