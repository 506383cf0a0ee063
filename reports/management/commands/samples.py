"""`manage.py samples`: real failures of a small book shop, sent as any sender would."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from oopsweb.announcement import find_address
from reports.samples.scenario import live_through
from reports.samples.sending import NotSent, Sender

MAX_COUNT = 1_000_000
MAX_DAYS = 3650


class Command(BaseCommand):
    help = (
        "Runs a small book shop that fails in some forty ways, under the released python-oops"
        " packages, and sends its reports by HTTP. Their times are those of the last days, by day"
        " more than by night; the newest is minutes old."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=600, help="reports (default 600)")
        parser.add_argument("--days", type=float, default=7.0, help="how far back (default 7)")
        parser.add_argument(
            "--seed", type=int, default=1, help="another number makes other failures (default 1)"
        )
        parser.add_argument(
            "--url",
            default=find_address(settings.DATA_FOLDER),
            help="the site (default: OOPSWEB_BASE_URL, else where `serve` runs)",
        )
        parser.add_argument(
            "--token", help="an intake token (default: that which `serve` keeps in OOPSWEB_DATA)"
        )

    def handle(self, **options: Any) -> None:
        check(options["count"], options["days"], options["url"])
        token = options["token"] or read_token(settings.DATA_FOLDER / "intake-token")
        sender = Sender(options["url"], token, self._show_progress)
        try:
            live_through(
                sender.publish,
                count=options["count"],
                days=options["days"],
                now=datetime.now(UTC),
                seed=options["seed"],
            )
            sender.flush()
        except NotSent as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{sender.sent:,} sample reports sent to {options['url']}")

    def _show_progress(self, sent: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{sent:,} sent", ending="")
            self.stderr.flush()


def check(count: int, days: float, url: str) -> None:
    """Refuse what can't be done. Raises CommandError with exit code 2."""
    if not 1 <= count <= MAX_COUNT:
        raise CommandError(f"--count must be from 1 to {MAX_COUNT:,}", returncode=2)
    if not 0 < days <= MAX_DAYS:
        raise CommandError(f"--days must be above 0, and at most {MAX_DAYS:,}", returncode=2)
    try:
        is_web = urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)
    except ValueError:
        is_web = False
    if not is_web:
        raise CommandError("--url must be like http://127.0.0.1:8000", returncode=2)


def read_token(path: Path) -> str:
    """The kept token. Raises CommandError if there is none."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise CommandError(
            f"No token at {path} ({problem.strerror}): say --token, as made by"
            " 'manage.py create_token samples --scope intake'"
        ) from problem
