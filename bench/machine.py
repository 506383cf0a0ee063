"""What machine this is, and what its processes have used."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def describe() -> str:
    """Processor, cores, memory, kernel and Python in one line."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith(("model name", "Model"))
        ),
        platform.machine(),
    )
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return (
        f"{cpu}, {os.cpu_count()} cores, {pages / 2**30:.0f} GiB,"
        f" {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def load() -> float:
    """How many processes were running or wanted to, over the last minute."""
    return os.getloadavg()[0]


def cpu_seconds(processes: Iterable[int]) -> float:
    """CPU seconds so far of these processes, with those of their children that have ended."""
    return sum(_used(PROC / str(number)) for number in processes)


def find_processes(*matching: str) -> set[int]:
    """Processes other than this one whose command line or environment holds one of `matching`."""
    return {int(folder.name) for folder in PROC.glob("[0-9]*") if _is_one(folder, matching)}


def with_descendants(processes: Iterable[int]) -> set[int]:
    """These, their children, and so on."""
    children: dict[int, list[int]] = {}
    for folder in PROC.glob("[0-9]*"):
        if fields := _fields(folder):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found: set[int] = set()
    waiting = list(processes)
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += children.get(number, [])
    return found


def peak_memory_mib(processes: Iterable[int]) -> float:
    """The largest resident size that one of these processes ever had."""
    return max((_peak_kib(PROC / str(number)) for number in processes), default=0) / 1024


def _is_one(folder: Path, matching: tuple[str, ...]) -> bool:
    try:
        about = (folder / "cmdline").read_bytes() + b"\0" + (folder / "environ").read_bytes()
    except OSError:
        return False
    return int(folder.name) != os.getpid() and any(text.encode() in about for text in matching)


def _fields(folder: Path) -> list[str]:
    """Of /proc/PID/stat, those after the name: state, parent, …; none if it has ended."""
    try:
        return (folder / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def _used(folder: Path) -> float:
    return sum(map(int, _fields(folder)[11:15])) / TICKS


def _peak_kib(folder: Path) -> int:
    try:
        for line in (folder / "status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


class BackendWatch:
    """CPU of one database's processes on a PostgreSQL server that others use too.

    They carry the database's name in their title. Those that end take their
    account with them, so it is read over and over; a last fifth of a second may be missed.
    """

    EVERY_SECONDS = 0.2

    def __init__(self, database: str) -> None:
        self._mark = f" {database} ".encode()
        self._used: dict[int, float] = {}
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def cpu_seconds(self) -> float:
        """Of all that were seen since the watch began."""
        with self._lock:
            for folder in PROC.glob("[0-9]*"):
                if self._is_ours(folder) and (used := _used(folder)):
                    self._used[int(folder.name)] = used
            return sum(self._used.values())

    def stop(self) -> None:
        """End the watch."""
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.wait(self.EVERY_SECONDS):
            self.cpu_seconds()

    def _is_ours(self, folder: Path) -> bool:
        try:
            title = (folder / "cmdline").read_bytes()
        except OSError:
            return False
        return title.startswith(b"postgres:") and self._mark in title.replace(b"\0", b" ")
