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
