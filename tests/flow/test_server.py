"""The whole site as a user starts it: one command, a free port, an empty folder."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 90


class Site:
    """A running `manage.py serve`, and what it has said."""

    def __init__(self, folder: Path, environ: dict[str, str], *options: str) -> None:
        self.port = find_free_port()
        self.folder = folder
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--no-samples", *self._choose(folder), *options],
            cwd=TREE,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _choose(self, folder: Path) -> list[str]:
        return ["--port", str(self.port), "--data", str(folder)]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    @property
    def link(self) -> str:
        found = re.search(r"http://\S+/sign-in/\S+", self.said)
        assert found
        return found[0]

    @property
    def token(self) -> str:
        found = re.search(r"Intake token: (\S+)", self.said)
        assert found
        return found[1]

    @property
    def curl(self) -> str:
        """The command to paste."""
        found = re.search(r"^  curl .*\n.*$", self.said, re.MULTILINE)
        assert found
        return found[0]

    def wait_until_ready(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while "Stop: Ctrl-C" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def stop_by_itself(self) -> int:
        """The exit code of a site that refuses to start."""
        self.process.wait(PATIENCE_S)
        return self.stop()

    def ask(self, path: str) -> tuple[int, str]:
        return fetch(f"http://127.0.0.1:{self.port}{path}")


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def fetch(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def signs_in(link: str) -> bool:
    """Open a link and press its button: whether there is a session afterwards."""
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    with browser.open(link, timeout=PATIENCE_S) as page:
        field = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert field
    try:
        body = f"csrfmiddlewaretoken={field[1]}".encode()
        browser.open(link, data=body, timeout=PATIENCE_S).close()
    except urllib.error.HTTPError as error:
        error.close()
    return "sessionid" in {cookie.name for cookie in cookies}


def find_processes(folder: Path) -> list[str]:
    """The commands that still run with this data folder in arguments or environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if bytes(folder) in words:
            found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def wait_until_gone(folder: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while find_processes(folder):
        assert time.monotonic() < end, find_processes(folder)
        time.sleep(0.1)


@pytest.fixture(scope="module")
def environ() -> dict[str, str]:
    """As in a new shell: no home folder, no settings."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}


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
    site = Site(tmp_path / "data", {**environ, **real})
    try:
        site.wait_until_ready()
        assert site.ask("/readyz")[0] == 200
        assert not (tmp_path / "data" / "postgres").exists()
    finally:
        assert site.stop() == 0
