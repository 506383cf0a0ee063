"""A pytest plugin: what one test leaves behind, in the database or in memory, no other finds."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection


@pytest.fixture(autouse=True)
def _whole_store(request: pytest.FixtureRequest) -> None:
    """Before a test that commits, the store is as the migrations made it.

    Most tests roll back, and run before those that commit. After each of these
    Django empties its tables, preset classes too, but for those it does not manage.
    """
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        return
    unmanaged = [model._meta.db_table for model in apps.get_models() if not model._meta.managed]
    with connection.cursor() as cursor:
        cursor.execute(
            f"TRUNCATE {', '.join(unmanaged)}, reports_segment, reports_word, reports_unindexed"
        )
    if not apps.get_model("reports", "Classification").objects.exists():
        import_module("reports.migrations.0003_preset_classes").load(apps, None)


@pytest.fixture(autouse=True)
def _fresh_memory() -> Iterator[None]:
    """Between tests the database is another one; names and rules of the last are wrong."""
    yield
    from reports.intake import inbox, limits, tokens
    from reports.pipeline import classify
    from reports.store import bodies, filing

    filing.forget_names()
    inbox.forget_sources()
    bodies.forget_dictionaries()
    for remembered in (classify._rules_of, limits._waiting_at_most, tokens._find):
        remembered.cache_clear()
