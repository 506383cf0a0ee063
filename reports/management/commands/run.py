"""`manage.py run web|worker|beat|consumer`: one part of the site alone, in the foreground."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from oopsweb import listening, processes
from oopsweb.supervisor import Child
from reports.management.commands.serve import read_port


class Command(BaseCommand):
    help = (
        "Runs one part of the site in the foreground, for systemd or a container to look after:"
        " the web server, Celery's workers, its beat (one in an installation), or what takes"
        " reports from AMQP. `manage.py serve` runs all of them. Bring the tables up to date"
        " first: manage.py migrate."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("part", choices=("web", "worker", "beat", "consumer"))
        parser.add_argument("--host", default="127.0.0.1", help="of web (default: 127.0.0.1)")
        parser.add_argument("--port", default=8000, type=read_port, help="of web (default: 8000)")
        parser.add_argument(
            "--processes",
            type=read_count,
            default=2,
            help="of web or worker; as many as the host has cores is right (default: 2)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        makers: dict[str, Callable[[], Child]] = {
            "web": lambda: self._make_web(options),
            "worker": lambda: processes.make_worker(_environ(), options["processes"]),
            "beat": lambda: processes.make_beat(_environ()),
            "consumer": lambda: processes.make_consumer(_environ()),
        }
        if options["part"] == "consumer" and not settings.OOPS_AMQP_URL:
            raise CommandError("OOPS_AMQP_URL is not set: there is no broker to take reports from")
        settings.DATA_FOLDER.mkdir(parents=True, exist_ok=True)
        child = makers[options["part"]]()
        connections.close_all()
        words = [str(word) for word in child.command]
        os.execve(words[0], words, dict(child.environ))  # noqa: S606 - one of our own commands

    def _make_web(self, options: dict[str, Any]) -> Child:
        try:
            listener = listening.listen(options["host"], options["port"])
        except listening.CannotListen as problem:
            raise CommandError(str(problem)) from None
        descriptor = listener.detach()
        os.set_inheritable(descriptor, True)
        return processes.make_web(_environ(), descriptor, options["processes"])


def read_count(text: str) -> int:
    """How many processes: from 1 to 256; ArgumentTypeError for anything else."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 256:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no number of processes: choose one from 1 to 256")


def _environ() -> dict[str, str]:
    return {**os.environ, "OOPSWEB_DATA": str(settings.DATA_FOLDER), "PYTHONUNBUFFERED": "1"}
