"""What a store without any account, token or report gets at its first start."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from reports.intake.tokens import create_token, find_token
from reports.models import InboxItem, QuarantinedItem, ReportKey, Token

MIGRATION_LOCK = 0x00_0095_3EB  # any number that nobody else locks
TOKEN_FILE = "intake-token"  # noqa: S105 - its name
TOKEN_NAME = "first"  # noqa: S105 - its name


def migrate() -> bool:
    """Bring the tables up to date; True if there was anything to do.

    Of several hosts that start at once one does it and the others wait.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            executor = MigrationExecutor(connection)
            is_needed = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
            if is_needed:
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    return is_needed


def find_or_make_account() -> User | None:
    """The first superuser; `admin`, without a password, if there is no account at all."""
    with transaction.atomic():
        if not User.objects.exists():
            User.objects.create_superuser("admin")
    return User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()


def find_or_make_token(folder: Path) -> str | None:
    """The intake token that the data folder keeps, made if the store has none at all.

    None where somebody made tokens of their own: theirs are known to them alone.
    """
    path = folder / TOKEN_FILE
    if path.exists() and find_token(text := path.read_text(encoding="utf-8").strip()):
        return text
    if Token.objects.exists():
        return None
    text = create_token(name=TOKEN_NAME, scope=Token.Scope.INTAKE)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text + "\n", encoding="utf-8")
    return text


def is_empty() -> bool:
    """Whether no report is stored, waiting or quarantined."""
    kinds = (ReportKey, InboxItem, QuarantinedItem)
    return not any(kind._default_manager.exists() for kind in kinds)
