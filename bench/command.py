"""How every measurement begins and ends: options, the machine, and an end that leaves nothing."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import FrameType

from bench.machine import describe, load

STOPPING = (signal.SIGINT, signal.SIGTERM)
STOPPED = 130
"""The exit code of a run that somebody ended."""


def make_parser(doc: str) -> argparse.ArgumentParser:
    """A parser that says in `--help` what the script's docstring says."""
    return argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def read_counts(text: str) -> list[int]:
    """`10000,100000` as numbers."""
    counts = [int(word.replace("_", "")) for word in text.split(",")]
    if min(counts) < 1:
        raise argparse.ArgumentTypeError("counts begin at 1")
    return counts


def print_machine() -> None:
    """The heading of every table: when, where, and how busy it was before."""
    print(f"{datetime.now(UTC):%d %B %Y %H:%M} UTC, {describe()}")
    print(f"load before the run: {load():.2f}", flush=True)


def run(main: Callable[[], None]) -> None:
    """Call `main`. SIGTERM ends it as Ctrl-C does: all that it started is stopped."""
    for number in STOPPING:
        signal.signal(number, _interrupt)
    try:
        main()
    except KeyboardInterrupt:
        print("\nStopped; what was started is stopped too.", file=sys.stderr)
        sys.exit(STOPPED)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # Somebody who presses twice must not cut the tidying up short.
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all are not above; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
