"""`manage.py sign_in_link [USERNAME]`: a link that signs an account in, once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from oopsweb import announcement
from reports.web.sign_in import make_link


class Command(BaseCommand):
    help = "Print a link that signs an account in. It works once, and for one day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "username", nargs="?", default="admin", help="the account (default: admin)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["username"]
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account {name!r}")
        self.stdout.write(f"{announcement.find_address(settings.DATA_FOLDER)}{make_link(user)}")
