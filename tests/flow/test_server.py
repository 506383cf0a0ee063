"""The whole site as a user starts it: one command, a free port, an empty folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from kombu import Connection, Queue
from kombu.exceptions import ChannelError

from tests.flow.site import (
    PATIENCE_S,
    TREE,
    Site,
    delete_queue,
    fetch,
    find_processes,
    make_environ,
    signs_in,
    wait_until_gone,
)


@pytest.fixture(scope="module")
def environ() -> dict[str, str]:
    return make_environ()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site") / "data"


@pytest.fixture(scope="module")
def site(folder: Path, environ: dict[str, str]) -> Iterator[Site]:
    site = Site(folder, environ)
    try:
        site.wait_until_ready()
        yield site
    finally:
        site.stop()


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/accounts/login/"])
def test_a_ready_site_answers(site: Site, path: str) -> None:
    assert site.ask(path)[0] == 200


def test_the_printed_link_signs_in_once_and_only_once(site: Site) -> None:
    link = site.link
    assert signs_in(link)
    assert fetch(link)[0] == 410


def test_a_new_link_can_be_had_beside_the_running_site(site: Site, environ: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "sign_in_link"],
        cwd=TREE,
        env={**environ, "OOPSWEB_DATA": str(site.folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert signs_in(done.stdout.strip())


def test_the_printed_curl_line_works_as_it_is(site: Site) -> None:
    done = subprocess.run(
        ["sh", "-c", site.curl.replace("curl ", "curl -sS ", 1)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["accepted"] == 1


def test_a_second_site_on_the_same_data_is_refused(site: Site, environ: dict[str, str]) -> None:
    other = Site(site.folder, environ)
    assert other.stop_by_itself() == 1
    assert f"is being served already, at http://127.0.0.1:{site.port}" in other.said


def test_a_taken_port_is_refused_in_one_line(
    site: Site, environ: dict[str, str], tmp_path: Path
) -> None:
    other = Site(tmp_path / "other", environ, "--port", str(site.port))
    assert other.stop_by_itself() == 1
    assert len(other.lines) == 1
    assert "is taken" in other.said


def test_a_web_server_that_dies_is_replaced_and_nobody_is_turned_away(site: Site) -> None:
    gunicorn = find_child(site.process.pid, "gunicorn")
    assert gunicorn
    os.kill(gunicorn, signal.SIGKILL)
    end = time.monotonic() + PATIENCE_S
    while find_child(site.process.pid, "gunicorn") in (None, gunicorn):
        assert site.ask("/healthz")[0] == 200
        assert time.monotonic() < end
    assert site.ask("/readyz")[0] == 200


def find_child(parent: int, word: str) -> int | None:
    """The number of a child process by a word of its command; None if there is none."""
    numbers = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for number in numbers:
        if word in Path(f"/proc/{number}/cmdline").read_text():
            return int(number)
    return None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_leaves_no_process_behind(
    folder: Path, environ: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    site = Site(tmp_path / "data", environ)
    site.wait_until_ready()
    assert site.stop(number) == 0
    assert find_processes(tmp_path / "data") == []


def test_a_killed_site_leaves_no_process_behind_and_starts_again_with_its_data(
    environ: dict[str, str], tmp_path: Path
) -> None:
    site = Site(tmp_path / "data", environ)
    site.wait_until_ready()
    assert signs_in(site.link)
    token = site.token
    site.stop(signal.SIGKILL)
    wait_until_gone(tmp_path / "data")
    again = Site(tmp_path / "data", environ)
    try:
        again.wait_until_ready()
        assert again.token == token
        assert fetch(site.link.replace(str(site.port), str(again.port)))[0] == 410
        assert "tables" not in again.said  # which were there
    finally:
        again.stop()


@pytest.mark.postgres
@pytest.mark.amqp
def test_it_runs_on_a_real_server_and_a_real_broker_too(
    environ: dict[str, str], tmp_path: Path, real_database_url: str, amqp_url: str
) -> None:
    real = {"DATABASE_URL": real_database_url, "BROKER_URL": amqp_url}
    were_there = find_queues(amqp_url)
    site = Site(tmp_path / "data", {**environ, **real})
    try:
        site.wait_until_ready()
        assert site.ask("/readyz")[0] == 200
        assert not (tmp_path / "data" / "postgres").exists()
    finally:
        assert site.stop() == 0
        for name in find_queues(amqp_url) - were_there:
            delete_queue(amqp_url, name)


QUEUES = ("celery", "oopses")
"""What a site declares on a broker of its own; a test must not leave it behind."""


def find_queues(url: str) -> set[str]:
    found = set()
    for name in QUEUES:
        with Connection(url) as connection, suppress(ChannelError):
            Queue(name)(connection.channel()).queue_declare(passive=True)
            found.add(name)
    return found
