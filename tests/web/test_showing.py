"""Senders' values on a page: nothing invisible, nothing endless."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reports.templatetags import showing as filters
from reports.web.showing import MAX_DEPTH, MAX_LINES, WHOLE, cut, reveal, write_out


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "a␀b"),
        ("\x1b[31m", "␛[31m"),
        ("abc\u202egnp.exe", "abc⟨U+202E⟩gnp.exe"),
        ("\u200b", "⟨U+200B⟩"),
        ("\udc80", "⟨U+DC80⟩"),
        ("\x85", "⟨U+0085⟩"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("naïve 日本 🐞", "naïve 日本 🐞"),
    ],
)
def test_what_can_not_be_seen_is_named(text: str, shown: str) -> None:
    assert reveal(text) == shown
    reveal(text).encode()


def test_a_megabyte_is_cut_and_says_how_much_is_left_out() -> None:
    found = cut("x" * 1_000_000)
    assert found.length == 1_000_000
    assert len(found.head) + len(found.rest) + found.left_out == 1_000_000
    assert len(found.head) + len(found.rest) == WHOLE


def test_a_deep_value_is_written_to_a_limit() -> None:
    value: object = "end"
    for _ in range(5_000):
        value = {"in": [value]}
    text = write_out(value)
    assert "deeper levels" in text
    assert len(text.splitlines()) <= 2 * MAX_DEPTH


def test_a_long_list_is_written_to_a_limit() -> None:
    assert len(write_out(list(range(100_000))).splitlines()) == MAX_LINES + 1


def test_values_of_every_kind_are_written() -> None:
    text = write_out({"a": None, "b": [], "c": b"\xff", "d": {"e": 1.5}, "f": [[1]]})
    assert text.splitlines() == [
        "a: None", "b: []", "c: \\xff", "d:", "    e: 1.5", "f:", "    -", "        - 1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, filters.NONE),
        (0, "0 %"),
        (0.0001, "< 0.1 %"),
        (0.004, "0.4 %"),
        (0.999, "99 %"),
        (1, "100 %"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float | None, words: str) -> None:
    assert filters.percent(share) == words


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x", "http://[", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    assert not filters.is_web_address(url)
    assert filters.is_web_address("https://example.com/a")


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=2), "10:00"),
        (timedelta(days=1), "Mon 12:00"),
        (timedelta(days=26), "29 Oct"),
        (timedelta(days=400), "20 Oct 2025"),
        (timedelta(days=-1), "25 Nov"),
    ],
)
def test_times_are_relative_then_the_clock_then_the_date(
    monkeypatch: pytest.MonkeyPatch, age: timedelta, words: str
) -> None:
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    monkeypatch.setattr(filters.timezone, "now", lambda: now)
    tag = filters.moment(now - age)
    assert f">{words}</time>" in tag
    assert f'datetime="{now - age:%Y-%m-%dT%H:%M:%SZ}"' in tag


@pytest.mark.parametrize(
    ("username", "parts"),
    [
        ("Elena Rossi, 17, elena-r", ("Elena Rossi", "17", "elena-r")),
        ("Rossi, Elena, 17, elena-r", ("Rossi, Elena", "17", "elena-r")),
        ("<anonymous>", ("<anonymous>", "", "")),
        ("a, b, c", ("a, b, c", "", "")),
        ("", ("", "", "")),
    ],
)
def test_a_user_in_launchpads_form_has_three_parts(username: str, parts: tuple[str, ...]) -> None:
    user = filters.split_user(username)
    assert (user.name, user.number, user.login) == parts
