"""`manage.py ledger`: says what came in, and fails when it does not add up."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from reports.models import LedgerEntry, Signature, SignatureCount
from tests.making import make_report_dict, process_all, put_in_inbox, take_in

pytestmark = pytest.mark.django_db


def say(*words):
    out = StringIO()
    call_command("ledger", *words, stdout=out)
    return out.getvalue()


def test_an_empty_store_balances():
    assert "all" in say("--check")


def test_each_source_has_a_line_and_all_have_one():
    report = make_report_dict()
    take_in(report, report)
    put_in_inbox(b"junk")
    process_all()
    put_in_inbox(b"waits")
    told = json.loads(say("--json", "--check"))
    assert told["balanced"]
    assert {name: told[name] for name in ("received", "stored", "repeated", "quarantined")} == {
        "received": 4,
        "stored": 1,
        "repeated": 1,
        "quarantined": 1,
    }
    assert told["waiting"] == 1
    assert [source["source"] for source in told["sources"]] == ["tests"]
    assert "http tests" in say()


def test_a_ledger_that_does_not_balance_is_a_failure():
    take_in(make_report_dict())
    LedgerEntry.objects.update(received=7)
    with pytest.raises(CommandError, match="does not balance"):
        say()


def test_the_check_finds_a_count_that_is_wrong():
    take_in(make_report_dict())
    SignatureCount.objects.update(count=5)
    say()
    with pytest.raises(CommandError, match="5 reports are counted in reports_signaturecount by"):
        say("--check")


def test_the_check_finds_a_report_that_no_longer_has_its_count():
    take_in(make_report_dict())
    Signature.objects.update(count=0)
    with pytest.raises(CommandError, match="0 reports are counted in reports_signature in all"):
        say("--check")


def test_the_check_finds_a_report_that_no_search_would_find():
    take_in(make_report_dict())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_segment")
    with pytest.raises(CommandError, match="0 reports are in the word index"):
        say("--check")
