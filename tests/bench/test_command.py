"""Every measurement says what it does, and leaves nothing behind when it is ended."""

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from bench.command import quantile, read_counts
from bench.machine import find_processes
from bench.site import ROOT
from tests.real_services import find_postgres

SCRIPTS = ["ingest", "pages", "summary", "peer_bugsink", "grouping"]
PATIENCE_S = 90


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_script_explains_itself(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "--reports" in done.stdout
    assert done.stderr == ""


def test_a_wrong_way_in_is_refused_before_anything_is_started() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.ingest", "--ways", "pigeon"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "pigeon" in done.stderr


def _start(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench.summary", "--reports", "1000000", *options],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait_until_it_seeds(folder: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    # The site writes its token before it is ready, and seeding processes come after that.
    while not list(folder.glob("oopsbench-*/intake-token")) or not find_processes("spawn_main"):
        assert time.monotonic() < end
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Also what it should have ended itself, if the test has failed."""
    process.kill()
    process.wait()
    for left in find_processes(str(folder)):
        os.kill(left, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_stops_the_site_and_removes_its_data(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = _start(tmp_path)
    try:
        _wait_until_it_seeds(tmp_path)
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 130
        assert find_processes(str(tmp_path)) == set()
    finally:
        _end(process, tmp_path)
    assert list(tmp_path.glob("oopsbench-*")) == []


@pytest.mark.postgres
def test_an_interrupted_run_drops_its_database(tmp_path: Path) -> None:
    url = find_postgres().url
    process = _start(tmp_path, "--database", url)
    try:
        _wait_until_it_seeds(tmp_path)
        assert _databases_of(url, process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 130
    finally:
        _end(process, tmp_path)
    assert _databases_of(url, process.pid) == []


def _databases_of(url: str, number: int) -> list[str]:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                r"SELECT datname FROM pg_database WHERE datname LIKE %s",
                [rf"oopsbench\_{number}\_%"],
            )
            return [name for (name,) in cursor.fetchall()]
    finally:
        connection.close()


def test_a_quantile_is_a_value_that_was_measured() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert quantile(values, 0.5) == 3.0
    assert quantile(values, 0.99) == 5.0
    assert quantile([], 0.5) == 0.0


def test_counts_are_numbers_above_zero() -> None:
    assert read_counts("10,2_000") == [10, 2000]
    with pytest.raises(argparse.ArgumentTypeError):
        read_counts("0")
