"""From an id to the report, its problem and the overview, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from reports.models import StoredReport
from reports.web.sign_in import make_link
from tests.browser.chromium import find_chromium, open_browser
from tests.making import make_report_dict, take_in

pytestmark = [
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread, which Django takes for its own.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with open_browser() as opened:
        yield opened
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def stored(transactional_db: None) -> StoredReport:
    rows = [[n * 4, n * 4 + 3, "SQL-main", f"SELECT a FROM b WHERE c = {n}", ""] for n in range(20)]
    take_in(*(make_report_dict(timeline=rows) for _ in range(3)))
    (report,) = take_in(make_report_dict(timeline=rows, value="'<script>alert(1)</script>'"))
    return report


@pytest.fixture
def page(browser: Browser, live_server, stored: StoredReport) -> Iterator[Page]:
    """A signed-in page. Whatever the browser complains about fails the test."""
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.goto(make_link(User.objects.create_superuser("ann")))
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1.lead")).to_be_visible()
    yield page
    context.close()
    assert complaints == []


def test_a_pasted_id_leads_to_report_problem_and_overview(page: Page, stored: StoredReport) -> None:
    page.keyboard.press("/")
    page.keyboard.type(f"see {stored.oops_id.lower()}, please")
    page.keyboard.press("Enter")
    expect(page).to_have_url(stored.get_absolute_url())
    expect(page.locator("h1")).to_contain_text("KeyError")
    page.get_by_text("1 library frame").click()
    expect(page.locator(".tb .place").first).to_contain_text("handlers.py")
    expect(page.locator(".tb .place").first).to_be_visible()
    page.locator(".wf summary").first.click()
    page.get_by_role("link", name="One of").click()
    expect(page.get_by_role("heading", name="Why these are one problem")).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Overview").click()
    expect(page.locator("h1.lead")).to_contain_text("4 reports")


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_page_is_wider_than_its_screen(page: Page, stored: StoredReport, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    problem = stored.signature.problem.get_absolute_url()
    for address in (
        "/",
        "/problems/",
        problem,
        stored.get_absolute_url(),
        "/intake/",
        "/search?q=a",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_pages_work_without_javascript(browser: Browser, page: Page, stored: StoredReport) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=page.url.rsplit("/", 1)[0])
    context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    plain = context.new_page()
    plain.goto(stored.get_absolute_url())
    plain.get_by_text("1 library frame").click()
    expect(plain.locator(".tb .place").first).to_be_visible()
    expect(plain.get_by_role("button", name="Copy id")).to_be_hidden()
    context.close()
