"""Ids in every spelling that people paste, and links that are fifteen years old."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from tests.making import make_report_dict, take_in

HEX = "OOPS-e98cab6d1534146bcc5ef553a8566465"
BARE = HEX[5:]

SPELLINGS = [
    (HEX, BARE),
    (HEX, HEX.lower()),
    (HEX, BARE.upper()),
    (HEX, HEX + ","),
    (HEX, HEX + "."),
    (HEX, f"['{HEX}']"),
    (HEX, f" {HEX} "),
    (HEX, f"It failed with {HEX}, twice."),
    ("OOPS-689S6", "689S6"),
    ("OOPS-689S6", "oops-689s6"),
    ("OOPS-1234A567", "OOPS-1234A567."),
]


@pytest.mark.parametrize(("oops_id", "spelling"), SPELLINGS)
@pytest.mark.parametrize(
    "link",
    ["/oops/{}", "/oops/?oopsid={}", "/oops.py/?oopsid={}", "/oops.py?oopsid={}", "/?oopsid={}"],
)
def test_every_spelling_leads_to_the_report_for_good(
    reader: Client, link: str, oops_id: str, spelling: str
) -> None:
    take_in(make_report_dict(id=oops_id))
    response = reader.get(link.format(quote(spelling, safe="")))
    assert (response.status_code, response.get("Location")) == (301, f"/oops/{oops_id}")
    assert reader.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("spelling", [HEX, HEX.lower(), HEX.upper(), HEX + "/"])
def test_an_id_straight_after_the_host_leads_there(reader: Client, spelling: str) -> None:
    take_in(make_report_dict(id=HEX))
    response = reader.get("/" + spelling)
    assert (response.status_code, response.get("Location")) == (301, f"/oops/{HEX}")


def test_an_id_with_a_slash_keeps_its_address(reader: Client) -> None:
    take_in(make_report_dict(id="2010-05-21/689S6"))
    address = "/oops/2010-05-21%2F689S6"
    assert reader.get(address).status_code == 200
    response = reader.get("/oops/?oopsid=2010-05-21/689s6")
    assert (response.status_code, response["Location"]) == (301, address)


@pytest.mark.parametrize(
    "path",
    [
        "/oops/%00", "/oops/%ff%fe", "/oops/" + "x" * 3_000, "/oops/%20", "/oops/'", "/oops/a/b/c",
        "/oops/?oopsid=%00", "/oops/?oopsid=", "/?oopsid=%00%00", "/OOPS-%00", "/oops/%E2%80%AE",
        "/oops/..%2F..%2Fetc", "/oops/<script>", "/search?q=%00", "/search?q=" + "OOPS-1A1," * 900,
        "/search?q=%25%5f'%22", "/problems/99999999999999999999999/",
    ],
)  # fmt: skip
def test_nothing_in_an_address_breaks_the_site(reader: Client, path: str) -> None:
    response = reader.get(path, follow=True)
    assert response.status_code in (200, 404)
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize(
    "path",
    ["/", "/problems/", "/problems/1/", f"/oops/{HEX}", f"/{HEX}", "/search?q=x", "/intake/"],
)
def test_pages_ask_for_an_account_first(db: None, path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={quote(path)}"
