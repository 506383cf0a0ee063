"""The process that starts PostgreSQL, and stops it when nobody uses it any more.

`python -m oopsweb.embedded.keeper FOLDER` returns 0 when the server of that
folder takes connections, whoever started it, and 1 with one line on stderr when
it cannot. The keeper itself goes on in the background:

1. It takes the lock `postgres.alive`, which says that nobody else has a server here.
2. It makes the cluster if there is none, and starts the server, which inherits the lock.
3. It starts the server again should it die.
4. When no share of `postgres.users` is left, it stops the server and ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from oopsweb.embedded.cluster import CannotStart, Cluster
from oopsweb.embedded.layout import Layout, is_ready
from oopsweb.embedded.locks import open_lock, try_lock

WATCH_PAUSE_S = 0.1
TAKEOVER_SECONDS = 60.0
STOP_SECONDS = 30.0
RESTART_PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0)


def main() -> int:
    """Part in two: the front waits for word that the server is ready, the back keeps it."""
    layout = Layout(Path(sys.argv[1]))
    word_in, word_out = os.pipe()
    if os.fork() == 0:
        os.close(word_in)
        _leave_caller()
        _run_back(layout, word_out)
    os.close(word_out)
    with os.fdopen(word_in, encoding="utf-8", errors="replace") as words:
        said = words.read()
    if said == "ready":
        return 0
    sys.stderr.write((said or "the keeper of PostgreSQL ended without a word") + "\n")
    return 1


def _leave_caller() -> None:
    """A session of one's own, so that Ctrl-C does not reach the server; no borrowed streams."""
    os.setsid()
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def _run_back(layout: Layout, word_out: int) -> NoReturn:
    """Keep the server, and pass on in one line why there is none."""
    try:
        keep(layout, word_out)
    except (CannotStart, LookupError, OSError, subprocess.SubprocessError) as error:
        os.write(word_out, " ".join(str(error).split()).encode("utf-8", "replace"))
        os._exit(1)
    os._exit(0)


def keep(layout: Layout, word_out: int) -> None:
    """Steps 1 to 4 of the module's docstring; `ready` is written to `word_out` after step 2."""
    alive = open_lock(layout.alive_lock)
    if not _take_over(layout, alive):
        os.write(word_out, b"ready")
        return
    cluster = Cluster(layout)
    cluster.make_if_missing()
    server = cluster.start(alive)
    os.write(word_out, b"ready")
    os.close(word_out)
    _watch(cluster, server, alive)


def _take_over(layout: Layout, alive: int) -> bool:
    """True once the lock is ours; False where another keeper's server is ready."""
    end = time.monotonic() + TAKEOVER_SECONDS
    while not try_lock(alive, shared=False):
        if is_ready(layout):
            return False
        if time.monotonic() > end:
            raise CannotStart(f"another PostgreSQL in {layout.folder} neither starts nor ends")
        time.sleep(WATCH_PAUSE_S)
    return True


def _watch(cluster: Cluster, server: subprocess.Popen[bytes], alive: int) -> None:
    """Return when the server is stopped: after its last user, or at a signal."""
    is_told_to_stop = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_told_to_stop
        is_told_to_stop = True

    signal.signal(signal.SIGTERM, note)
    users = open_lock(cluster.layout.users_lock)
    while not is_told_to_stop and not try_lock(users, shared=False):
        if server.poll() is not None:
            server = _restart(cluster, alive)
        time.sleep(WATCH_PAUSE_S)
    _stop(server)
    cluster.remove_socket_folder()


def _restart(cluster: Cluster, alive: int) -> subprocess.Popen[bytes]:
    """Start the server again; its last processes may take a moment to go."""
    for pause_s in RESTART_PAUSES_S:
        time.sleep(pause_s)
        try:
            return cluster.start(alive)
        except CannotStart:
            continue
    return cluster.start(alive)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Ask for a fast stop, then for an immediate one, then end it."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(number)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


if __name__ == "__main__":
    sys.exit(main())
