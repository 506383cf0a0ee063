"""A PostgreSQL primary and its hot standby, of our own, on 127.0.0.1.

The programs are those of an installed PostgreSQL, else the wheel's. Root lends the
servers an unprivileged account, since PostgreSQL does not run as root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2

from oopsweb.embedded.layout import find_program
from tests.flow.site import find_free_port

INSTALLED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
NEEDED = ("initdb", "postgres", "pg_basebackup")
PATIENCE_S = 60
SETTINGS = (
    "fsync=off", "wal_level=replica", "max_wal_senders=10", "hot_standby=on",
    "wal_keep_size=256MB", "shared_buffers=256MB", "max_connections=200",
    "hot_standby_feedback=on", "timezone=UTC", "max_wal_size=4GB",
)  # fmt: skip


def find_programs() -> Path | None:
    """The folder of a PostgreSQL's programs; None if there is none with all that is needed."""
    folders = [
        folder
        for pattern in INSTALLED
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    ]
    with suppress(LookupError):
        folders.append(find_program("postgres").parent)
    return next((each for each in folders if all((each / name).exists() for name in NEEDED)), None)


class Server:
    """One server: its folder, port and process."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", prefix: tuple[str, ...] = ()) -> None:
        self.folder, self.host, self.prefix = folder, host, prefix
        self.port = find_free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@{self.host}:{self.port}/{database}"

    def start(self) -> None:
        options = (f"port={self.port}", f"listen_addresses={self.host}", *SETTINGS)
        options += (f"unix_socket_directories={self.folder}",)
        command = [*self.prefix, *_lend([str(_programs() / "postgres"), "-D", str(self.folder)])]
        command += [word for each in options for word in ("-c", each)]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd="/", start_new_session=True
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                psycopg2.connect(self.url(), connect_timeout=2).close()
                return
            except psycopg2.OperationalError:
                log = (self.folder.parent / f"{self.folder.name}.log").read_text()
                assert self.process is not None
                assert self.process.poll() is None, log[-2000:]
                assert time.monotonic() < end, log[-2000:]
                time.sleep(0.05)

    def stop(self) -> None:
        """At once, as in a crash."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(PATIENCE_S)
        self.process = None

    def ask(self, sql: str, database: str = "postgres") -> object:
        """The first value that a statement returns, if any."""
        connection = psycopg2.connect(self.url(database))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchone()[0] if cursor.description else None
        finally:
            connection.close()


class Pair:
    """A primary, and a standby that streams from it."""

    def __init__(self, primary: Server, standby: Server) -> None:
        self.primary, self.standby = primary, standby

    def wait_for_replay(self) -> None:
        """Until the standby has all that is written by now."""
        target = self.primary.ask("SELECT pg_current_wal_lsn()")
        end = time.monotonic() + PATIENCE_S
        while not self.standby.ask(f"SELECT pg_last_wal_replay_lsn() >= '{target}'"):
            assert time.monotonic() < end
            time.sleep(0.02)

    def pause_replay(self) -> None:
        self.standby.ask("SELECT pg_wal_replay_pause()")
        while self.standby.ask("SELECT pg_get_wal_replay_pause_state()") != "paused":
            time.sleep(0.01)

    def resume_replay(self) -> None:
        self.standby.ask("SELECT pg_wal_replay_resume()")


@contextmanager
def running_pair(
    hosts: tuple[str, str] = ("127.0.0.1", "127.0.0.1"),
    prefixes: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()),
) -> Iterator[Pair]:
    """Both, each at its host, started behind its prefix (`ip netns exec NAME`)."""
    folder = Path(tempfile.mkdtemp(prefix="oopsweb-pair-", dir="/tmp"))
    folder.chmod(0o777)
    primary = Server(folder / "primary", hosts[0], prefixes[0])
    standby = Server(folder / "standby", hosts[1], prefixes[1])
    try:
        initdb = [str(_programs() / "initdb"), "-D", str(primary.folder), "-U", "postgres"]
        _run([*initdb, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"])
        with (primary.folder / "pg_hba.conf").open("a") as access:
            access.write("host all all 10.0.0.0/8 trust\nhost replication all 10.0.0.0/8 trust\n")
        primary.start()
        copy = [str(_programs() / "pg_basebackup"), "-d", primary.url(), "-D", str(standby.folder)]
        _run([*standby.prefix, *_lend([*copy, "-R", "-c", "fast", "--no-sync"])], lend=False)
        standby.start()
        yield Pair(primary, standby)
    finally:
        standby.stop()
        primary.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    folder = find_programs()
    assert folder is not None
    return folder


def _lend(command: list[str]) -> list[str]:
    """The command, as an account that PostgreSQL accepts."""
    if os.geteuid() != 0:
        return command
    names = {entry.pw_name for entry in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return [
        "setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups",
        *command,
    ]  # fmt: skip


def _run(command: list[str], *, lend: bool = True) -> None:
    done = subprocess.run(
        _lend(command) if lend else command, capture_output=True, text=True, cwd="/"
    )
    assert done.returncode == 0, done.stdout + done.stderr
