from __future__ import annotations

import stat
from pathlib import Path

import pytest

from oopsweb import data_folder
from oopsweb.environment import WrongValue


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = data_folder.read_secret_key(tmp_path / "new")
    assert data_folder.read_secret_key(tmp_path / "new") == first
    assert stat.S_IMODE((tmp_path / "new" / "secret-key").stat().st_mode) == 0o600
    assert len(first) >= 48


def test_of_two_processes_that_make_a_key_both_read_the_same(tmp_path: Path) -> None:
    def be_late() -> str:
        (tmp_path / "key").write_text("the other's\n")
        return "mine"

    assert data_folder.read_or_make(tmp_path / "key", be_late) == "the other's"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WrongValue, match=r"^OOPSWEB_DATA: .*/file"):
        data_folder.read_secret_key(tmp_path / "file" / "below")


def test_a_tilde_means_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    found = data_folder.find_folder({"OOPSWEB_DATA": "~/oops"}, Path("/default"))
    assert found == Path("/home/someone/oops")
