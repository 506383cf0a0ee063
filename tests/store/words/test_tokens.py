"""What is a word, and what is none."""

import pytest

from reports.store.words.tokens import texts_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lp.bugs.model.BugTask", {"lp", "bugs", "model", "bugtask", "bug", "task"}),
        ("/srv/shop/user_id", {"srv", "shop", "user", "id"}),
        ("HTTPServer", {"httpserver", "http", "server"}),
        ("user12", {"user12", "user", "12"}),
        ("d41d8cd98f00b204", {"d41d8cd98f00b204"}),
        ("Straße ΣΟΦΙΑ", {"straße", "σοφια"}),
        ("日本語 text", {"日本語", "text"}),
        ("id = 10000017 AND x='a-b'", {"id", "10000017", "and", "x", "a", "b"}),
        ("...", set()),
    ],
)
def test_words_of_a_text(text, words):
    assert words_of(texts_of({"k": text})) == words | {"k"}


def test_keys_values_and_numbers_at_any_depth_are_words():
    data = {"outer": {"inner": ["deep", {"order": 4711}]}, "raw": b"caf\xc3\xa9", "flag": True}
    assert words_of(texts_of(data)) == {
        "outer", "inner", "deep", "order", "4711", "raw", "café", "flag",
    }  # fmt: skip


def test_the_times_of_timeline_rows_are_no_words():
    assert texts_of({"timeline": [[1234, 5678, "SQL", "SELECT 9", None]]}) == [
        "timeline",
        "SQL",
        "SELECT 9",
    ]


def test_a_timeline_that_is_none_is_searched_like_anything():
    assert "odd" in words_of(texts_of({"timeline": {"odd": 1}}))
