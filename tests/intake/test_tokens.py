"""Tokens: shown once, kept as a hash, each for one purpose."""

import pytest

from reports.intake.tokens import TokenNameTaken, bearer_of, create_token, find_token, may
from reports.models import Token

pytestmark = pytest.mark.django_db


def test_a_token_is_found_by_its_text_which_is_stored_nowhere():
    text = create_token(name="web", scope="intake")
    token = find_token(text)
    assert token.name == "web"
    assert text.encode() not in bytes(token.digest)
    assert text not in str(vars(token))


def test_two_tokens_cannot_share_a_name():
    create_token(name="web", scope="intake")
    with pytest.raises(TokenNameTaken, match="web"):
        create_token(name="web", scope="read")
    assert Token.objects.count() == 1


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("intake", {"intake"}), ("read", {"read"}), ("triage", {"read", "triage"})],
)
def test_a_token_may_do_what_its_scope_says_and_no_more(scope, allowed):
    token = Token(name="x", scope=scope)
    assert {what for what in ("intake", "read", "triage") if may(token, what)} == allowed


@pytest.mark.parametrize(
    ("header", "text"),
    [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Basic abc", ""), ("", ""), ("Bearer", "")],
)
def test_the_token_is_read_from_the_header(header, text):
    assert bearer_of(header) == text


def test_nothing_is_no_token():
    assert find_token("") is None
    assert find_token("\ud800") is None
