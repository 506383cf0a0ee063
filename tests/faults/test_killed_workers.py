"""The short form of the trial in killed_workers.py."""

import pytest

from tests.faults.killed_workers import drop_database, make_database, run


def test_killing_the_workers_loses_nothing_and_doubles_nothing():
    outcome = run(reports=1500, kills=2)
    assert outcome.is_good, outcome


@pytest.mark.postgres
def test_neither_does_it_on_a_real_server(real_database_url):
    url = make_database(real_database_url)
    try:
        outcome = run(reports=1500, kills=2, database=url)
    finally:
        drop_database(url, real_database_url)
    assert outcome.is_good, outcome
