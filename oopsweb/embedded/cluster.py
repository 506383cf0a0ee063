"""Making PostgreSQL's data folder and starting its server. No Django, no locks."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from oopsweb.embedded import account as accounts
from oopsweb.embedded.layout import MAJOR_VERSION, Layout, find_program, is_ready

START_SECONDS = 60.0  # recovery after a crash reads the log again
MAX_LOG_BYTES = 10_000_000

# What differs from PostgreSQL's own defaults. Durability is the default and stays:
# fsync, full_page_writes and synchronous_commit are on.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    # For parallel queries; /dev/shm is 64 MB in many containers.
    "min_dynamic_shared_memory": "64MB",
    "max_wal_size": "2GB",
    "wal_compression": "pglz",
    "checkpoint_timeout": "15min",
    # All queries here are short; compiling them costs more than it saves.
    "jit": "off",
    "log_checkpoints": "off",
    "timezone": "UTC",
}

INITDB_OPTIONS = (
    "--username=postgres",
    # Whoever may enter the socket's folder is let in.
    "--auth=trust",
    "--encoding=UTF8",
    # The same order of texts on every machine, whatever its C library.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)


class CannotStart(Exception):
    """Why there is no server, in one line for a person."""


@dataclass(frozen=True)
class Cluster:
    """A data folder, and the account that its server runs as."""

    layout: Layout

    @cached_property
    def account(self) -> accounts.Account:
        """Whom the server runs as."""
        return accounts.choose_account(self.layout.cluster)

    def make_if_missing(self) -> None:
        """A new cluster with an empty database `oopsweb`: whole, or not there at all."""
        if self.layout.cluster.exists():
            self._check_cluster()
            return
        shutil.rmtree(self.layout.draft, ignore_errors=True)
        self._make_folder(self.layout.draft)
        self._initialise()
        self.layout.draft.rename(self.layout.cluster)

    def start(self, alive_lock: int) -> subprocess.Popen[bytes]:
        """The running server's first process, ready for connections; it shares `alive_lock`.

        Raises CannotStart. Only call it while nobody else can have started one:
        what an earlier server left behind is removed.
        """
        self._clear_remains()
        self._make_socket_folder()
        start_of_log = self._trim_log()
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        options += [f"-cunix_socket_directories={_quote(self.layout.socket_folder)}"]
        with self.layout.log.open("ab") as log:
            server = subprocess.Popen(
                [find_program("postgres"), "-D", self.layout.cluster, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                cwd="/",
                pass_fds=[alive_lock],
                preexec_fn=self._prepare,
            )
        self._wait_until_ready(server, start_of_log)
        return server

    def remove_socket_folder(self) -> None:
        """Leave nothing behind outside the data folder."""
        if self.layout.socket_folder != self.layout.cluster:
            shutil.rmtree(self.layout.socket_folder, ignore_errors=True)

    def _check_cluster(self) -> None:
        """Refuse a cluster that is somebody else's or another version's."""
        owner = self.layout.cluster.stat().st_uid
        if owner != self.account.uid:
            raise CannotStart(
                f"{self.layout.cluster} belongs to user {owner}, not to {self.account.uid}. "
                "Start as that user, or choose another folder, e.g. OOPSWEB_DATA=~/oopsweb"
            )
        version = (self.layout.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
        if version != MAJOR_VERSION:
            raise CannotStart(
                f"{self.layout.cluster} was made by PostgreSQL {version}; this is {MAJOR_VERSION}"
            )

    def _initialise(self) -> None:
        """Run initdb, then have the server alone make the database."""
        self._run([find_program("initdb"), "-D", self.layout.draft, *INITDB_OPTIONS])
        self._run(
            [find_program("postgres"), "--single", "-D", self.layout.draft, "postgres"],
            text="CREATE DATABASE oopsweb;\n",
        )

    def _run(self, command: list[str | Path], text: str = "") -> None:
        """Run a program as the account; raise CannotStart with the last line that it said."""
        done = subprocess.run(
            command,
            input=text,
            capture_output=True,
            text=True,
            errors="replace",
            env=_environment(),
            cwd="/",
            preexec_fn=self._prepare,
        )
        if done.returncode != 0:
            raise CannotStart(_pick_reason(done.stderr))

    def _prepare(self) -> None:
        """What each child does before it becomes PostgreSQL."""
        accounts.prepare_child(self.account, everywhere=self._needs_reach)()

    @cached_property
    def _needs_reach(self) -> bool:
        """Whether the account cannot get to programs or data by itself."""
        if not self.account.is_other:
            return False
        paths = (find_program("postgres"), self.layout.folder, self.layout.socket_folder.parent)
        return not all(accounts.can_reach(self.account, path) for path in paths)

    def _make_folder(self, path: Path) -> None:
        """A private folder of the account."""
        path.mkdir(mode=0o700)
        if self.account.is_other:
            os.chown(path, self.account.uid, self.account.gid)

    def _make_socket_folder(self) -> None:
        """See to it that the socket's folder is there, and ours alone."""
        path = self.layout.socket_folder
        if not path.exists():
            self._make_folder(path)
        found = path.lstat()
        is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o022
        if not is_private or found.st_uid != self.account.uid:
            raise CannotStart(f"{path} is not a private folder of user {self.account.uid}")

    def _clear_remains(self) -> None:
        """Remove a killed server's notes: their pid may be another process's by now."""
        lock = self.layout.socket.with_name(self.layout.socket.name + ".lock")
        for path in (self.layout.pid_file, self.layout.socket, lock):
            path.unlink(missing_ok=True)

    def _trim_log(self) -> int:
        """Begin a new log where the old one is large; the log's length in bytes."""
        log = self.layout.log
        if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
            log.replace(log.with_name(f"{log.name}.1"))
        return log.stat().st_size if log.exists() else 0

    def _wait_until_ready(self, server: subprocess.Popen[bytes], start_of_log: int) -> None:
        """Return when the server takes connections; raise CannotStart if it ends or hangs."""
        end = time.monotonic() + START_SECONDS
        while not is_ready(self.layout):
            if server.poll() is not None:
                said = self.layout.log.read_bytes()[start_of_log:].decode("utf-8", "replace")
                raise CannotStart(f"PostgreSQL: {_pick_reason(said)} (see {self.layout.log})")
            if time.monotonic() > end:
                server.kill()
                raise CannotStart(f"PostgreSQL is not ready after {START_SECONDS:.0f} seconds")
            time.sleep(0.02)


def _environment() -> dict[str, str]:
    """Nothing of the caller's: a PGDATA or LC_ALL of theirs must not count here."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _quote(path: Path) -> str:
    """A folder as an item of PostgreSQL's lists."""
    return '"' + str(path).replace('"', '""') + '"'


def _pick_reason(said: str) -> str:
    """The line that says why: the first FATAL or error, else the last one."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error:" in line]
    return (telling or lines[-1:] or ["it ended without a word"])[0]
