"""A site as a user starts it, for tests and trials that need a whole one."""

from __future__ import annotations

import http.cookiejar
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
from pathlib import Path
from urllib.parse import urlsplit

TREE = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 90
SENDERS_PYTHON = TREE / ".venv-senders/bin/python"
"""The environment of the python-oops publishers, which script/test makes."""


def make_environ(**over: str) -> dict[str, str]:
    """As in a new shell: no home folder, no settings."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **over}


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


class Browser:
    """A signed-in reader of a site, who follows redirects."""

    def __init__(self, site: Site) -> None:
        self.port = site.port
        self.path = ""
        cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        page = self.get(site.link.split(f":{site.port}", 1)[1])[1]
        field = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert field
        body = f"csrfmiddlewaretoken={field[1]}".encode()
        self._opener.open(site.link, data=body, timeout=PATIENCE_S).close()

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page; where it was in the end is in `path`."""
        url = f"http://127.0.0.1:{self.port}{path}"
        try:
            with self._opener.open(url, timeout=PATIENCE_S) as answer:
                self.path = urlsplit(answer.url).path
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                self.path = urlsplit(error.url).path
                return error.code, error.read().decode()


def wait_for_queue(url: str, name: str) -> None:
    from kombu import Connection, Queue
    from kombu.exceptions import ChannelError

    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            with Connection(url) as connection:
                Queue(name)(connection.channel()).queue_declare(passive=True)
                return
        except ChannelError:
            assert time.monotonic() < end
            time.sleep(0.1)


def delete_queue(url: str, name: str) -> None:
    from kombu import Connection, Exchange, Queue

    with Connection(url) as connection:
        Queue(name)(connection.channel()).delete()
        Exchange(name)(connection.channel()).delete()
