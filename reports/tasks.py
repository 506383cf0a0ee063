"""Every background job. A task carries no report: it says that there is work."""

from __future__ import annotations

import logging
import time

from celery import shared_task
from django.db import InterfaceError, OperationalError, connection

from reports.intake.nudge import NUDGE_SECONDS
from reports.pipeline.batch import process_batch
from reports.store import dictionaries, filing, folding, ledger, measuring, recounting
from reports.store.words import backfilling, merging

LINGER_SECONDS = 3 * NUDGE_SECONDS
"""How long a worker looks again after the inbox was empty: longer than nudges are apart."""

BUSY_SECONDS = 30
"""After this long a task ends, however much waits: beat's next sweep goes on."""

log = logging.getLogger(__name__)


@shared_task(name="reports.tasks.process_inbox", ignore_result=True)
def process_inbox() -> None:
    """Empty the inbox, batch by batch. Without a store it waits for beat's next sweep."""
    try:
        _process_inbox()
    except (OperationalError, InterfaceError) as problem:
        connection.close()
        log.warning("The store failed, going on with the next sweep: %s", str(problem).strip())


def _process_inbox() -> None:
    end = time.monotonic() + BUSY_SECONDS
    idle_since = None
    while time.monotonic() < end:
        if process_batch().total:
            idle_since = None
            continue
        idle_since = idle_since or time.monotonic()
        if time.monotonic() - idle_since > LINGER_SECONDS:
            break
        time.sleep(NUDGE_SECONDS / 2)


@shared_task(name="reports.tasks.make_partitions", ignore_result=True)
def make_partitions() -> None:
    """Have partitions ready for the coming days."""
    filing.prepare_coming_days()


@shared_task(name="reports.tasks.fold_ledger", ignore_result=True)
def fold_ledger() -> None:
    """Join the ledger rows of past hours."""
    ledger.fold()


@shared_task(name="reports.tasks.settle_facts", ignore_result=True)
def settle_facts() -> None:
    """Add what batches wrote down to the measures and sketches of their days."""
    measuring.settle_facts()


@shared_task(name="reports.tasks.fold_counts", ignore_result=True)
def fold_counts() -> None:
    """Join quarter hours of days long past, and measure days that never were."""
    folding.fold_counts()
    end = time.monotonic() + BUSY_SECONDS
    while recounting.measure_day() and time.monotonic() < end:
        pass


@shared_task(name="reports.tasks.train_dictionary", ignore_result=True)
def train_dictionary() -> None:
    """See whether bodies would pack smaller with a newly trained dictionary."""
    dictionaries.train_dictionary()


@shared_task(name="reports.tasks.tend_words", ignore_result=True)
def tend_words() -> None:
    """Join small segments of the word index, and index what was stored before there was one."""
    merging.merge_segments()
    end = time.monotonic() + BUSY_SECONDS
    while backfilling.index_stored() and time.monotonic() < end:
        pass
