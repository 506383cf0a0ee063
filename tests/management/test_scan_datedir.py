"""`manage.py scan_datedir --watch`: it goes on through a store that comes and goes."""

from __future__ import annotations

import signal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError

from reports.intake.datedir import Scan
from reports.management.commands import scan_datedir


@pytest.fixture(autouse=True)
def _own_signals():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Tree:
    """Fails as it is told to, then is scanned once, after which the command is told to stop."""

    troubles: list[tuple[str, Exception]] = []

    def __init__(self, root):
        self.root = root
        self._fail("start")

    def scan(self):
        self._fail("scan")
        signal.raise_signal(signal.SIGTERM)
        return Scan(kept=1)

    def _fail(self, where):
        if self.troubles and self.troubles[0][0] == where:
            raise self.troubles.pop(0)[1]


@pytest.mark.parametrize("where", ["start", "scan"])
@pytest.mark.parametrize("kind", [OperationalError, DatabaseError])
def test_a_store_that_is_away_is_waited_for(where, kind, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Tree, "troubles", [(where, kind("away"))])
    monkeypatch.setattr(scan_datedir, "Datedir", Tree)
    monkeypatch.setattr(scan_datedir.connection, "close", lambda: None)
    call_command("scan_datedir", str(tmp_path), "--watch", "--interval", "0.01")
    said = capsys.readouterr()
    assert "The store is not there, going on: away" in said.err
    assert "1 reports taken in" in said.out


def test_a_root_that_is_no_folder_is_told_at_once(tmp_path):
    with pytest.raises(CommandError, match="is no folder"):
        call_command("scan_datedir", str(tmp_path / "none"), "--watch")
