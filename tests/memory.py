"""A pytest plugin: what processes remember of a database is forgotten between tests."""

from collections.abc import Iterator

import pytest


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
