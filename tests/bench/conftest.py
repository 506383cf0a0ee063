from collections.abc import Iterator

import pytest

from bench.site import Site, running_site


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A whole site, started once for all of these tests."""
    with running_site("") as started:
        yield started
