"""What machine this is, and what its processes have used."""

from __future__ import annotations

import os
import platform
from pathlib import Path

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


def cpu_seconds(*matching: str) -> float:
    """CPU seconds so far of all live processes whose command line or environment holds one
    of `matching`, with those of their children that have ended."""
    return sum(
        _used(folder) for folder in Path("/proc").glob("[0-9]*") if _is_one(folder, matching)
    )


def peak_memory_mib(*matching: str) -> float:
    """The largest resident size that one of those processes ever had."""
    return (
        max(
            (
                _peak_kib(folder)
                for folder in Path("/proc").glob("[0-9]*")
                if _is_one(folder, matching)
            ),
            default=0,
        )
        / 1024
    )


def _is_one(folder: Path, matching: tuple[str, ...]) -> bool:
    try:
        about = (folder / "cmdline").read_bytes() + b"\0" + (folder / "environ").read_bytes()
    except OSError:
        return False
    return int(folder.name) != os.getpid() and any(text.encode() in about for text in matching)


def _used(folder: Path) -> float:
    try:
        fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def _peak_kib(folder: Path) -> int:
    try:
        for line in (folder / "status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
