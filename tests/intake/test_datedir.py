"""Datedir trees: every report once, whatever is in the folders."""

import bz2
import gzip
import os
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reports.formats import as_bson
from reports.intake import datedir
from reports.intake.datedir import Datedir, NoSuchTree
from reports.models import InboxItem, ScannedFile, StoredReport
from tests.making import make_report_dict, process_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(tmp_path):
    def write_file(name, content=None):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_bson(make_report_dict()) if content is None else content)
        return path

    return write_file


def scan(root):
    return Datedir(root).scan()


def test_a_root_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(NoSuchTree):
        Datedir(tmp_path / "nowhere")


def test_files_are_found_at_any_depth_and_packed_ones_read(write, tmp_path):
    write("2026-11-24/a")
    write("lpnet/web1/2026-11-23/b")
    write("lpnet/2026-11-23/c.bz2", bz2.compress(as_bson(make_report_dict())))
    write("lpnet/2026-11-23/d.gz", gzip.compress(as_bson(make_report_dict())))
    assert scan(tmp_path).kept == 4
    assert process_all().stored == 4


def test_what_is_no_report_file_is_left_alone(write, tmp_path):
    write("2026-11-24/half.tmp")
    write("2026-11-24/.hidden")
    write("metadata/2026-11-24/config.bson")
    write("2026-11-24x/a")
    write("notes/readme")
    (tmp_path / "2026-11-24/folder").mkdir()
    assert scan(tmp_path).kept == 0


def test_a_second_scan_takes_in_only_what_is_new(write, tmp_path):
    write("2026-11-24/a")
    assert scan(tmp_path).kept == 1
    write("2026-11-24/b")
    assert scan(tmp_path).kept == 1
    assert scan(tmp_path).kept == 0
    assert ScannedFile.objects.count() == 2


def test_a_folder_that_has_not_changed_is_not_read_again(write, tmp_path):
    write("2026-11-24/a")
    old = time.time() - 60
    os.utime(tmp_path / "2026-11-24", (old, old))
    assert scan(tmp_path).folders_read == 1
    assert scan(tmp_path).folders_unchanged == 1
    write("2026-11-24/b")
    assert scan(tmp_path).kept == 1


def test_a_file_that_appears_once_its_writer_is_done_is_taken_then(write, tmp_path):
    path = write("2026-11-24/a.tmp")
    assert scan(tmp_path).kept == 0
    path.rename(tmp_path / "2026-11-24/a")
    assert scan(tmp_path).kept == 1


def test_a_file_that_vanishes_is_reported_and_stops_nothing(write, tmp_path, monkeypatch, caplog):
    write("2026-11-24/a")
    write("2026-11-24/b")
    real = datedir.Path.read_bytes

    def vanish(path):
        if path.name == "a":
            raise FileNotFoundError(2, "No such file or directory")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(datedir.Path, "read_bytes", vanish)
        result = scan(tmp_path)
    assert (result.kept, result.failed) == (1, 1)
    assert "can't be read" in caplog.text
    assert scan(tmp_path).kept == 1


def test_a_file_of_junk_is_quarantined_and_not_read_again(write, tmp_path):
    write("2026-11-24/junk", b"\x01\x02\x03")
    write("2026-11-24/empty", b"")
    assert scan(tmp_path).kept == 2
    assert process_all().quarantined == 2
    assert scan(tmp_path).kept == 0


def test_names_that_are_no_text_are_taken_in(tmp_path):
    folder = tmp_path / "2026-11-24"
    folder.mkdir()
    (folder / os.fsdecode(b"\xff\xfe-name")).write_bytes(as_bson(make_report_dict()))
    (folder / "two\nlines").write_bytes(as_bson(make_report_dict()))
    assert scan(tmp_path).kept == 2
    assert scan(tmp_path).kept == 0


def test_large_trees_are_taken_in_batches(write, tmp_path, monkeypatch):
    monkeypatch.setattr(datedir, "BATCH_FILES", 2)
    for number in range(5):
        write(f"2026-11-24/{number}")
    assert scan(tmp_path).kept == 5
    monkeypatch.setattr(datedir, "BATCH_BYTES", 10)
    for number in range(5, 8):
        write(f"2026-11-24/{number}")
    assert scan(tmp_path).kept == 3
    assert InboxItem.objects.count() == 8


def test_the_command_says_what_it_did(write, tmp_path):
    write("2026-11-24/a")
    said = StringIO()
    call_command("scan_datedir", str(tmp_path), stdout=said)
    assert "1 reports taken in, 0 unreadable" in said.getvalue()
    with pytest.raises(CommandError, match="is no folder"):
        call_command("scan_datedir", str(tmp_path / "nowhere"))


def test_the_id_of_a_report_from_a_file_is_kept(write, tmp_path):
    write("2026-11-24/x", as_bson(make_report_dict(id="OOPS-1234A567")))
    scan(tmp_path)
    process_all()
    assert StoredReport.objects.get().oops_id == "OOPS-1234A567"
