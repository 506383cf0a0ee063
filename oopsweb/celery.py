"""Celery: the app, its broker, and the whole table of what runs when.

A task carries no report and no result: it says that there is work, and
PostgreSQL knows which. So messages may be lost or come twice.
"""

from __future__ import annotations

import os
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oopsweb.settings")

TRANSPORT_ALIASES["folder"] = "oopsweb.broker:Transport"

# A queue can't change its type, so each type has a name of its own.
QUEUES = {"classic": "celery", "quorum": "oopsweb-quorum"}

# Task → every how many seconds. A run that has not begun when the next is due is dropped.
EVERY_S = {
    # Intake says itself that there is work; this finds what such a word was lost for.
    "reports.tasks.process_inbox": 1.0,
    "reports.tasks.fold_ledger": 600.0,
    "reports.tasks.make_partitions": 3600.0,
    # Durations and people are that old on the pages; the longer, the fewer rows are written.
    "reports.tasks.settle_facts": 15.0,
    "reports.tasks.fold_counts": 1800.0,
    # A quiet site stores few reports at a time; searches read fewer, larger pieces.
    "reports.tasks.tend_words": 60.0,
    # Costs a second of one worker.
    "reports.tasks.train_dictionary": 300.0,
}


def read_broker_settings() -> dict[str, Any]:
    """Celery's settings for BROKER_URL if there is one, else for plain files in the data folder."""
    if settings.BROKER_URL:
        return {
            "broker_url": settings.BROKER_URL,
            "task_default_queue": QUEUES[settings.QUEUE_TYPE],
            "task_default_queue_type": settings.QUEUE_TYPE,
            "task_default_exchange_type": "direct",
        }
    folder = settings.DATA_FOLDER / "broker"
    return {
        "broker_url": "folder://localhost//",
        "broker_transport_options": {
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "processed_folder": str(folder / "taken"),
            "control_folder": str(folder / "control"),
            # Seconds between two looks for messages: what a task waits at most.
            "polling_interval": 0.1,
        },
    }


# Its reason, messages that run code, is none here: they are JSON and name known tasks.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("oopsweb")
# Also for threads: being current is a matter of the thread that made it.
app.set_default()
app.conf.update(
    **read_broker_settings(),
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    # A long task must not hoard short ones.
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    # Its queue is named after the host: a second worker there would be refused and end.
    worker_enable_remote_control=False,
    worker_consumer="oopsweb.worker:Consumer",
    broker_connection_retry_on_startup=True,
    enable_utc=True,
    timezone="UTC",
    beat_scheduler="oopsweb.beat:SteadyScheduler",
    beat_schedule_filename=str(settings.DATA_FOLDER / "beat-schedule"),
    beat_schedule={
        name.rpartition(".")[2]: {
            "task": name,
            "schedule": seconds,
            "options": {settings.MESSAGE_EXPIRY: seconds},
        }
        for name, seconds in EVERY_S.items()
    },
)
app.autodiscover_tasks(["reports"])
