"""A PostgreSQL of our own to be killed, cut off and filled up, on 127.0.0.1."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg2

from tests.flow.site import find_free_port

PATIENCE_S = 60
SETTINGS = (
    "shared_buffers=128MB", "timezone=UTC", "max_connections=100", "jit=off",
    "log_min_messages=fatal", "max_wal_size=1GB",
)  # fmt: skip
"""All that makes it durable is left as it comes."""


class PostgreSQL:
    """One server: its programs, folder, port and first process."""

    def __init__(self, programs: Path, folder: Path, environ: Mapping[str, str], *more: str):
        self.programs, self.folder, self.more = programs, folder, more
        self.port = find_free_port()
        self.environ = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **environ}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder.parent / f"{self.folder.name}.log"

    def url(self, database: str = "oopsweb") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def make(self) -> None:
        """A new cluster with an empty database, and its server started."""
        self.folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self.folder, account().pw_uid, account().pw_gid)
        command = lend([str(self.programs / "initdb"), "-D", str(self.folder), "-U", "postgres"])
        done = subprocess.run(
            [*command, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
            env={**self.environ, "LD_PRELOAD": ""}, capture_output=True, text=True, cwd="/",
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        self.start()
        self.ask("CREATE DATABASE oopsweb", database="postgres")

    def start(self) -> None:
        """Start it, and again while the last one's processes still hold its memory."""
        end = time.monotonic() + PATIENCE_S
        while True:
            self._launch()
            while self.process is not None and self.process.poll() is None:
                with suppress(psycopg2.OperationalError):
                    psycopg2.connect(self.url("postgres"), connect_timeout=2).close()
                    return
                time.sleep(0.05)
            assert time.monotonic() < end, self.log.read_text()[-2000:]
            time.sleep(0.1)

    def _launch(self) -> None:
        options = (f"port={self.port}", "listen_addresses=127.0.0.1", *SETTINGS, *self.more)
        options += (f"unix_socket_directories={self.folder}",)
        command = lend([str(self.programs / "postgres"), "-D", str(self.folder)])
        command += [word for each in options for word in ("-c", each)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environ, stdout=log, stderr=log, cwd="/", start_new_session=True
            )

    def end(self, number: signal.Signals) -> None:
        """SIGKILL: as the kernel does for lack of memory. SIGQUIT: at once. SIGINT: in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE_S)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask(self, sql: str, *values: Any, database: str = "oopsweb") -> list[tuple[Any, ...]]:
        """The rows that a statement returns."""
        return ask(self.url(database), sql, *values)


def ask(url: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows that a statement returns, over a connection of its own."""
    connection = psycopg2.connect(url, connect_timeout=5)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def account() -> pwd.struct_passwd:
    """Whom root lends to PostgreSQL, which does not run as root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def lend(command: list[str]) -> list[str]:
    """The command, as an account that PostgreSQL accepts."""
    if os.geteuid() != 0:
        return command
    who = account()
    return [
        "setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups", *command,
    ]  # fmt: skip
