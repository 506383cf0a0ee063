"""What the README says to type does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.flow.site import SENDERS_PYTHON, TREE, Browser, Site, make_environ
from tests.flow.test_transports import delete_queue, start_command, wait_for_page, wait_for_queue

README = (TREE / "README.md").read_text()

APPLICATION = """
def application(environ, start_response):
    raise LookupError("no shelf {mark}")
"""
ASK = """
from wsgiref.util import setup_testing_defaults
environ, sent = {}, {}
setup_testing_defaults(environ)
list(application(environ, lambda status, headers, error=None: sent.update(headers)))
print(sent["X-Oops-Id"])
"""
CONFIG = """
import oops
config = oops.Config()
"""
PUBLISH = """
import sys
try:
    raise LookupError("no shelf {mark}")
except LookupError:
    print(config.publish(config.create({{"exc_info": sys.exc_info()}}))[0])
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("readme") / "data", make_environ())
    try:
        site.wait_until_ready()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module")
def browser(site: Site) -> Browser:
    return Browser(site)


@pytest.fixture
def mark() -> str:
    return uuid4().hex


def example(heading: str, **replaced: str) -> str:
    """The Python below a heading, with what a reader puts in for what stands there."""
    found = re.search(rf"^### {heading}\n.*?^```python\n(.*?)^```", README, re.M | re.S)
    assert found, heading
    text = found[1]
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def run(python: Path | str, *parts: str) -> str:
    """What a program made of these parts prints: the id that its user sees."""
    if not Path(python).exists():
        pytest.skip(f"no {python}: run script/test")
    done = subprocess.run(
        [str(python), "-c", "\n".join(parts)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_wsgi_application_sends_by_http(site: Site, browser: Browser, mark: str) -> None:
    code = example(
        "Over HTTP",
        **{"http://127.0.0.1:8000": f"http://127.0.0.1:{site.port}", "TOKEN": site.token},
    )
    oops_id = run(sys.executable, APPLICATION.format(mark=mark), code, ASK)
    assert mark in wait_for_page(browser, oops_id)


@pytest.mark.amqp
def test_an_application_sends_by_amqp(
    site: Site, browser: Browser, amqp_url: str, mark: str
) -> None:
    name = f"oopses-readme-{mark[:8]}"
    parts = urlsplit(amqp_url)
    code = example(
        "Over AMQP",
        **{
            "127.0.0.1:5672": f"{parts.hostname}:{parts.port or 5672}",
            'userid="guest"': f"userid={parts.username or 'guest'!r}",
            'password="guest"': f"password={parts.password or 'guest'!r}",
            '"oopses"': repr(name),
        },
    )
    options = ("--url", amqp_url, "--exchange", name, "--queue", name)
    consumer = start_command(site, "consume_amqp", *options)
    try:
        wait_for_queue(amqp_url, name)
        oops_id = run(SENDERS_PYTHON, CONFIG, code, PUBLISH.format(mark=mark))
        assert mark in wait_for_page(browser, oops_id)
    finally:
        consumer.terminate()
        consumer.wait(30)
        delete_queue(amqp_url, name)


def test_an_application_writes_a_datedir_tree(
    site: Site, browser: Browser, tmp_path: Path, mark: str
) -> None:
    root = tmp_path / "oops"
    (root / "web1").mkdir(parents=True)
    code = example("By datedir", **{"/srv/oops": str(root)})
    oops_id = run(SENDERS_PYTHON, CONFIG, code, PUBLISH.format(mark=mark))
    command = re.search(r"manage\.py (scan_datedir) /srv/oops (--watch)", README)
    assert command
    watcher = start_command(site, command[1], str(root), command[2])
    try:
        assert mark in wait_for_page(browser, oops_id)
    finally:
        watcher.terminate()
        watcher.wait(30)
