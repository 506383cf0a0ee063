"""Which database is read from, without any standby: what each is asked is made up."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError

from reports.models import InboxItem, Problem, StoredReport, Token
from reports.store import standby

ROUTER = standby.Router()


@pytest.fixture
def asked(monkeypatch):
    """A standby whose answers a test sets; what it was asked is noted."""
    asked = {"answer": (True, True, True), "wanted": []}

    def answer(wanted, _sample):
        asked["wanted"].append(wanted)
        if isinstance(asked["answer"], Exception):
            raise asked["answer"]
        return asked["answer"]

    monkeypatch.setattr(standby, "is_configured", lambda: True)
    monkeypatch.setattr(standby, "_ask_primary", lambda: ("0/1", datetime.now(UTC)))
    monkeypatch.setattr(standby, "_ask_standby", answer)
    monkeypatch.setattr(standby, "rest", standby.Rest())
    monkeypatch.setattr(standby, "primary", standby.Primary())
    monkeypatch.setattr(standby, "give_up", lambda problem: standby.rest.begin(problem))
    return asked


def test_reports_are_read_from_the_standby_only_inside_a_block_that_says_so():
    assert ROUTER.db_for_read(Problem) == "default"
    with standby.reading(from_standby=True):
        assert ROUTER.db_for_read(Problem) == "replica"
        assert ROUTER.db_for_read(StoredReport) == "replica"
        with standby.reading(from_standby=False):
            assert ROUTER.db_for_read(Problem) == "default"
    assert ROUTER.db_for_read(Problem) == "default"


@pytest.mark.parametrize("model", [Session, Token, InboxItem])
def test_sessions_tokens_and_the_inbox_are_always_read_from_the_primary(model):
    with standby.reading(from_standby=True):
        assert ROUTER.db_for_read(model) == "default"


def test_who_writes_reports_reads_on_from_the_primary():
    with standby.reading(from_standby=True):
        assert ROUTER.db_for_write(Session) == "default"
        assert standby.is_reading()
        assert ROUTER.db_for_write(Problem) == "default"
        assert ROUTER.db_for_read(Problem) == "default"


def test_who_leaves_the_standby_is_back_there_with_the_next_request():
    with standby.reading(from_standby=True):
        standby.leave()
        assert not standby.is_reading()
    with standby.reading(from_standby=True):
        assert standby.is_reading()


def test_plain_sql_of_pages_names_no_connection_of_its_own():
    tree = Path(__file__).resolve().parents[2] / "reports"
    asking_the_primary = {tree / "web/health.py"}
    pages = [
        path
        for folder in ("web", "api", "summaries", "search")
        for path in (tree / folder).rglob("*.py")
    ]
    for path in set(pages) - asking_the_primary:
        named = re.search(r"from django\.db import [^\n]*\bconnections?\b", path.read_text())
        assert not named, f"{path}: use reports.store.standby.reading_connection()"


def test_a_block_that_fails_ends_all_the_same():
    with pytest.raises(ZeroDivisionError), standby.reading(from_standby=True):
        raise ZeroDivisionError
    assert not standby.is_reading()


def test_the_standby_is_never_migrated():
    assert ROUTER.allow_migrate("default", "reports")
    assert not ROUTER.allow_migrate("replica", "reports")


def test_without_a_standby_there_is_none_to_use():
    assert not standby.is_usable(None)


def test_a_standby_that_has_all_is_usable_and_is_asked_for_the_readers_own_write(asked):
    assert standby.is_usable("0/AB")
    assert asked["wanted"] == ["0/AB"]


def test_one_that_lacks_the_readers_own_write_is_usable_for_others_at_once(asked):
    asked["answer"] = (True, False, True)
    assert not standby.is_usable("0/AB")
    asked["answer"] = (True, True, True)
    assert standby.is_usable(None)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (OperationalError("connection refused"), "connection refused"),
        ((False, True, True), "is no standby"),
        ((True, True, False), "10 seconds behind"),
    ],
)
def test_one_that_is_no_use_is_left_alone_for_a_while_and_then_comes_back(
    asked, answer, said, caplog
):
    asked["answer"] = answer
    assert not standby.is_usable(None)
    asked["answer"] = (True, True, True)
    assert not standby.is_usable(None)
    assert len(asked["wanted"]) == 1
    assert caplog.text.count(said) == 1
    standby.rest._until = 0.0
    assert standby.is_usable(None)
    assert "from the standby again" in caplog.text


def test_without_the_primary_the_standby_is_not_blamed(asked, monkeypatch, caplog):
    def fail():
        raise OperationalError("refused")

    monkeypatch.setattr(standby, "_ask_primary", fail)
    assert not standby.is_usable(None)
    assert standby.rest.is_over
    assert not caplog.text


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("16/B374D848", True), ("0/0", True), ("", False), ("16/b3", False), ("1/2'", False)],
)
def test_a_position_is_known_by_its_form(text, is_one):
    assert standby.is_position(text) is is_one
