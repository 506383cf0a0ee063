"""What all tests share: the databases and brokers that they may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections

from oopsweb.embedded import server


@pytest.fixture(scope="session", autouse=True)
def _embedded_server() -> Iterator[None]:
    """Wait for the embedded server to be gone, so that no test run leaves one behind."""
    yield
    connections.close_all()
    server.release(settings.DATA_FOLDER)


@pytest.fixture(autouse=True)
def _fresh_memory() -> Iterator[None]:
    """Processes remember names and rules of a database; between tests it is another one."""
    yield
    from reports.intake import inbox, limits, tokens
    from reports.pipeline import classify
    from reports.store import bodies, filing

    filing.forget_names()
    inbox.forget_sources()
    bodies.forget_dictionaries()
    for remembered in (
        classify._rules_of,
        limits._waiting_at_most,
        tokens._find,
    ):
        remembered.cache_clear()
