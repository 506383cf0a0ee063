"""Locks on files (flock): given up by the kernel when their last holder ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

PAUSE_S = 0.05


def open_lock(path: Path) -> int:
    """A descriptor to lock; made with the file where there is none. Close it to unlock.

    Never unlock by LOCK_UN: a forked child shares the lock, and would take it
    from its parent.
    """
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int, *, shared: bool) -> bool:
    """Lock without waiting; False where another holder is in the way."""
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for_lock(descriptor: int, *, shared: bool, seconds: float) -> bool:
    """Lock, and wait up to `seconds` for it."""
    end = time.monotonic() + seconds
    while not try_lock(descriptor, shared=shared):
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE_S)
    return True


def is_held(path: Path) -> bool:
    """Whether somebody holds the exclusive lock on `path`."""
    if not path.exists():
        return False
    descriptor = open_lock(path)
    try:
        return not try_lock(descriptor, shared=True)
    finally:
        os.close(descriptor)
