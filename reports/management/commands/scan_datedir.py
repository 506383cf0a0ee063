"""`manage.py scan_datedir ROOT`: reports from datedir trees into the inbox."""

import signal
from argparse import ArgumentParser
from pathlib import Path
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection

from reports.intake.datedir import Datedir, NoSuchTree, Scan


class Command(BaseCommand):
    help = (
        "Takes in the reports below ROOT that were not taken in before: files in folders named"
        " YYYY-MM-DD at any depth, packed or not. Files ending in .tmp are left to their writers."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("roots", nargs="+", type=Path, metavar="ROOT")
        parser.add_argument("--watch", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--interval", type=float, default=0.5, help="seconds between looks (default 0.5)"
        )

    def handle(self, **options: Any) -> None:
        try:
            trees = [Datedir(root) for root in options["roots"]]
        except NoSuchTree as problem:
            raise CommandError(str(problem)) from problem
        if not options["watch"]:
            failed = [self._scan(tree) for tree in trees]
            if any(scan.failed for scan in failed):
                raise CommandError("Some files could not be read; they are tried again next time")
            return
        self._watch(trees, options["interval"])

    def _watch(self, trees: list[Datedir], interval: float) -> None:
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                for tree in trees:
                    self._scan(tree, is_quiet=True)
            except (DatabaseError, InterfaceError) as problem:
                connection.close()
                self.stderr.write(f"The store is not there, going on: {str(problem).strip()}")
            stop.wait(interval)

    def _scan(self, tree: Datedir, *, is_quiet: bool = False) -> Scan:
        scan = tree.scan()
        if scan.kept or not is_quiet:
            self.stdout.write(
                f"{tree.root}: {scan.kept:,} reports taken in, {scan.failed:,} unreadable,"
                f" {scan.folders_read:,} folders read, {scan.folders_unchanged:,} unchanged"
            )
        return scan
