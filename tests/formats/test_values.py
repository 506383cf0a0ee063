"""Whatever a sender puts into a report becomes something plain, or the report is refused."""

from datetime import UTC, datetime, timedelta, timezone

import bson
import pytest

from reports.formats import Undecodable, read_report
from reports.formats.values import as_time, make_safe


def nest(levels):
    inner = {}
    for _ in range(levels - 2):
        inner = [inner] if isinstance(inner, dict) else {"a": inner}
    return {"top": inner}


def test_a_hundred_levels_are_read_and_one_more_is_too_deep():
    assert make_safe(nest(100)) == nest(100)
    with pytest.raises(Undecodable) as refused:
        make_safe(nest(101))
    assert refused.value.reason == "too-deep"


def test_depth_that_would_exhaust_the_stack_is_too_deep():
    with pytest.raises(Undecodable):
        make_safe(nest(100_000))


def test_depth_hidden_in_tuples_is_seen():
    inner = ()
    for _ in range(200):
        inner = (inner,)
    with pytest.raises(Undecodable):
        make_safe({"a": inner})


def test_what_is_safe_is_not_copied():
    data = {"a": [{"b": b"\xff"}, 1.5, None, True, -(2**63)], "t": datetime.now(UTC), "é": "☃"}
    assert make_safe(data) is data


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("a\0b", "a␀b"),
        ("\ud800x", "\\ud800x"),
        ("\\u0000 as six characters", "\\u0000 as six characters"),
        (2**63, str(2**63)),
        ((1, (2,)), [1, [2]]),
        (datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 1, 1, tzinfo=UTC)),
        (bson.Timestamp(2**31, 5), str(2**63 + 5)),
        (bson.Timestamp(0, 5), 5),
        (bson.DBRef("c", 1, "d"), {"$ref": "c", "$id": 1, "$db": "d"}),
        (bson.Code("f\0"), "f␀"),
        (bson.Binary(b"x", 7), b"x"),
        (bson.Int64(5), 5),
        (bson.DatetimeMS(10**17), f"{10**17} ms since 1970"),
        ({1: {None: 2}}, {"1": {"": 2}}),
        ({"a\0": 1, "a␀": 2}, {"a␀": 1, "a␀'": 2}),
    ],
)  # fmt: skip
def test_what_is_not_plain_is_made_so(value, safe):
    made = make_safe({"k": value})["k"]
    assert made == safe
    assert type(made) is type(safe)


def test_a_safe_dict_can_be_written_as_bson_again():
    made = make_safe({"i": 2**80, "k\0": "\ud800", "t": (bson.MinKey(), {3: object})})
    assert bson.decode(bson.encode(made))


@pytest.mark.parametrize(
    ("told", "time"),
    [
        ("2026-11-24T10:00:00", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ("2026-11-24T10:00:00+02:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 10:00:00 +0200", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (1274400000, datetime(2010, 5, 21, tzinfo=UTC)),
        ("1274400000.5", datetime(2010, 5, 21, 0, 0, 0, 500_000, tzinfo=UTC)),
        (1274400000000, datetime(2010, 5, 21, tzinfo=UTC)),
        ("0001-01-01T00:00:00+05:00", None),
        (10**30, None),
        (float("nan"), None),
        (True, None),
        ("yesterday", None),
        ("", None),
        ([2026], None),
    ],
)
def test_times_are_read_as_senders_write_them(told, time):
    assert as_time(told) == time


def test_a_time_that_cannot_be_read_is_noted_and_kept():
    report = read_report(b'{"time": "yesterday"}')
    assert report.occurred_at is None
    assert report.data["time"] == "yesterday"
    assert "yesterday" in report.notes[0]
