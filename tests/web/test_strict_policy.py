"""Nothing inline and nothing from elsewhere: in the templates, and in what they make."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.views.defaults import bad_request, server_error

from tests.making import make_report_dict, put_in_inbox, take_in

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
FORBIDDEN = re.compile(
    r"""<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*["']|javascript:"""
    r"""|(?:src|href)=["'](?:https?:)?//(?!www\.w3\.org)""",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_style_or_script(path: Path) -> None:
    if path.parent.name == "mail":
        pytest.skip("mail programs know no style sheets")
    assert not FORBIDDEN.search(path.read_text())
    assert "|safe" not in path.read_text()
    assert "autoescape off" not in path.read_text()


def test_pages_hold_no_inline_style_or_script(reader: Client) -> None:
    (stored,) = take_in(make_report_dict(url="/basket", value="<b style='x' onclick='y'>"))
    put_in_inbox(b"x")
    problem = stored.signature.problem.get_absolute_url()
    for address in (
        "/",
        "/problems/",
        problem,
        stored.get_absolute_url(),
        "/topics/",
        stored.facet.topic.get_absolute_url(),
        "/intake/",
        "/search?q=x",
    ):
        response = reader.get(address)
        page = re.sub(r"&lt;.*?&gt;", "", response.content.decode())
        assert not FORBIDDEN.search(page), address
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_the_pages_for_errors_need_neither_database_nor_account() -> None:
    request = RequestFactory().get("/")
    assert b"This page failed" in server_error(request).content
    assert b"could not be understood" in bad_request(request, ValueError()).content
