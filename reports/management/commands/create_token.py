"""`manage.py create_token NAME --scope SCOPE`: a new token, printed alone."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.intake.tokens import TokenNameTaken, create_token
from reports.models import Token


class Command(BaseCommand):
    help = "Makes a token and prints it, alone. It is shown this once: only a hash of it is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what or whom it is for; each name once")
        parser.add_argument(
            "--scope",
            required=True,
            choices=Token.Scope.values,
            help="intake: send reports; read: read everything; triage: read, and change problems",
        )

    def handle(self, **options: Any) -> None:
        try:
            self.stdout.write(create_token(name=options["name"], scope=options["scope"]))
        except TokenNameTaken as taken:
            raise CommandError(str(taken)) from taken
