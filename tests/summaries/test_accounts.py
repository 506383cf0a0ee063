"""The ledger: received is stored, repeated, quarantined or waiting, at any moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reports.formats import as_bson
from reports.summaries.accounts import Account, accounts_since, add_up, waiting_for
from tests.making import make_report_dict, process_all, put_in_inbox

pytestmark = pytest.mark.django_db


def total() -> Account:
    return add_up(accounts_since(datetime.now(UTC) - timedelta(hours=1)))


def test_nothing_received_is_balanced() -> None:
    assert total() == Account()
    assert total().is_balanced
    assert waiting_for(datetime.now(UTC)) is None


def test_the_account_adds_up_before_and_after_processing() -> None:
    report = as_bson(make_report_dict())
    put_in_inbox(report, report, b"no report at all")
    assert (total().received, total().waiting) == (3, 3)
    assert total().is_balanced
    assert waiting_for(datetime.now(UTC)) is not None
    process_all()
    found = total()
    assert (found.stored, found.repeated, found.quarantined, found.waiting) == (1, 1, 1, 0)
    assert found.is_balanced


def test_a_report_that_went_astray_is_missing() -> None:
    assert Account(received=5, stored=3, waiting=1).missing == 1
    assert not Account(received=5, stored=3, waiting=1).is_balanced
