"""How well each tool's rules name the cause of labelled failures, side by side.

    python -m bench.grouping [--families 45] [--reports 12] [--seed 1]

The other rules are written from what their documentation and sources say they do.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Hashable

from bench.machine import describe
from reports.grouping import normalise_statement, parse_traceback, sign
from reports.grouping.places import is_application_frame
from reports.report import Report
from tests.grouping.labelled import Labelled, make_corpus
from tests.grouping.real_failures import make_real_failures
from tests.grouping.scores import score


def ours(item: Labelled) -> Hashable:
    return sign(item.report, is_time_out=item.is_time_out).key


def oops_tools(item: Labelled) -> Hashable:
    """Type and value, with a few things left out; time outs by most expensive statement."""
    report = item.report
    if item.is_time_out:
        return report.type, _most_expensive(report)
    value = re.sub(r"0x[0-9a-fA-F]+", "INSTANCE-ID", report.value)
    value = re.sub(r"in position \d+(-\d+)?", "in position INT", value)
    return report.type, re.sub(r"There were \d+ items", "There were INT items", value)[:1000]


def glitchtip(item: Labelled) -> Hashable:
    """Title, culprit and type."""
    return f"{item.report.type}: {item.report.value}", item.report.topic, item.report.type


def bugsink(item: Labelled) -> Hashable:
    """Type and the first line of the value, with common kinds of data replaced."""
    line = (item.report.value.splitlines() or [""])[0]
    for pattern in (r"[\w.+-]+@[\w.-]+", r"https?://\S+", r"[0-9a-f]{8}-[0-9a-f-]{27}",
                    r"\d+\.\d+\.\d+\.\d+", r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", r"0x[0-9a-f]+",
                    r"-?\d+\.\d+", r"-?\d+"):  # fmt: skip
        line = re.sub(pattern, "<x>", line)
    return item.report.type, line


def errbit(item: Labelled) -> Hashable:
    """Class, message, topic and every line of the backtrace, numbers too."""
    message = re.sub(r"#<(\w+):0x\w+>", r"#<\1>", item.report.value)
    frames = [(f.path, f.line, f.function) for f in parse_traceback(item.report.tb_text)]
    return item.report.type, message, item.report.topic, tuple(frames)


def sentry_like(item: Labelled) -> Hashable:
    """Type and the application's calls by module and function; else type and value."""
    frames = [f for f in parse_traceback(item.report.tb_text) if is_application_frame(f)]
    if not frames:
        return item.report.type, item.report.value
    return item.report.type, tuple(
        (f.path.rsplit("/", 1)[-1], f.function, f.source) for f in frames
    )


def _most_expensive(report: Report) -> str:
    totals: dict[str, float] = {}
    for step in report.timeline:
        shape = normalise_statement(step.detail)
        totals[shape] = totals.get(shape, 0) + step.duration_ms
    return max(totals, key=lambda shape: totals[shape], default="")


RULES: dict[str, Callable[[Labelled], Hashable]] = {
    "ours": ours,
    "oops-tools": oops_tools,
    "GlitchTip": glitchtip,
    "Bugsink v2": bugsink,
    "Errbit": errbit,
    "Sentry-like": sentry_like,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--families", type=int, default=45)
    parser.add_argument("--reports", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(describe())
    corpus = make_corpus(options.families, options.reports, options.seed)
    compare(f"Imagined failures, seed {options.seed}", corpus)
    compare(
        f"Real failures, seed {options.seed}", make_real_failures(options.reports, options.seed)
    )


def compare(title: str, corpus: list[Labelled]) -> None:
    """Print how each tool's rules do on the set."""
    labels = [item.label for item in corpus]
    print(f"\n{title}: {len(corpus):,} reports of {len(set(labels))} causes")
    print(
        f"{'rules':<12} {'B3 prec.':>9} {'B3 recall':>9} {'B3 F1':>7} {'pair F1':>8} {'groups':>7} {'µs each':>8}"
    )
    for name, rule in RULES.items():
        started = time.perf_counter()
        groups = [rule(item) for item in corpus]
        each = (time.perf_counter() - started) / len(corpus) * 1e6
        scores = score(labels, groups)
        print(
            f"{name:<12} {scores.precision:>9.3f} {scores.recall:>9.3f} {scores.f1:>7.3f}"
            f" {scores.pairwise_f1:>8.3f} {len(set(groups)):>7} {each:>8.0f}"
        )


if __name__ == "__main__":
    main()
