"""The same error for the peer: nothing that costs work is left out of its event."""

import ast
import json

from bench.corpus import Corpus
from bench.peer_bugsink import make_envelope, make_event, make_settings

REPORT = next(Corpus(5).reports(1))


def test_an_event_has_what_the_report_has() -> None:
    event = make_event(REPORT)
    error = event["exception"]["values"][0]
    assert (error["type"], error["value"]) == (REPORT["type"], REPORT["value"])
    assert len(error["stacktrace"]["frames"]) == REPORT["tb_text"].count("  File ")
    statements = [step[3] for step in REPORT["timeline"]]
    assert [crumb["message"] for crumb in event["breadcrumbs"]["values"]] == statements
    assert event["request"]["url"] == REPORT["url"]
    assert len(event["request"]["headers"]) + len(event["request"]["data"]) + 1 == len(
        REPORT["req_vars"]
    )


def test_an_envelope_says_how_long_its_event_is() -> None:
    event = make_event(REPORT)
    head, item, payload, rest = make_envelope(event).split(b"\n")
    assert json.loads(head)["event_id"] == event["event_id"]
    assert json.loads(item)["length"] == len(payload)
    assert json.loads(payload) == event
    assert rest == b""


def test_settings_are_python_that_lifts_every_limit() -> None:
    text = make_settings(8123, "postgresql://postgres@127.0.0.1/peer")
    ast.parse(text)
    assert text.count("= 10**9") == 6
    assert "PHONEHOME'] = False" in text
    assert "parse_database_url('postgresql://postgres@127.0.0.1/peer')" in text
