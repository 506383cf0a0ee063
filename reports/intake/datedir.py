"""Datedir trees: files below folders named YYYY-MM-DD, as oops_datedir_repo writes them.

1. Find the folders of days, at any depth below the root.
2. Leave out those that have not changed since all their files were read.
3. Read the files that are not remembered, a batch at a time.
4. Keep them, and remember them, in one transaction.

A file that can't be read, or vanishes meanwhile, is reported, is tried again
at the next scan, and stops nothing.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reports.intake.inbox import Incoming, find_source, keep
from reports.models import ScannedFile, ScannedFolder, Source

BATCH_FILES = 500
BATCH_BYTES = 16 * 1024 * 1024
SETTLED_NS = 2_000_000_000
"""A folder that changed this recently is read again: file systems' clocks are coarse."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")

log = logging.getLogger(__name__)


class NoSuchTree(ValueError):
    """The root is no folder that can be read."""


@dataclass(slots=True)
class Scan:
    """What one scan did."""

    kept: int = 0
    failed: int = 0
    folders_read: int = 0
    folders_unchanged: int = 0


class Datedir:
    """One tree, and how far it has been read."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise NoSuchTree(f"{root} is no folder; name the one that holds YYYY-MM-DD folders")
        self.root = root.resolve()
        self.source: Source = find_source(Source.Transport.DATEDIR, str(self.root))
        self._reported: set[Path] = set()

    def scan(self) -> Scan:
        """Take in every file that is not remembered."""
        scan = Scan()
        settled = self._settled_folders()
        for folder in find_day_folders(self.root):
            name = str(folder.relative_to(self.root))
            if settled.get(name) == _mtime_ns(folder):
                scan.folders_unchanged += 1
            else:
                self._read_folder(folder, name, scan)
        return scan

    def _settled_folders(self) -> dict[str, int]:
        folders = ScannedFolder.objects.filter(source=self.source, settled_mtime_ns__gt=0)
        return dict(folders.values_list("path", "settled_mtime_ns"))

    def _read_folder(self, folder: Path, name: str, scan: Scan) -> None:
        mtime_ns = _mtime_ns(folder)
        position, _ = ScannedFolder.objects.get_or_create(source=self.source, path=name)
        failed_before = scan.failed
        self._keep(self._new_files(folder, position, scan), position, scan)
        scan.folders_read += 1
        if scan.failed == failed_before and time.time_ns() - mtime_ns > SETTLED_NS:
            ScannedFolder.objects.filter(pk=position.pk).update(settled_mtime_ns=mtime_ns)

    def _new_files(self, folder: Path, position: ScannedFolder, scan: Scan) -> Iterator[Path]:
        known = set(ScannedFile.objects.filter(folder=position).values_list("name", flat=True))
        try:
            names = sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
        except OSError as problem:
            self._report(folder, problem, scan)
            return
        for name in names:
            if is_report_name(name) and _storable(name) not in known:
                yield folder / name

    def _keep(self, paths: Iterable[Path], position: ScannedFolder, scan: Scan) -> None:
        incoming: list[Incoming] = []
        size = 0
        for path in paths:
            try:
                content = path.read_bytes()
            except OSError as problem:
                self._report(path, problem, scan)
                continue
            incoming.append(Incoming(content, origin=_storable(str(path))))
            size += len(content)
            if size >= BATCH_BYTES or len(incoming) >= BATCH_FILES:
                self._commit(incoming, position, scan)
                incoming, size = [], 0
        self._commit(incoming, position, scan)

    def _commit(self, incoming: list[Incoming], position: ScannedFolder, scan: Scan) -> None:
        names = [item.origin.rsplit("/", 1)[1] for item in incoming]
        keep(incoming, self.source, also=lambda: _remember(position, names))
        scan.kept += len(incoming)

    def _report(self, path: Path, problem: OSError, scan: Scan) -> None:
        scan.failed += 1
        if path not in self._reported:
            self._reported.add(path)
            log.warning("%s can't be read, going on: %s", path, problem.strerror)


def find_day_folders(root: Path) -> Iterator[Path]:
    """Every folder named YYYY-MM-DD below `root`, or `root` itself, oldest name first in each."""
    if _DAY.match(root.name):
        yield root
        return
    for parent, folders, _ in os.walk(root):
        for name in sorted(folder for folder in folders if _DAY.match(folder)):
            yield Path(parent, name)
        folders[:] = sorted(name for name in folders if not _DAY.match(name) and name != "metadata")


def is_report_name(name: str) -> bool:
    """Whether a file is a whole report: not one being written, copied, or hidden."""
    return not name.endswith((".tmp", "~")) and not name.startswith(".")


def _remember(position: ScannedFolder, names: list[str]) -> None:
    ScannedFile.objects.bulk_create(
        [ScannedFile(folder=position, name=name) for name in names], ignore_conflicts=True
    )


def _mtime_ns(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _storable(name: str) -> str:
    """A file's name as text, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "backslashreplace").replace("\0", "")
