"""The box in the header: ids first, words otherwise."""

from __future__ import annotations

from django.test import Client

from tests.making import make_report_dict, take_in


def search(reader: Client, text: str) -> tuple[int, str]:
    response = reader.get("/search", {"q": text})
    return response.status_code, response.get("Location") or response.content.decode()


def test_one_id_leads_straight_to_its_report(reader: Client) -> None:
    (stored,) = take_in(make_report_dict())
    text = f"see https://oops.example/oops.py/?oopsid={stored.oops_id}."
    assert search(reader, text) == (302, stored.get_absolute_url())


def test_a_paragraph_with_several_ids_lists_each_with_its_state(reader: Client) -> None:
    (stored,) = take_in(make_report_dict())
    status, page = search(reader, f"{stored.oops_id.lower()} and OOPS-1234A567 came together")
    assert status == 200
    assert "2 ids" in page
    assert stored.get_absolute_url() in page
    assert "unknown" in page


def test_words_find_problems_by_title_culprit_and_topic(reader: Client) -> None:
    take_in(make_report_dict(type="OddError", value="strange", topic="Peculiar:+page"))
    for words in ("odderror", "strange", "total_of", "peculiar", "odderror PECULIAR"):
        assert "OddError" in search(reader, words)[1], words
    assert "Nothing holds all" in search(reader, "odderror elsewhere")[1]


def test_a_single_word_is_an_id_where_a_report_has_it(reader: Client) -> None:
    (stored,) = take_in(make_report_dict(id="strangeid"))
    assert search(reader, "StrangeID") == (302, stored.get_absolute_url())


def test_wild_cards_are_ordinary_characters(reader: Client) -> None:
    take_in(make_report_dict())
    assert "Nothing holds all" in search(reader, "Key%Error")[1]
    assert "Nothing holds all" in search(reader, "KeyErro_")[1]


def test_an_empty_search_shows_the_box_alone(reader: Client) -> None:
    status, page = search(reader, "   ")
    assert status == 200
    assert "Nothing holds" not in page
