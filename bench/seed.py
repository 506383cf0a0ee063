"""Many reports quickly: through the pipeline's own code, in several processes, without HTTP.

Each batch is of one stretch of time, as reports come in, and the stretches run
over the span evenly from its start to its end.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty
from typing import Any

import bson

from bench.corpus import Corpus
from bench.site import Site

BATCH = 500
RECEIVED_AFTER = timedelta(milliseconds=300)
SAY_EVERY_SECONDS = 15


@dataclass(frozen=True)
class Stretch:
    """One batch's part of the span."""

    number: int
    start: datetime
    end: datetime
    count: int


def cut(count: int, start: datetime, end: datetime) -> list[Stretch]:
    """`count` reports from `start` to `end` as batches, the earliest first."""
    batches = -(-count // BATCH)
    step = (end - start) / batches
    return [
        Stretch(n, start + n * step, start + (n + 1) * step, min(BATCH, count - n * BATCH))
        for n in range(batches)
    ]


def seed(
    site: Site, count: int, start: datetime, end: datetime, *, problems: int, processes: int = 0
) -> float:
    """Store `count` more reports that happened from `start` to `end`; gives reports a second."""
    context = multiprocessing.get_context("spawn")
    stretches, done = context.Queue(), context.Queue()
    for stretch in cut(count, start, end):
        stretches.put(stretch)
    workers = [
        context.Process(
            target=_work, args=(site.environ, problems, stretches, done, number), daemon=True
        )
        for number in range(processes or os.cpu_count() or 1)
    ]
    began = time.monotonic()
    try:
        for worker in workers:
            stretches.put(None)
            worker.start()
        _watch(workers, done, count, began)
    finally:
        stretches.cancel_join_thread()  # what nobody will take any more need not be sent
        for worker in workers:
            if worker.pid:
                worker.terminate()
                worker.join()
    return count / (time.monotonic() - began)


def _watch(workers: list[Any], done: Any, count: int, began: float) -> None:
    stored, said = 0, began
    while stored < count:
        try:
            stored += done.get(timeout=1)
        except Empty:
            if not any(worker.is_alive() for worker in workers):
                raise SystemExit(f"Seeding ended at {stored:,} of {count:,} reports") from None
        if time.monotonic() - said > SAY_EVERY_SECONDS:
            said = time.monotonic()
            print(
                f"  seeding: {stored:,} of {count:,}, {stored / (said - began):,.0f}/s", flush=True
            )


def _work(
    environ: Mapping[str, str], problems: int, stretches: Any, done: Any, number: int
) -> None:
    """A process that stores one stretch after the other."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    os.environ.clear()
    os.environ.update(environ)
    import django

    django.setup()
    from django.db import connection, transaction

    gc.freeze()
    gc.disable()  # reports hold no cycles, and looking for some costs 6 %
    corpus = Corpus(problems)
    corpus.random = random.Random(f"{number} {time.time_ns()}")
    while (stretch := stretches.get()) is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            stored = _store(cursor, corpus, stretch)
        done.put(stored)
    connection.close()


def _store(cursor: Any, corpus: Corpus, stretch: Stretch) -> int:
    """One batch: prepared, filed and entered into the ledger, as the pipeline does."""
    from reports.intake.inbox import find_source
    from reports.pipeline.classify import current_rules
    from reports.pipeline.prepare import Unreadable, prepare
    from reports.store import ledger
    from reports.store.filing import file_batch

    rules, source = current_rules(), find_source("http", "bench")
    items = list(_claim(corpus, stretch, source.pk))
    filings = [prepare(item, rules) for item in items]
    bad = next((each for each in filings if isinstance(each, Unreadable)), None)
    if bad:
        raise RuntimeError(f"A seeded report can't be read: {bad.detail}")
    stored = file_batch(cursor, filings)
    pages = Counter((ledger.hour_of(items[place].received_at), source.pk) for place in stored)
    ledger.record(cursor, "received", pages)
    ledger.record(cursor, "stored", pages)
    return len(stored)


def _claim(corpus: Corpus, stretch: Stretch, source_id: int) -> Iterator[Any]:
    from reports.pipeline.prepare import Claimed

    length = stretch.end - stretch.start
    for place, report in enumerate(corpus.reports(stretch.count)):
        report["time"] = stretch.start + length * (place / stretch.count)
        received_at = report["time"] + RECEIVED_AFTER
        content = bson.encode(report)
        yield Claimed(place, source_id, received_at, "application/bson", report["id"], "", content)
