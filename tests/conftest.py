"""What all tests share: the databases and brokers that they may use.

`@pytest.mark.postgres` and `@pytest.mark.amqp` mark tests that need a real
server. They run where one answers, are skipped where none does, and the last
lines of the run say which it was. All others run on what DATABASE_URL names,
by default the embedded server.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections

from oopsweb.embedded import server
from tests.real_services import find_amqp, find_postgres, make_database

pytest_plugins = ["tests.memory"]

FINDERS = {"postgres": find_postgres, "amqp": find_amqp}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose real server is not there."""
    for marker, find in FINDERS.items():
        if item.get_closest_marker(marker) and find().version is None:
            pytest.skip(f"no {find().kind} answers at {find().place}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Count the tests that need each real server."""
    for marker in FINDERS:
        config.stash[_counts(marker)] = sum(
            item.get_closest_marker(marker) is not None for item in items
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which servers the tests ran on, and how many had none."""
    kind = "embedded PostgreSQL" if settings.IS_EMBEDDED else "PostgreSQL of DATABASE_URL"
    terminalreporter.section("servers")
    terminalreporter.line(f"All tests: {kind}")
    for marker, find in FINDERS.items():
        count = terminalreporter.config.stash.get(_counts(marker), 0)
        service = find()
        if service.version is None:
            said = f"skipped {count} tests: no {service.kind} answers at {service.place}"
        else:
            said = f"{service.kind} {service.version} at {service.place}: used by {count} tests"
        terminalreporter.line(f"Real services: {said}")


_keys: dict[str, pytest.StashKey[int]] = {}


def _counts(marker: str) -> pytest.StashKey[int]:
    """Where the number of tests with a marker is kept."""
    return _keys.setdefault(marker, pytest.StashKey[int]())


@pytest.fixture(scope="session")
def real_database_url() -> Iterator[str]:
    """The address of an empty database on a real server, this run's own."""
    with make_database(find_postgres().url, f"oopsweb_flow_{os.getpid()}") as url:
        yield url


@pytest.fixture(scope="session")
def amqp_url() -> str:
    """The address of a real RabbitMQ."""
    return find_amqp().url


@pytest.fixture(scope="session", autouse=True)
def _embedded_server() -> Iterator[None]:
    """Wait for the embedded server to be gone, so that no test run leaves one behind."""
    yield
    connections.close_all()
    server.release(settings.DATA_FOLDER)
