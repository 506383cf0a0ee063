"""`manage.py consume_amqp`: reports from an AMQP queue into the inbox."""

import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reports.intake.amqp import CLASSIC, QUORUM, NoSuchBroker, ReportConsumer


class Command(BaseCommand):
    help = (
        "Reads reports, as oops_amqp publishes them, from a queue until it is stopped. A message"
        " is acknowledged once it is on disk. Queue and exchange are used as they are, or made."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default=settings.OOPS_AMQP_URL, help="the broker's address")
        parser.add_argument("--exchange", default="oopses", help="default: oopses")
        parser.add_argument("--queue", default="oopses", help="default: oopses")
        parser.add_argument("--routing-key", default="", help="default: empty")
        parser.add_argument(
            "--queue-type",
            choices=(CLASSIC, QUORUM),
            default=settings.QUEUE_TYPE,
            help="how to make a queue that is not there (default: OOPSWEB_QUEUE_TYPE)",
        )

    def handle(self, **options: Any) -> None:
        if not options["url"]:
            raise CommandError("Set OOPS_AMQP_URL, or say --url amqp://guest:guest@127.0.0.1//")
        try:
            consumer = ReportConsumer(
                options["url"],
                exchange=options["exchange"],
                queue=options["queue"],
                routing_key=options["routing_key"],
                queue_type=options["queue_type"],
            )
        except NoSuchBroker as problem:
            raise CommandError(str(problem)) from problem
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        consumer.run(stop.is_set)
        self.stderr.write(f"Stopped; {consumer.kept:,} reports kept.")
