"""Pictures of the pages, for the README and for eyes: light, dark and narrow.

Run by script/screenshots with a one-time sign-in link of a running server.
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.chromium import find_chromium, open_browser

FOLDER = Path("docs/screenshots")
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}


def main(arguments: list[str]) -> int:
    """Take all pictures. 2: no link given; 1: no browser."""
    if not arguments:
        sys.stderr.write("script/screenshots ONE_TIME_SIGN_IN_LINK [FOLDER]\n")
        return 2
    if find_chromium() is None:
        sys.stderr.write("No Chromium was found on this machine.\n")
        return 1
    folder = Path(arguments[1]) if len(arguments) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser:
        take_all(browser, arguments[0], folder)
    return 0


def take_all(browser: Browser, link: str, folder: Path) -> None:
    """Sign in once, then visit each page in light, dark and narrow."""
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    addresses = find_addresses(page, "{0.scheme}://{0.netloc}".format(urlsplit(link)))
    for name, address in addresses.items():
        page.goto(address)
        take(page, folder / name)


def find_addresses(page: Page, site: str) -> dict[str, str]:
    """What is worth a picture: of problems and reports the biggest that is a time-out."""
    page.goto(f"{site}/problems/?class=time-outs&sort=count&span=7d")
    first = page.locator("a.title").first
    if not first.count():
        page.goto(f"{site}/problems/?sort=count&span=7d")
    problem = site + str(first.get_attribute("href"))
    page.goto(problem)
    report = site + str(
        page.locator("section[aria-labelledby=newest-h] a.mono").first.get_attribute("href")
    )
    return {
        "overview": f"{site}/",
        "problems": f"{site}/problems/",
        "problem": problem,
        "report": report,
        "search": f"{site}/search?q=select+-timeout*",
        "intake": f"{site}/intake/",
    }


def take(page: Page, path: Path) -> None:
    """One page in its three looks."""
    page.set_viewport_size(WIDE)
    for scheme, ending in (("light", ""), ("dark", "-dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.screenshot(path=f"{path}{ending}.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    page.screenshot(path=f"{path}-390.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
