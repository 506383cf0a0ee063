"""Each measurement with tiny numbers, on a whole site: the tables are there and add up."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bench import ingest, pages, summary
from bench.corpus import Corpus
from bench.seed import cut, seed
from bench.site import Site

INGEST = ["--problems", "20", "--senders", "2", "--warm-up", "20", "--wait-seconds", "0"]
INGEST += ["--steady-seconds", "0.2", "--copy-seconds", "0.1", "--reports", "120", "--tables"]


def _rows(said: str, heading: str) -> dict[str, list[str]]:
    """The lines of the last table below a heading, by their first words."""
    _, _, below = said.rpartition(heading)
    rows = [re.split(r"\s{2,}", line.strip()) for line in below.splitlines()[1:]]
    return {row[0]: row[1:] for row in rows if len(row) > 1}


def test_intake_is_measured_by_every_way_that_needs_no_broker(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    before = site.count()
    ways = "http-batch,http-single,datedir"
    ingest.measure_all(site, ingest.read_options([*INGEST, "--ways", ways]))
    said = capsys.readouterr().out
    for way in ways.split(","):
        found = re.search(rf"^{way} +120 +\S+ +\S+ +\S+ +(\S+) +(\S+) +(\S+)$", said, re.M)
        assert found, said
        assert float(found[1]) >= float(found[2]) >= 0  # PostgreSQL's is a part of all CPU
    assert "reports_report " in said
    assert "reports_inbox" not in said
    assert "20 of 20 seen" in said
    assert "bare COPY" in said
    assert site.count() == before + 20 + 3 * 120 + 20
    assert site.ask("SELECT to_regclass('bare')") == [(None,)]


@pytest.mark.amqp
def test_intake_is_measured_by_amqp(site: Site) -> None:
    line, grown = ingest.measure(site, "amqp", list(Corpus(20, seed=2).bodies(50)), 1)
    assert re.match(r"amqp +50 ", line)
    assert grown["reports_key"] >= 0


def test_all_tables_count_but_the_inbox(site: Site) -> None:
    sizes = site.bytes_by_table()
    assert {"reports_report", "reports_key", "reports_word", "reports_bodydictionary"} <= set(sizes)
    assert "reports_inbox" not in sizes
    assert not [name for name in sizes if re.search(r"_\d{8}$", name)]  # under their parent


def test_seeding_cuts_time_evenly() -> None:
    end = datetime.now(UTC)
    stretches = cut(1_250, end - timedelta(days=3), end)
    assert [stretch.count for stretch in stretches] == [500, 500, 250]
    assert [each.end - each.start for each in stretches] == [timedelta(days=1)] * 3


def test_seeded_reports_are_stored_counted_and_in_the_ledger(site: Site) -> None:
    before = site.count()
    end = datetime.now(UTC)
    seed(site, 700, end - timedelta(days=2), end, problems=20, processes=2)
    assert site.count() == before + 700
    site.run_command("ledger", "--check")


def test_pages_are_measured_as_the_store_grows(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    first = max(site.count(), 100)
    sizes = f"{first},{first + 100}"
    options = ["--reports", sizes, "--problems", "20", "--rounds", "2"]
    pages.measure_all(site, pages.read_options(options))
    said = capsys.readouterr().out
    assert said.count("requests each") == 2
    rows = _rows(said, "requests each")
    for name in ("overview, 24 h", "problem list", "problem", "report", "API report",
                 "search, rare word", "API search, word of every report"):  # fmt: skip
        assert name in rows, said
        assert int(rows[name][4]) > 0  # queries
    assert not re.search(r"answers .*[45]\d\d", said), said


def test_summaries_are_measured(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    total = site.count() + 200
    options = ["--reports", str(total), "--problems", "20", "--rounds", "2"]
    summary.measure_all(site, summary.read_options(options))
    rows = _rows(capsys.readouterr().out, "reports in the day")
    assert int(rows["overview of the day"][3]) > 0  # queries
    assert "common ground of the biggest" in rows
