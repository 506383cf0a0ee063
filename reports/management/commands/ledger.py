"""`manage.py ledger`: what came in, where it is now, and whether that adds up."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.store import ledger


class Command(BaseCommand):
    help = (
        "Shows, for each source, how many reports were received and where they are now: stored,"
        " repeated, quarantined or waiting. With --check it fails if a report is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print it as JSON")
        parser.add_argument(
            "--check",
            action="store_true",
            help="also count the stored reports and all counts one by one; exit 1 if they differ",
        )

    def handle(self, **options: Any) -> None:
        lines = ledger.balance()
        total = ledger.total(lines)
        if options["json"]:
            self.stdout.write(json.dumps(_as_dict(total, lines)))
        else:
            self._write_table([*lines, total])
        faults = ledger.find_faults() if options["check"] else []
        if not total.is_balanced:
            faults.insert(0, "The ledger does not balance: received differs from where they went.")
        if faults:
            raise CommandError(" ".join(faults))

    def _write_table(self, lines: list[ledger.Balance]) -> None:
        names = (*ledger.OUTCOMES, "waiting")
        self.stdout.write(f"{'source':<40}" + "".join(f"{name:>13}" for name in names))
        for line in lines:
            source = f"{line.transport} {line.source}".strip() or "all"
            figures = "".join(f"{getattr(line, name):>13,}" for name in names)
            self.stdout.write(f"{source[-40:]:<40}{figures}")


def _as_dict(total: ledger.Balance, lines: list[ledger.Balance]) -> dict[str, Any]:
    figures = {name: getattr(total, name) for name in (*ledger.OUTCOMES, "waiting")}
    sources = [asdict(line) | {"balanced": line.is_balanced} for line in lines]
    return figures | {"sampled": 0, "balanced": total.is_balanced, "sources": sources}
