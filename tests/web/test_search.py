"""The box in the header: ids first, words otherwise."""

from __future__ import annotations

import re

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
    assert "No report holds all" in search(reader, "odderror elsewhere")[1]


def test_words_inside_a_report_lead_to_it(reader: Client) -> None:
    (stored,) = take_in(make_report_dict(req_vars={"form.colour": "VeryMauve"}))
    for words in ("mauve", "verym*", '"form.colour"', "mauve -green", "prices (mauve or green)"):
        page = search(reader, words)[1]
        assert stored.get_absolute_url() in page, words
        assert "1 report with these words" in page


def test_a_long_search_has_pages_both_ways(reader: Client) -> None:
    take_in(*(make_report_dict(note=f"findme n{number}") for number in range(60)))
    first = search(reader, "findme")[1]
    assert first.count("/oops/OOPS-") == 25
    address = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = reader.get("/search" + address).content.decode()
    assert second.count("/oops/OOPS-") == 25
    assert 'rel="prev"' in second


def test_a_mistake_in_a_query_is_shown_where_it_is(reader: Client) -> None:
    page = search(reader, 'prices ("no such')[1]
    assert "<mark>&quot;no such</mark>" in page
    assert "not closed" in page


def test_a_single_word_is_an_id_where_a_report_has_it(reader: Client) -> None:
    (stored,) = take_in(make_report_dict(id="strangeid"))
    assert search(reader, "StrangeID") == (302, stored.get_absolute_url())


def test_wild_cards_are_ordinary_characters(reader: Client) -> None:
    take_in(make_report_dict())
    assert "No report holds all" in search(reader, "Key%Error")[1]
    assert "No report holds all" in search(reader, "KeyErro_")[1]


def test_an_empty_search_shows_the_box_alone(reader: Client) -> None:
    status, page = search(reader, "   ")
    assert status == 200
    assert "Nothing holds" not in page
