"""Scrubbing: what its key calls a secret is never stored."""

import pytest

from reports.formats import as_bson
from reports.models import StoredReport
from reports.pipeline.scrub import MASK, scrub
from reports.store.bodies import unpack
from tests.making import make_report_dict, take_in


@pytest.mark.parametrize(
    "key",
    [
        "HTTP_COOKIE",
        "HTTP_AUTHORIZATION",
        "password",
        "form.passwd",
        "api_key",
        "X-Api-Key",
        "csrfmiddlewaretoken",
        "sessionid",
        "oauth_token",
        "client_secret",
        "access_token",
    ],
)
def test_a_secret_is_masked_wherever_it_stands(key):
    secret = "hunter2"
    data = {
        key: secret,
        "req_vars": {key: secret, "PATH": "/x"},
        "pairs": [[key, secret], ["PATH", "/x"]],
        "deep": [{"deeper": {key: [secret]}}],
    }
    assert secret not in str(scrub(data))
    assert scrub(data)["req_vars"] == {key: MASK, "PATH": "/x"}


@pytest.mark.parametrize(
    "key", ["author", "HTTP_ACCEPT", "tokenizer", "pinned", "authority", "url"]
)
def test_what_only_looks_like_a_secret_stays(key):
    assert scrub({"req_vars": {key: "value"}}) is None


def test_a_secret_in_a_query_is_masked_and_the_rest_of_the_address_stays():
    data = {"url": "http://x/reset?user=ann&password=hunter2&next=/"}
    assert scrub(data)["url"] == f"http://x/reset?user=ann&password={MASK}&next=/"


def test_a_report_without_secrets_is_not_copied():
    assert scrub(make_report_dict()) is None
    assert scrub({"req_vars": {"HTTP_COOKIE": "<hidden>", "password": ""}}) is None


@pytest.mark.django_db
def test_a_masked_secret_is_in_no_column_and_no_body():
    take_in(make_report_dict(url="http://x/?token=hunter2", req_vars={"HTTP_COOKIE": "hunter2"}))
    stored = StoredReport.objects.get()
    assert b"hunter2" not in unpack(stored.body)
    assert "hunter2" not in str(vars(stored))


@pytest.mark.django_db
def test_a_report_without_secrets_is_stored_byte_for_byte():
    report = make_report_dict()
    (stored,) = take_in(report)
    assert unpack(stored.body) == as_bson(report)
