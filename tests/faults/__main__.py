"""Break a whole site in every way, while reports come in by AMQP, HTTP and datedir at once.

    python -m tests.faults [--reports 20000] [--only kills,postgres] [--database URL] [--short]

Each trial runs `manage.py serve` and a datedir scanner on a PostgreSQL and a RabbitMQ node of
its own, sends distinct reports as careful clients do (they try again on 429, 503 and broken
connections), brings a fault about meanwhile, and checks: every report that was accepted is
stored, none twice; poison is in quarantine; `manage.py ledger --check` finds no fault. "normal"
is the time from the end of the fault until a fresh report is accepted and seen within two
seconds, with all that waits before it worked off.
Ends with 1 if anything is missing.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from dataclasses import replace

from bench.machine import describe
from tests.faults.killed_workers import drop_database, make_database
from tests.faults.stage import standing
from tests.faults.trials import LONG, SHORT, TRIALS, Measure, Outcome, Trial, run
from tests.rabbit_cluster import is_installed, running_cluster
from tests.streaming_pair import find_programs

HEAD = (
    f"{'trial':<10}{'accepted':>9}{'stored':>8}{'repeated':>9}{'quarant.':>9}{'lost':>6}{'twice':>6}"
    f"{'tried again':>12}{'normal, s':>10}{'all, s':>8}  ledger, counts"
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="trials: " + "; ".join(f"{trial.name}: {trial.what}" for trial in TRIALS),
    )
    parser.add_argument("--reports", type=int, help="for each trial (default 20000)")
    parser.add_argument("--rate", type=float, help="reports a second that are sent (default 400)")
    parser.add_argument("--database", default="", help="a server's URL; default: one of our own")
    parser.add_argument("--only", default="", metavar="NAME[,NAME]", help="only these trials")
    parser.add_argument("--short", action="store_true", help="a few seconds for each trial")
    options = parser.parse_args()
    measure = SHORT if options.short else LONG
    measure = replace(
        measure,
        reports=options.reports or measure.reports,
        rate=options.rate or measure.rate,
    )
    names = [name for name in options.only.split(",") if name]
    unknown = set(names) - {trial.name for trial in TRIALS}
    if unknown:
        parser.error(f"no such trial: {', '.join(sorted(unknown))}")
    if not is_installed() or find_programs() is None:
        sys.stdout.write("PostgreSQL and RabbitMQ servers must be installed for this.\n")
        return 1
    chosen = [trial for trial in TRIALS if not names or trial.name in names]
    return 0 if run_all(chosen, measure, options.database) else 1


def run_all(trials: list[Trial], measure: Measure, database: str) -> bool:
    """Run and print; whether all is well."""
    _say(describe())
    _say(
        f"PostgreSQL: {database or find_programs()}; {measure.reports:,} reports a trial,"
        f" {measure.rate:g}/s offered"
    )
    _say(HEAD)
    outcomes = [
        _run_one(trial, measure, database) for trial in trials if not _is_left_out(trial, database)
    ]
    is_good = all(outcome.is_good for outcome in outcomes)
    _say("good" if is_good else "NOT GOOD")
    return is_good


def _is_left_out(trial: Trial, database: str) -> bool:
    lack = trial.find_lack(database)
    if lack:
        _say(f"{trial.name:<10} left out: {lack}")
    return bool(lack)


def _run_one(trial: Trial, measure: Measure, database: str) -> Outcome:
    with ExitStack() as stack:
        url = ""
        if database:
            url = make_database(database)
            stack.callback(drop_database, url, database)
        (node,) = stack.enter_context(running_cluster(1))
        stage = stack.enter_context(standing(node, database=url, **dict(trial.stage)))
        outcome = run(trial, stage, measure)
    _say(write_line(outcome))
    return outcome


def write_line(outcome: Outcome) -> str:
    """An outcome as a line of the table, and what was done below it."""
    verdict = outcome.verdict
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(outcome.reasons.items()))
    return (
        f"{outcome.name:<10}{verdict.accepted:>9,}{verdict.stored:>8,}{verdict.repeated:>9,}"
        f"{verdict.quarantined:>9,}{verdict.lost:>6,}{verdict.doubled:>6,}"
        f"{outcome.troubles:>12,}{outcome.seconds_to_normal:>10.1f}{outcome.seconds:>8.0f}"
        f"  {verdict.ledger or 'equal'}\n{'':<10}{outcome.did}"
        + (f"\n{'':<10}in quarantine: {reasons}" if reasons else "")
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
