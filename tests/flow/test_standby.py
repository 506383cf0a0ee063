"""A whole site whose pages are read from a real hot standby that streams from the primary."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from reports.formats import as_bson
from tests.flow.site import PATIENCE_S, Browser, Site, make_environ
from tests.making import make_report_dict
from tests.streaming_pair import find_programs, running_pair

pytestmark = pytest.mark.skipif(
    find_programs() is None, reason="no PostgreSQL programs with pg_basebackup are installed"
)


@dataclass
class Setting:
    pair: object
    site: Site
    browser: Browser


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    with running_pair() as pair:
        pair.primary.ask("CREATE DATABASE oopsweb")
        environ = make_environ(
            DATABASE_URL=pair.primary.url("oopsweb"),
            DATABASE_REPLICA_URL=pair.standby.url("oopsweb"),
        )
        site = Site(tmp_path_factory.mktemp("standby"), environ)
        try:
            site.wait_until_ready()
            browser = Browser(site)
            pair.wait_for_replay()
            yield Setting(pair, site, browser)
        finally:
            site.stop()


@contextmanager
def stopped_replay(setting):
    setting.pair.pause_replay()
    try:
        yield
    finally:
        setting.pair.resume_replay()


def read(setting, path, *, body=None, as_somebody_else=False):
    """Status, source and text of an answer; somebody else has the session, but wrote nothing."""
    opener = setting.browser._opener
    request = urllib.request.Request(f"http://127.0.0.1:{setting.site.port}{path}", body)
    if as_somebody_else:
        session = next(c.value for c in cookies_of(setting) if c.name == "sessionid")
        request.add_header("Cookie", f"sessionid={session}")
        opener = urllib.request.build_opener()
    try:
        with opener.open(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.headers["Oops-Read-From"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Oops-Read-From"], error.read().decode()


def cookies_of(setting):
    handlers = setting.browser._opener.handlers
    return next(h for h in handlers if hasattr(h, "cookiejar")).cookiejar


def forget_own_writes(setting):
    """As when the hour of the cookie is over."""
    jar = cookies_of(setting)
    for cookie in [each for each in jar if each.name == "oopsweb_written"]:
        jar.clear(cookie.domain, cookie.path, cookie.name)


def send(setting, body):
    connection = http.client.HTTPConnection("127.0.0.1", setting.site.port, timeout=PATIENCE_S)
    headers = {
        "Authorization": f"Bearer {setting.site.token}",
        "Content-Type": "application/bson-seq",
    }
    connection.request("POST", "/api/reports/", body, headers)
    answer = connection.getresponse()
    assert answer.status == 202
    ids = json.load(answer)["ids"]
    assert answer.getheader("Set-Cookie") is None
    connection.close()
    return ids


def wait_for(condition):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def wait_until_stored(setting, count):
    wait_for(
        lambda: setting.pair.primary.ask("SELECT count(*) FROM reports_key", "oopsweb") >= count
    )


@pytest.mark.parametrize("path", ["/", "/problems/", "/search?q=KeyError", "/intake/"])
def test_every_page_is_read_from_the_standby(setting, path):
    setting.pair.wait_for_replay()
    status, source, _ = read(setting, path)
    assert (status, source) == (200, "standby")


def test_a_report_is_found_by_its_id_before_the_standby_has_it(setting):
    report = make_report_dict()
    with stopped_replay(setting):
        (oops_id,) = send(setting, as_bson(report))
        status, source, _ = read(setting, f"/oops/{oops_id}")
        assert status in (200, 202)
        assert source == "primary"
        wait_until_stored(setting, 1)
        status, source, text = read(setting, f"/oops/{oops_id}")
        assert (status, source) == (200, "primary")
        assert "KeyError" in text
        assert read(setting, "/search?q=" + oops_id)[0] == 200
    setting.pair.wait_for_replay()
    assert read(setting, f"/oops/{oops_id}")[:2] == (200, "standby")


def test_a_problem_is_found_before_the_standby_has_it(setting):
    with stopped_replay(setting):
        send(setting, as_bson(make_report_dict(type="LookupError", tb_text="", value="quite new")))
        wait_until_stored(setting, 2)
        number = setting.pair.primary.ask("SELECT max(id) FROM reports_problem", "oopsweb")
        assert read(setting, f"/problems/{number}/")[:2] == (200, "primary")


def test_an_id_that_nobody_knows_is_said_to_be_unknown_by_the_primary(setting):
    setting.pair.wait_for_replay()
    assert read(setting, "/oops/OOPS-" + "f" * 32)[:2] == (404, "primary")


def test_who_wrote_sees_it_at_once_and_others_keep_to_the_standby(setting):
    setting.pair.wait_for_replay()
    # Long enough to say that it is BSON, and broken after that.
    setting.pair.primary.ask(
        "INSERT INTO reports_inbox (source_id, received_at, media_type, oops_id, origin, content)"
        " SELECT min(id), now(), 'application/bson', '', '', 'poison' FROM reports_source",
        "oopsweb",
    )
    count = "SELECT count(*) FROM reports_quarantineditem"
    wait_for(lambda: setting.pair.primary.ask(count, "oopsweb") == 1)
    number = setting.pair.primary.ask("SELECT id FROM reports_quarantineditem", "oopsweb")
    setting.pair.wait_for_replay()
    _, source, page = read(setting, f"/intake/quarantine/{number}/")
    assert source == "standby"
    with stopped_replay(setting):
        field = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        body = f"csrfmiddlewaretoken={field}".encode()
        status, source, text = read(setting, f"/intake/quarantine/{number}/retry/", body=body)
        assert (status, source) == (200, "primary")
        assert "back in the inbox" in text
        assert read(setting, "/intake/")[:2] == (200, "primary")
        assert read(setting, "/intake/", as_somebody_else=True)[:2] == (200, "standby")
    setting.pair.wait_for_replay()
    wait_for(lambda: read(setting, "/intake/")[1] == "standby")


def test_pages_go_on_without_the_standby_and_return_to_it_by_themselves(setting):
    forget_own_writes(setting)
    setting.pair.wait_for_replay()
    assert read(setting, "/problems/")[1] == "standby"
    setting.pair.standby.stop()
    try:
        for _ in range(20):
            assert read(setting, "/problems/")[:2] == (200, "primary")
    finally:
        setting.pair.standby.start()
    wait_for(lambda: read(setting, "/problems/")[1] == "standby")
    assert "standby is no use" in setting.site.said


def test_a_reader_whose_statement_the_standby_cancels_gets_the_page(setting):
    setting.pair.wait_for_replay()
    wait_for(lambda: read(setting, "/problems/")[1] == "standby")
    # As a retention that drops a table while it is read: the standby ends the reader's statement.
    setting.pair.standby.ask(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = 'oopsweb' AND pid <> pg_backend_pid()"
    )
    for _ in range(20):
        assert read(setting, "/problems/")[0] == 200
