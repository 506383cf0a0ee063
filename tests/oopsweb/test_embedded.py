"""The embedded server: there while somebody holds it, gone afterwards, never confused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.db import OperationalError

from oopsweb.embedded import server
from oopsweb.embedded.layout import MAX_SOCKET_PATH, Layout, is_ready
from oopsweb.embedded.locks import is_held

TREE = Path(__file__).resolve().parent.parent.parent
# A process that holds the server until its input ends.
HOLDER = """
import sys, pathlib
from oopsweb.embedded import server
server.hold(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    server.release(tmp_path / "data")


def ask(folder: Path, query: str) -> str:
    """The first value of the first row."""
    connection = psycopg2.connect(
        host=str(Layout(folder).socket_folder), user="postgres", dbname="oopsweb"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
        assert row is not None
        return str(row[0])
    finally:
        connection.close()


def start_holder(folder: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        cwd=TREE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def end_holder(holder: subprocess.Popen[str]) -> None:
    holder.communicate()


def wait_until_gone(folder: Path) -> None:
    for _ in range(600):
        if not is_held(Layout(folder).alive_lock):
            return
        time.sleep(0.05)
    pytest.fail("the server is still there")


def test_data_is_still_there_after_a_stop(folder: Path) -> None:
    server.hold(folder)
    connection = psycopg2.connect(
        host=str(Layout(folder).socket_folder), user="postgres", dbname="oopsweb"
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE durable AS SELECT 7 AS n")
    connection.close()
    server.release(folder)
    assert not is_ready(Layout(folder))
    server.hold(folder)
    assert ask(folder, "SELECT n FROM durable") == "7"


@pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "full_page_writes"])
def test_what_is_committed_is_on_disk(folder: Path, name: str) -> None:
    server.hold(folder)
    assert ask(folder, f"SHOW {name}") == "on"


def test_it_listens_on_no_network(folder: Path) -> None:
    server.hold(folder)
    assert ask(folder, "SHOW listen_addresses") == ""


def test_the_first_to_leave_does_not_stop_it_under_the_second(folder: Path) -> None:
    first, second = start_holder(folder), start_holder(folder)
    end_holder(first)
    time.sleep(0.5)  # several looks of the keeper
    assert ask(folder, "SELECT 1") == "1"
    end_holder(second)
    wait_until_gone(folder)


def test_two_who_begin_at_once_share_one_server(folder: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(folder)]
    both = [
        subprocess.Popen(
            command, cwd=TREE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [holder.stdout and holder.stdout.readline() for holder in both] == ["held\n"] * 2
    for holder in both:
        end_holder(holder)


def test_a_killed_holder_leaves_no_server_behind(folder: Path) -> None:
    holder = start_holder(folder)
    holder.kill()
    end_holder(holder)
    wait_until_gone(folder)


def test_a_pid_that_is_somebody_elses_by_now_is_no_obstacle(folder: Path) -> None:
    server.hold(folder)
    server.release(folder)
    # As after a power cut, with our own, living pid.
    Layout(folder).pid_file.write_text(f"{os.getppid()}\n/x\n1\n5432\n/x\n\n1 1\nready\n")
    server.hold(folder)
    assert ask(folder, "SELECT 1") == "1"


def test_a_server_that_is_killed_is_started_again(folder: Path) -> None:
    server.hold(folder)
    pid = int(Layout(folder).pid_file.read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    for _ in range(600):
        time.sleep(0.05)
        try:
            assert ask(folder, "SELECT 1") == "1"
        except psycopg2.OperationalError:
            continue
        return
    pytest.fail("the server did not come back")


def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    (folder / "postgres.new" / "base").mkdir(parents=True)
    server.hold(folder)
    assert ask(folder, "SELECT 1") == "1"
    assert not (folder / "postgres.new").exists()


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    layout = Layout(folder)
    assert len(bytes(layout.socket)) <= MAX_SOCKET_PATH
    server.hold(folder)
    try:
        assert ask(folder, "SELECT 1") == "1"
    finally:
        server.release(folder)
    assert not layout.socket_folder.exists()


def test_a_cluster_of_another_version_is_refused_in_one_line(folder: Path) -> None:
    server.hold(folder)
    server.release(folder)
    (folder / "postgres" / "PG_VERSION").write_text("99\n")
    with pytest.raises(server.NoServer, match=r"^\S+ was made by PostgreSQL 99; this is 18$"):
        server.hold(folder)


def test_a_broken_cluster_is_refused_with_postgresqls_own_reason(folder: Path) -> None:
    server.hold(folder)
    server.release(folder)
    (folder / "postgres" / "postgresql.conf").write_text("no such setting\n")
    with pytest.raises(server.NoServer, match=r"FATAL: .*postgres\.log"):
        server.hold(folder)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OperationalError, match=r"^OOPSWEB_DATA: .*/file"):
        server.hold(tmp_path / "file" / "data")


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["no_such_command"]])
def test_help_and_wrong_usage_start_nothing(tmp_path: Path, arguments: list[str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=TREE,
        env={"PATH": os.defpath, "OOPSWEB_DATA": str(tmp_path / "data")},
        capture_output=True,
    )
    assert not Layout(tmp_path / "data").users_lock.exists()
