"""How long each summary takes with very many reports in one day.

    python -m bench.summary [--database URL] [--reports 1000000] [--problems 500]

Starts the whole product, seeds all reports into the last 24 hours through the
pipeline's own code, and calls what pages and mails are made of inside a process
of the product, without HTTP and templates: time and SQL queries of each.
"""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import UTC, datetime, timedelta

from bench.command import make_parser, print_machine, quantile, read_counts, run
from bench.seed import seed
from bench.site import Site, running_site

MEASURING = """
import json, time
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from reports.models import Problem
from reports.summaries.accounts import accounts_since
from reports.summaries.common_ground import find_common_ground
from reports.summaries.overview import read_overview
from reports.summaries.problem_list import topics_of
from reports.summaries.problem_page import read_sample, signatures_of
from reports.summaries.report_page import read_page
from reports.summaries.span import last
from reports.summaries.top import biggest_problems, count_new_problems, newest_problems
from reports.summaries.trends import trend_of_all, trend_of_problem, trends_of_problems

day, week = last("24h", timezone.now()), last("7d", timezone.now())
biggest = [*biggest_problems(day, 1, time_outs=False), *biggest_problems(day, 1, time_outs=True)]
first = max(biggest, key=lambda each: each.count).problem
every = list(Problem.objects.values_list("pk", flat=True)[:50])
sample = read_sample(first, signatures_of(first))
parts = {
    "overview of the day": lambda: read_overview(day),
    "overview of 7 days": lambda: read_overview(week),
    "trend of all": lambda: trend_of_all(day),
    "trend of the biggest problem": lambda: trend_of_problem(first.pk, day),
    "trends of 50 problems": lambda: trends_of_problems(every, day),
    "topics of 50 problems": lambda: topics_of(every, day),
    "20 biggest problems": lambda: biggest_problems(day, 20, time_outs=False),
    "20 biggest time outs": lambda: biggest_problems(day, 20, time_outs=True),
    "20 newest problems": lambda: newest_problems(day, 20),
    "number of new problems": lambda: count_new_problems(day),
    "common ground of the biggest": lambda: find_common_ground(first.pk, week),
    "sample of the biggest": lambda: read_sample(first, signatures_of(first)),
    "timeline of a report": lambda: read_page(sample.newest, join_repeats=True),
    "ledger of the day": lambda: list(accounts_since(day.start)),
}
found = {}
for name, ask in parts.items():
    ask()
    with CaptureQueriesContext(connection) as queries:
        ask()
    count = len(queries)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    found[name] = [times, count]
print(json.dumps(found))
"""
"""Run inside the product, where its models are."""


def measure_all(site: Site, options: Namespace) -> None:
    """Fill the day step by step, and measure at each."""
    for total in options.reports:
        lacking = total - site.count()
        if lacking > 0:
            end = datetime.now(UTC)
            start = end - timedelta(hours=23, minutes=45)
            rate = seed(site, lacking, start, end, problems=options.problems)
            print(f"\nseeded {lacking:,} into one day at {rate:,.0f}/s; {site.tend()}")
        said = site.run_code(*MEASURING.replace("ROUNDS", str(options.rounds)).splitlines())
        print_table(site, json.loads(said.splitlines()[-1]))


def print_table(site: Site, found: dict[str, tuple[list[float], int]]) -> None:
    """One line a summary."""
    print(f"\n{site.count():,} reports in the day")
    print(f"{'summary':<32} {'p50 ms':>9} {'p95 ms':>9} {'max ms':>9} {'queries':>8}")
    for name, (times, queries) in found.items():
        ms = [seconds * 1000 for seconds in times]
        print(
            f"{name:<32} {quantile(ms, 0.5):>9.1f} {quantile(ms, 0.95):>9.1f} {max(ms):>9.1f}"
            f" {queries:>8}",
            flush=True,
        )


def read_options(words: list[str] | None = None) -> Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("--database", default="", help="a PostgreSQL URL; default: embedded")
    parser.add_argument("--reports", type=read_counts, default=[1_000_000], help="in the day")
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=20)
    return parser.parse_args(words)


def main() -> None:
    options = read_options()
    print_machine()
    with running_site(options.database) as site:
        measure_all(site, options)


if __name__ == "__main__":
    run(main)
