"""`/api/ledger/`: what came in and where it is now."""

from __future__ import annotations

import pytest

from tests.api.making import make_program
from tests.making import make_report_dict, put_in_inbox, take_in

pytestmark = pytest.mark.django_db


def test_an_empty_ledger_balances() -> None:
    shown = make_program().read("/api/ledger/")
    assert shown["balanced"] is True
    assert shown["received"] == 0
    assert shown["sources"] == []


def test_every_report_is_somewhere() -> None:
    report = make_report_dict()
    take_in(report)
    take_in(report, make_report_dict())
    put_in_inbox(b"\x00junk")
    shown = make_program().read("/api/ledger/")
    assert shown | {"sources": None} == {
        "received": 4, "stored": 2, "repeated": 1, "quarantined": 0, "waiting": 1,
        "balanced": True, "sources": None,
    }  # fmt: skip
    assert shown["sources"] == [
        {
            "transport": "http", "name": "tests", "received": 4, "stored": 2, "repeated": 1,
            "quarantined": 0, "waiting": 1, "balanced": True,
        }
    ]  # fmt: skip
