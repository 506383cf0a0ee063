"""From the senders that people use to the page, by every way in."""

from __future__ import annotations

import bz2
import gzip
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from hashlib import md5
from uuid import uuid4

import bson
import pytest
import zstandard

from tests.flow.site import (
    SENDERS_PYTHON,
    TREE,
    Browser,
    Site,
    delete_queue,
    make_environ,
    wait_for_queue,
)

SECONDS_TO_BE_SEEN = 30
"""Far more than it takes: how long it took is printed, and not what is tested."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("transports") / "data", make_environ())
    try:
        site.wait_until_ready()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module")
def browser(site: Site) -> Browser:
    return Browser(site)


def send(kind: str, *where: str) -> str:
    """Have the real publisher publish a real failure; its id."""
    if not SENDERS_PYTHON.exists():
        pytest.skip(f"no {SENDERS_PYTHON.parent.parent.name}: run script/test")
    done = subprocess.run(
        [str(SENDERS_PYTHON), str(TREE / "tests/flow/senders.py"), kind, *where],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def start_command(site: Site, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=TREE,
        env=make_environ(OOPSWEB_DATA=str(site.folder)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for_page(browser: Browser, oops_id: str) -> str:
    """The report's page, once it is there."""
    started = time.monotonic()
    while True:
        status, page = browser.get(f"/oops/{oops_id}")
        if status == 200 and "is-waiting" not in page:
            print(f"{oops_id} was on its page after {time.monotonic() - started:.2f} s")
            return page
        assert time.monotonic() - started < SECONDS_TO_BE_SEEN, (status, page[:2000])
        time.sleep(0.05)


def post(site: Site, body: bytes, media_type: str, encoding: str = "") -> str:
    request = urllib.request.Request(
        f"http://127.0.0.1:{site.port}/api/reports/",
        body,
        {"Authorization": f"Bearer {site.token}", "Content-Type": media_type}
        | ({"Content-Encoding": encoding} if encoding else {}),
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["ids"][0]


def make_report() -> dict[str, str]:
    return {"type": "FlowError", "value": f"number {uuid4().int}", "topic": "Flow:+index"}


def as_rfc822(report: dict[str, str]) -> bytes:
    oops_id = f"OOPS-{md5(report['value'].encode()).hexdigest()}"
    return (
        f"Oops-Id: {oops_id}\nException-Type: {report['type']}\n"
        f"Exception-Value: {report['value']}\n"
        f"Date: 2026-11-24T10:00:00+00:00\nPage-Id: {report['topic']}\n\n"
    ).encode()


@pytest.mark.parametrize(
    ("pack", "media_type", "encoding"),
    [
        (bson.encode, "application/bson", ""),
        (lambda report: json.dumps(report).encode(), "application/json", ""),
        (as_rfc822, "message/rfc822", ""),
        (lambda report: json.dumps(report).encode() + b"\n", "application/x-ndjson", ""),
        (bson.encode, "application/bson-seq", ""),
        (bson.encode, "application/octet-stream", ""),
        (lambda report: gzip.compress(bson.encode(report)), "application/bson", "gzip"),
        (lambda report: bz2.compress(bson.encode(report)), "application/bson", "bzip2"),
        (lambda report: zstandard.compress(bson.encode(report)), "application/bson", "zstd"),
    ],
    ids=["bson", "json", "rfc822", "ndjson", "bson-seq", "untold", "gzip", "bzip2", "zstd"],
)
def test_a_report_sent_by_http_is_on_its_page(site, browser, pack, media_type, encoding):
    report = make_report()
    oops_id = post(site, pack(report), media_type, encoding)
    assert report["value"] in wait_for_page(browser, oops_id)


@pytest.mark.amqp
def test_a_report_published_by_oops_amqp_is_on_its_page(site, browser, amqp_url):
    name = f"oopses-flow-{uuid4().hex[:8]}"
    consumer = start_command(
        site, "consume_amqp", "--url", amqp_url, "--exchange", name, "--queue", name
    )
    try:
        wait_for_queue(amqp_url, name)
        assert "KeyError" in wait_for_page(browser, send("amqp", amqp_url, name))
    finally:
        consumer.terminate()
        consumer.wait(30)
        delete_queue(amqp_url, name)


@pytest.mark.parametrize("kind", ["datedir-bson", "datedir-rfc822"])
def test_a_report_written_by_oops_datedir_repo_is_on_its_page(site, browser, tmp_path, kind):
    watcher = start_command(site, "scan_datedir", "--watch", str(tmp_path))
    try:
        assert "KeyError" in wait_for_page(browser, send(kind, str(tmp_path)))
    finally:
        watcher.terminate()
        watcher.wait(30)


def test_every_spelling_and_every_old_link_leads_to_the_report(site, browser):
    oops_id = post(site, bson.encode(make_report()), "application/bson")
    wait_for_page(browser, oops_id)
    bare = oops_id.removeprefix("OOPS-")
    spellings = [
        oops_id,
        oops_id.lower(),
        bare,
        bare.upper(),
        f"{oops_id},",
        f"{oops_id}.",
        f"%5B%27{oops_id}%27%5D",
    ]
    paths = [f"/oops/{spelling}" for spelling in spellings]
    paths += [
        f"/{oops_id}",
        f"/{oops_id.lower()}",
        f"/oops/?oopsid={bare}",
        f"/oops.py/?oopsid={oops_id}",
        f"/?oopsid={oops_id}",
    ]
    for path in paths:
        browser.get(path)
        assert browser.path == f"/oops/{oops_id}", path


def test_the_example_of_the_readme_sends_its_first_report(site, browser):
    example = re.search(
        r"```python\n(import json.*?)```", (TREE / "README.md").read_text(), re.DOTALL
    )
    code = example[1].replace("http://127.0.0.1:8000", f"http://127.0.0.1:{site.port}")
    names = {"application": fail_to_answer}
    exec(code.replace("TOKEN", site.token), names)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "HTTP_ACCEPT": "text/html",
    }
    answered = {}
    body = names["application"](environ, lambda status, headers, *_: answered.update(headers))
    # oops_wsgi 0.1.0 answers with text, where WSGI asks for bytes.
    assert "OOPS-" in "".join(part if isinstance(part, str) else part.decode() for part in body)
    (oops_id,) = re.findall(r"OOPS-[0-9a-f]{32}", answered["X-Oops-Id"])
    assert "ReadmeError" in wait_for_page(browser, oops_id)


class ReadmeError(Exception):
    """What the example's application fails with."""


def fail_to_answer(environ, start_response):
    raise ReadmeError
