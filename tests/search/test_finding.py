"""What search finds is what a scan of every body finds."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.corpus import Corpus
from reports.formats import as_bson, read_report
from reports.models import StoredReport
from reports.search import finding
from reports.search.finding import Narrowing, find
from reports.search.matching import Content, matches
from reports.search.parser import parse
from reports.store.reading import load
from reports.store.words import backfilling, merging
from tests.making import make_report_dict, process_all, put_in_inbox, take_in

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture
def corpus():
    """Reports of many causes and the numbered samples, stored over several days."""
    chance = random.Random(7)
    bodies = []
    for report in Corpus(40, seed=3).reports(400):
        report["time"] = datetime.now(UTC) - timedelta(seconds=chance.random() * 5 * 86400)
        bodies.append(as_bson(report))
    bodies += [path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.suffix != ".md"]
    bodies = [body for body in bodies if body]
    chance.shuffle(bodies)
    # Batches of every size, as a site has them.
    while bodies:
        size = chance.choice((1, 3, 40, 150))
        put_in_inbox(*bodies[:size], media_type="")
        bodies = bodies[size:]
        process_all()
    return {row.key: Content(load(row).data) for row in StoredReport.objects.all()}


def find_keys(text, **over):
    """All that a query finds, page after page."""
    tree, keys, mark = parse(text), [], None
    while True:
        found = find(tree, size=over.get("size", 50), older_than=mark)
        keys += [row.key for row in found.reports]
        if not found.has_more:
            return keys, found
        mark = (found.reports[-1].occurred_at, found.reports[-1].key)


def scan(text, contents):
    """What looking into every report finds."""
    tree = parse(text)
    return {key for key, content in contents.items() if matches(tree, content)}


def test_random_words_are_found_where_a_scan_finds_them(corpus):
    chance = random.Random(11)
    words = sorted(set().union(*(content.words for content in corpus.values())))
    for word in chance.sample(words, 80):
        keys, found = find_keys(f'"{word}"')
        assert set(keys) == scan(f'"{word}"', corpus), word
        assert len(keys) == len(set(keys))
        assert (found.total, found.is_exact) == (len(keys), True) or len(keys) > 300


def test_random_prefixes_phrases_and_combinations_are_found_as_well(corpus):
    chance = random.Random(13)
    words = sorted(set().union(*(content.words for content in corpus.values())))
    texts = sorted({text for content in corpus.values() for text in content.texts})
    queries = [f"{chance.choice(words)[:size]}*" for size in (1, 2, 3, 4, 5) for _ in range(5)]
    for text in chance.sample(texts, 30):
        pieces = text.replace('"', " ").split()
        start = chance.randrange(max(1, len(pieces) - 3))
        queries.append('"' + " ".join(pieces[start : start + 3]) + '"')
    for _ in range(20):
        one, two, three = ('"' + chance.choice(words) + '"' for _ in range(3))
        queries.append(chance.choice((
            f"{one} or {two}", f"select {one}", f"-{one} {two}", f"({one} or {two}) -{three}",
            f"not ({one} or select)", f"keyerror -(sql {one})", f'"select {three[1:]} or {one}',
        )))  # fmt: skip
    for query in queries:
        try:
            parse(query)
        except ValueError:
            continue
        keys, _ = find_keys(query)
        assert set(keys) == scan(query, corpus), query


def test_joining_segments_changes_nothing_that_is_found(corpus, monkeypatch):
    monkeypatch.setattr(merging, "MIN_SEGMENTS", 2)
    queries = ["select", "keyerror or valueerror", "invo*", '"it failed"', "account -order"]
    before = [find_keys(query)[0] for query in queries]
    assert merging.merge_segments() > 8
    assert [find_keys(query)[0] for query in queries] == before
    assert merging.merge_segments() == 0


def test_what_was_stored_before_there_was_an_index_is_indexed_later(corpus, db):
    from django.db import connection

    before = find_keys("select")[0]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_word; DELETE FROM reports_segment")
        cursor.execute("INSERT INTO reports_unindexed SELECT DISTINCT day FROM reports_report")
    assert find_keys("select")[0] == []
    while backfilling.index_stored(limit=100):
        pass
    assert find_keys("select")[0] == before


def test_the_newest_come_first_and_pages_hold_each_once(corpus):
    keys, _ = find_keys("select", size=7)
    times = dict(StoredReport.objects.values_list("key", "occurred_at"))
    assert keys == sorted(keys, key=lambda key: (times[key], key), reverse=True)
    assert set(keys) == scan("select", corpus)


def test_pages_lead_back_as_they_led_on(corpus):
    query = parse("select -order or invo*")
    first = find(query, size=7)
    second = find(query, size=7, older_than=mark_of(first.reports[-1]))
    third = find(query, size=7, older_than=mark_of(second.reports[-1]))
    back = find(query, size=7, newer_than=mark_of(third.reports[0]))
    assert (back.reports, back.has_more) == (second.reports, True)
    back = find(query, size=7, newer_than=mark_of(second.reports[0]))
    assert (back.reports, back.has_more) == (first.reports, False)


def mark_of(row):
    return row.occurred_at, row.key


def test_a_total_that_is_not_counted_one_by_one_is_said_to_be_an_estimate(corpus):
    found = find(parse("select"), size=5)
    truth = len(scan("select", corpus))
    assert truth > finding.COUNTED_EXACTLY
    assert not found.is_exact
    assert 0.8 * truth < found.total < 1.2 * truth


def test_a_search_that_runs_out_of_time_says_how_far_it_came(corpus, monkeypatch):
    monkeypatch.setattr(finding, "LOOKING_SECONDS", 0)
    monkeypatch.setattr(finding, "COUNTED_EXACTLY", 0)
    found = find(parse('"such ledger nowhere" or "a* select"'), size=5)
    assert found.has_more or found.is_exact
    keys, mark = [], None
    for _ in range(100):
        found = find(parse("b*"), size=300, older_than=mark)
        keys += [row.key for row in found.reports]
        if not found.has_more:
            break
        mark = found.stopped_at or (found.reports[-1].occurred_at, found.reports[-1].key)
    assert set(keys) == scan("b*", corpus)


def test_a_search_can_be_narrowed_to_signatures_reporters_and_topics():
    apple, _ = take_in(
        make_report_dict(topic="Apple:+index", reporter="A1", url="http://a.example/needle"),
        make_report_dict(topic="Pear:+index", reporter="B1", url="http://b.example/needle"),
    )
    query = parse("needle")
    assert len(find(query, size=9).reports) == 2
    for narrowing in (
        Narrowing(reporters=[apple.facet.reporter_id]),
        Narrowing(topics=[apple.facet.topic_id], signatures=[apple.signature_id]),
    ):
        found = find(query, size=9, narrowing=narrowing)
        assert [row.key for row in found.reports] == [apple.key]
        assert (found.total, found.is_exact) == (1, True)
    assert find(query, size=9, narrowing=Narrowing(reporters=[])).reports == []


def test_what_was_masked_is_not_found():
    take_in(make_report_dict(req_vars={"HTTP_COOKIE": "session=hiddengem"}))
    assert find(parse("hiddengem"), size=9).total == 0
    assert find(parse("cookie"), size=9).total == 1


def test_a_report_that_holds_every_trick_can_be_read_and_found():
    hostile = {
        "id": "OOPS-trick",
        "a\tb\\N": "x\ny\\.",
        "n": [1] * 3000,
        "w": " ".join(map(str, range(9000))),
    }
    put_in_inbox(as_bson(hostile))
    assert process_all().stored == 1
    assert find(parse("8999"), size=9).total == 1
    assert read_report(as_bson(hostile)).id == "OOPS-trick"
