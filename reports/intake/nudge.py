"""Telling the workers that there is work, without making a sender wait for it.

A nudge that gets lost, since the broker is away or the process ends, delays
the work until beat's next sweep, no more.
"""

from __future__ import annotations

import logging
import os
import threading
import time

from celery import current_app
from django.conf import settings

NUDGE_SECONDS = 0.1
"""How far apart one process's nudges are, at least."""

EXPIRES_SECONDS = 5
"""A nudge that no worker took is stale: beat has said the same since."""

log = logging.getLogger(__name__)


class Nudger:
    """One thread a process, so that a broker that hangs holds up nobody else."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._starting = threading.Lock()
        self._pid = 0

    def nudge(self) -> None:
        """Ask for a nudge soon. Returns at once and never fails."""
        if self._pid != os.getpid():
            self._start()
        self._wanted.set()

    def _start(self) -> None:
        # A thread does not outlive a fork, and a web server forks its workers.
        with self._starting:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                threading.Thread(target=self._run, name="nudge", daemon=True).start()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            _send()
            time.sleep(NUDGE_SECONDS)


def _send() -> None:
    try:
        expiry = {settings.MESSAGE_EXPIRY: EXPIRES_SECONDS}
        current_app.send_task(
            "reports.tasks.process_inbox", ignore_result=True, retry=False, **expiry
        )
    except Exception as problem:  # noqa: BLE001 - whatever the broker's client raises
        log.warning("The workers could not be told of new reports; beat will: %s", problem)


_nudger = Nudger()


def nudge_workers() -> None:
    """Say that there is work."""
    _nudger.nudge()
