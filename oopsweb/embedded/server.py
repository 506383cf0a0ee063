"""Holding the embedded server: as long as one process does, it runs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from django.db import OperationalError

from oopsweb.embedded.layout import Layout, is_ready
from oopsweb.embedded.locks import is_held, open_lock, wait_for_lock

WAIT_SECONDS = 60.0
NEXT_USER_SECONDS = 1.0

_shares: dict[Path, int] = {}
_guard = threading.Lock()


class NoServer(OperationalError):
    """The embedded PostgreSQL cannot run; the text is one line for a person."""


def hold(folder: Path) -> None:
    """See to it that the server of `folder` runs, and stays until this process ends.

    Costs two system calls where it does. Raises NoServer.
    """
    layout = Layout(folder)
    with _guard:
        try:
            if folder not in _shares:
                _shares[folder] = _take_share(layout)
            if not (is_held(layout.alive_lock) and is_ready(layout)):
                _start_keeper(folder)
        except OSError as error:
            raise NoServer(
                f"OOPSWEB_DATA: {error.filename or folder}: {error.strerror}. "
                "Example: OOPSWEB_DATA=/var/lib/oopsweb"
            ) from None


def release(folder: Path) -> None:
    """Give up this process's share; if it was the last, return when the server is gone."""
    layout = Layout(folder)
    with _guard:
        share = _shares.pop(folder, None)
        if share is None:
            return
        os.close(share)
    end_of_doubt = time.monotonic() + NEXT_USER_SECONDS
    while is_held(layout.alive_lock):
        if time.monotonic() > end_of_doubt and not is_held(layout.users_lock):
            return  # the keeper has not taken this lock: others hold shares
        time.sleep(0.05)


def _take_share(layout: Layout) -> int:
    """A share of the lock on the server's life; waits for a keeper that is stopping it."""
    layout.folder.mkdir(parents=True, exist_ok=True)
    share = open_lock(layout.users_lock)
    if not wait_for_lock(share, shared=True, seconds=WAIT_SECONDS):
        os.close(share)
        raise NoServer(f"the PostgreSQL in {layout.folder} is stopping and does not end")
    return share


def _start_keeper(folder: Path) -> None:
    """Have a keeper started; returns when the server is ready, raises NoServer if it cannot."""
    done = subprocess.run(
        [sys.executable, "-m", "oopsweb.embedded.keeper", str(folder)],
        cwd=Path(__file__).resolve().parent.parent.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise NoServer(lines[-1] if lines else "the embedded PostgreSQL does not start")
