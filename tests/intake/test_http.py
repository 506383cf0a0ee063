"""HTTP intake: a clear answer to whatever is sent, and never an accepted report lost."""

import bz2
import gzip
import json
from hashlib import md5

import pytest
import zstandard
from django.db import OperationalError

from reports.formats import as_bson
from reports.intake import http, limits
from reports.intake.tokens import create_token
from reports.models import InboxItem, StoredReport, Token
from reports.store.reading import find_report
from tests.making import make_report_dict, process_all

pytestmark = pytest.mark.django_db

RFC822 = b"Oops-Id: OOPS-1A2\nException-Type: KeyError\nException-Value: 'x'\n\nTraceback (most\n"


@pytest.fixture
def token():
    return create_token(name="sender", scope="intake")


@pytest.fixture
def post(client, token):
    def send(body, content_type="application/bson", **headers):
        headers.setdefault("authorization", f"Bearer {token}")
        return client.post("/api/reports/", body, content_type=content_type, headers=headers)

    return send


def json_report(**over):
    report = make_report_dict(**over)
    time = report["time"]
    return {**report, "time": time if isinstance(time, str) else time.isoformat()}


def test_nobody_sends_without_a_token(client, post):
    answer = client.post("/api/reports/", b"", content_type="application/bson")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert "create_token" in answer.json()["detail"]
    assert post(b"", authorization="Bearer wrong").status_code == 401
    assert post(b"", authorization="Basic x").status_code == 401
    assert post(b"", authorization="Bearer \udcff\u00fc").status_code == 401


def test_a_token_for_reading_cannot_send(post):
    reader = create_token(name="reader", scope="read")
    assert post(as_bson(make_report_dict()), authorization=f"Bearer {reader}").status_code == 403


def test_a_revoked_token_is_refused(post, token):
    Token.objects.update(is_revoked=True)
    assert post(as_bson(make_report_dict())).status_code == 401


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/bson"),
        (b"", ""),
        (b"\x05\x00\x00\x00", "application/bson"),
        (b"{", "application/json"),
        (b"[1, 2]", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "application/json"),
        (b"\x00" * 100, "application/octet-stream"),
        (b"\xff\xfe", "message/rfc822"),
        (b"", "application/x-ndjson"),
        (b"", "application/bson-seq"),
    ],
)
def test_an_unreadable_body_is_refused_with_the_reason(post, body, content_type):
    answer = post(body, content_type)
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert InboxItem.objects.count() == 0


def test_a_type_that_is_not_known_is_named(post):
    answer = post(b"x", "image/png")
    assert answer.status_code == 415
    assert "application/bson" in answer.json()["detail"]
    assert post(as_bson(make_report_dict()), **{"content-encoding": "lzma"}).status_code == 415


def test_a_body_over_the_limit_is_refused(post, settings):
    settings.OOPSWEB_MAX_PACKED = 1000
    assert post(as_bson(make_report_dict(pad="x" * 2000))).status_code == 413
    assert InboxItem.objects.count() == 0


def test_a_packed_bomb_is_refused_before_it_is_unpacked(post, settings):
    settings.OOPSWEB_MAX_UNPACKED = 100_000
    bomb = b"\0" * 10_000_000
    for encoding, packed in (
        ("gzip", gzip.compress(bomb)),
        ("bzip2", bz2.compress(bomb)),
        ("zstd", zstandard.compress(bomb)),
    ):
        assert post(packed, **{"content-encoding": encoding}).status_code == 413, encoding
        assert post(packed, "application/octet-stream").status_code == 413, encoding


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("bzip2", bz2.compress),
        ("zstd", zstandard.compress),
        ("identity", bytes),
    ],
)
def test_every_packing_is_unpacked(post, encoding, pack):
    report = make_report_dict()
    answer = post(pack(as_bson(report)), **{"content-encoding": encoding})
    assert (answer.status_code, answer.json()["ids"]) == (202, [report["id"]])
    process_all()
    assert find_report(report["id"])


def test_every_format_is_accepted_and_its_id_is_told(post):
    bson_report, json_one = make_report_dict(), json_report()
    assert post(as_bson(bson_report)).json()["ids"] == [bson_report["id"]]
    assert post(json.dumps(json_one), "application/json").json()["ids"] == [json_one["id"]]
    assert post(RFC822, "message/rfc822").json()["ids"] == ["OOPS-1A2"]
    assert process_all().stored == 3


def test_a_body_without_a_type_is_read_from_its_bytes(post):
    report = make_report_dict()
    assert post(as_bson(report), "application/octet-stream").json()["accepted"] == 1
    assert post(json.dumps(json_report()), "application/octet-stream").json()["accepted"] == 1
    assert post(RFC822, "").json()["accepted"] == 1
    assert process_all().stored == 3


def test_a_report_without_an_id_gets_the_md5_of_its_bson(post):
    body = as_bson(make_report_dict(id=None))
    oops_id = f"OOPS-{md5(body).hexdigest()}"
    assert post(body).json()["ids"] == [oops_id]
    process_all()
    assert StoredReport.objects.get().oops_id == oops_id


def test_a_json_report_without_an_id_is_stored_under_the_id_that_was_told(post):
    (oops_id,) = post(json.dumps(json_report(id=None)), "application/json").json()["ids"]
    process_all()
    assert find_report(oops_id)


def test_many_bson_reports_in_one_body(post):
    bodies = [make_report_dict() for _ in range(3)]
    answer = post(b"".join(map(as_bson, bodies)), "application/bson-seq")
    assert answer.json() == {"accepted": 3, "ids": [body["id"] for body in bodies], "rejected": []}
    assert process_all().stored == 3


def test_the_good_of_a_batch_are_accepted_and_the_bad_listed_by_place_and_reason(post):
    lines = [json.dumps(json_report()), "{broken", "", json.dumps(json_report()), "[1]"]
    answer = post("\n".join(lines), "application/x-ndjson").json()
    assert answer["accepted"] == 2
    assert [bad["index"] for bad in answer["rejected"]] == [1, 3]
    assert all(bad["reason"] and bad["detail"] for bad in answer["rejected"])
    assert process_all().stored == 2


def test_a_sequence_that_breaks_off_keeps_what_came_before(post):
    whole = as_bson(make_report_dict())
    answer = post(whole + whole[:-20], "application/bson-seq").json()
    assert answer["accepted"] == 1
    assert [bad["index"] for bad in answer["rejected"]] == [1]


def test_a_full_inbox_asks_the_sender_to_wait(post, monkeypatch):
    monkeypatch.setattr(limits, "is_inbox_full", lambda: True)
    answer = post(as_bson(make_report_dict()))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert InboxItem.objects.count() == 0


def test_the_inbox_is_full_past_its_limit(post, settings):
    limits._waiting_at_most.cache_clear()
    settings.OOPSWEB_INBOX_LIMIT = 0
    post(as_bson(make_report_dict()))
    limits._waiting_at_most.cache_clear()
    assert post(as_bson(make_report_dict())).status_code == 429
    limits._waiting_at_most.cache_clear()


def test_a_store_that_is_not_there_is_said_so(post, monkeypatch):
    def fail(*_args, **_rest):
        raise OperationalError("connection refused")

    monkeypatch.setattr(http, "keep", fail)
    answer = post(as_bson(make_report_dict()))
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    "over",
    [
        {"id": 5},
        {"id": "x" * 5000},
        {"id": "a\0b"},
        {"id": ""},
        {"type": None},
        {"value": {"a": 1}},
        {"tb_text": 7},
        {"time": "yesterday"},
        {"timeline": "none"},
        {"timeline": [[], [1], "x", None]},
        {"req_vars": [["a"], ["b", {"c": []}], 3]},
        {"topic": "\0\0"},
        {"url": "http://[broken"},
        {"duration": float("nan")},
        {"revno": 2**70},
        {"reporter": ["a"]},
        {"a.b$c": 1},
        {"": ""},
        {"username": "\ud800x"},
    ],
)
def test_odd_values_are_stored_or_quarantined_with_a_reason(post, over):
    body = json.dumps(json_report(**over)).encode("utf-8", "surrogatepass")
    answer = post(body, "application/json")
    assert answer.status_code in (202, 400)
    if answer.status_code == 202:
        result = process_all()
        assert result.total == 1
        if result.stored:
            assert find_report(answer.json()["ids"][0])


def test_an_empty_report_is_a_report(post):
    (oops_id,) = post(as_bson({})).json()["ids"]
    assert process_all().stored == 1
    assert find_report(oops_id).signature.problem.title
