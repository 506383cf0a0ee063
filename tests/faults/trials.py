"""The trials: each breaks something while reports come in, and tells what came of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.faults.clock import find_compiler
from tests.faults.senders import Book, Sending
from tests.faults.servers import ask
from tests.faults.stage import Stage, Verdict


@dataclass(frozen=True)
class Measure:
    """How much of everything."""

    reports: int
    rate: float
    """Reports a second that are offered."""
    times: int
    """How often a fault is brought about."""
    between_s: float
    pause_s: float
    """How long a worker stands still."""
    down_s: float
    """How long a server is away."""


LONG = Measure(reports=20_000, rate=400, times=10, between_s=3, pause_s=60, down_s=3)
SHORT = Measure(reports=300, rate=200, times=3, between_s=0.3, pause_s=1.5, down_s=0.3)


@dataclass(frozen=True)
class Outcome:
    """One line of the table."""

    name: str
    did: str
    verdict: Verdict
    seconds_to_normal: float
    troubles: int
    seconds: float
    reasons: dict[str, int]

    @property
    def is_good(self) -> bool:
        return self.verdict.is_good


Break = Callable[[Stage, Measure, Random, Sending], str]


@dataclass(frozen=True)
class Trial:
    """A fault, and what it needs."""

    name: str
    what: str
    bring_about: Break
    sending: tuple[tuple[str, Any], ...] = ()
    stage: tuple[tuple[str, Any], ...] = ()
    needs_own_server: bool = False

    def find_lack(self, database: str) -> str:
        """Why it can't be run here; empty if it can."""
        if self.needs_own_server and database:
            return "needs a PostgreSQL of its own"
        options = dict(self.stage)
        if options.get("has_clock") and find_compiler() is None:
            return "needs a C compiler, to set the clock"
        if options.get("is_small") and os.geteuid() != 0:
            return "needs root, to mount a small file system"
        return ""


def run(trial: Trial, stage: Stage, measure: Measure) -> Outcome:
    """Send, break, wait for normal service, compare."""
    begun = time.monotonic()
    book = Book()
    now = {"now": stage.clock.now} if stage.clock else {}
    sending = Sending(
        stage.address, book, measure.reports, rate=measure.rate, **dict(trial.sending), **now
    )
    sending.start()
    try:
        time.sleep(min(2.0, measure.between_s))
        did = trial.bring_about(stage, measure, Random(time.time_ns()), sending)
        seconds_to_normal = stage.seconds_to_normal()
        sending.wait()
    finally:
        sending.cancel()
    verdict = stage.judge(book)
    return Outcome(
        trial.name, did, verdict, seconds_to_normal, book.troubles,
        time.monotonic() - begun, stage.reasons(),
    )  # fmt: skip


def _kill(stage: Stage, measure: Measure, chance: Random, sending: Sending) -> str:
    kinds = ["worker", "consumer", "web", "beat", "scanner"]
    done = dict.fromkeys(kinds, 0)
    for number in range(measure.times * 2):
        kind = kinds[number % len(kinds)]
        done[kind] += stage.kill(kind, chance)
        time.sleep(measure.between_s * (0.5 + chance.random()) / 2)
    return "SIGKILL: " + ", ".join(f"{count} {kind}" for kind, count in done.items())


def _kill_postgres(stage: Stage, measure: Measure, chance: Random, sending: Sending) -> str:
    assert stage.postgres is not None
    numbers = [signal.SIGKILL, signal.SIGQUIT] * (1 + measure.times // 5)
    for number in numbers[: max(2, measure.times // 2)]:
        stage.postgres.end(number)
        time.sleep(measure.down_s)
        stage.postgres.start()
        time.sleep(measure.between_s)
    return f"server ended {max(2, measure.times // 2)} times (SIGKILL, immediate)"


def _cut(stage: Stage, measure: Measure, chance: Random, sending: Sending) -> str:
    done, end = 0, time.monotonic() + measure.times * measure.between_s
    while time.monotonic() < end or (done < measure.times and sending.is_under_way):
        done += stage.cut_connections(chance)
        time.sleep(measure.between_s / 10 * chance.random())
    return f"{done} connections cut in a transaction"


def _kill_rabbit(stage: Stage, measure: Measure, chance: Random, sending: Sending) -> str:
    times = max(1, measure.times // 5)
    for _ in range(times):
        stage.node.kill()
        time.sleep(measure.down_s)
        stage.node.start()
        stage.node.wait_until_ready()
        time.sleep(measure.between_s)
    return f"broker ended and started {times} times"


def _nothing(stage: Stage, measure: Measure, chance: Random, sending: Sending) -> str:
    while sending.is_under_way:
        time.sleep(0.1)
    return "each message sent twice" if sending.copies > 1 else "poison by AMQP and datedir"


def _fill_disk(stage: Stage, measure: Measure, chance: Random, sending: Sending) -> str:
    assert stage.postgres is not None
    ballast = stage.postgres.folder.parent / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 2**12):
            with suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass
    before = sending.book.troubles
    end = time.monotonic() + 30
    while sending.book.troubles < before + 5 and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(measure.down_s)
    refused = sending.book.troubles - before
    ballast.unlink()
    ended = not stage.postgres.is_running()
    if ended:
        stage.postgres.start()
    said = ", server ended by itself" if ended else ""
    return f"no room for a time, {refused} refusals{said}; then room"


def _pause(stage: Stage, measure: Measure, chance: Random, sending: Sending) -> str:
    was_paused = stage.pause_a_worker(measure.pause_s)
    assert was_paused, "no worker was met in the middle of a batch"
    return f"a worker stopped for {measure.pause_s:g} s in a batch"


def _step_clock(stage: Stage, measure: Measure, chance: Random, sending: Sending) -> str:
    assert stage.clock is not None
    steps = (3700, -7300, 86_400 * 3, -86_400 * 3 + 3600)
    for step in steps:
        stage.clock.step(step)
        stage.kill("worker", chance)
        time.sleep(measure.between_s)
    return "stepped " + ", ".join(f"{step:+,} s" for step in steps) + ", a worker killed each time"


def _pass_midnight(stage: Stage, measure: Measure, chance: Random, sending: Sending) -> str:
    assert stage.clock is not None
    wait_s = 1 if measure is SHORT else 10
    # Partitions are made for three days ahead: the first midnight meets one, the second none.
    for days in (0, 7):
        stage.clock.step(days * 86_400)
        stage.clock.set_shortly_before_midnight(wait_s)
        time.sleep(wait_s * 2)
        stage.seconds_to_normal()
    day = f"{stage.clock.now():%Y-%m-%d}"
    end = time.monotonic() + 30
    while time.monotonic() < end:
        filed = ask(stage.database, "SELECT count(*) FROM reports_report WHERE day = %s", day)
        if filed[0][0]:
            return "passed with its partition made in time, and again made on demand"
        time.sleep(0.1)
    raise AssertionError(f"nothing is filed under {day}")


def _everything(stage: Stage, measure: Measure, chance: Random, sending: Sending) -> str:
    said = [
        _kill(stage, measure, chance, sending),
        _cut(stage, measure, chance, sending),
        _kill_rabbit(stage, measure, chance, sending),
    ]
    if stage.postgres is not None:
        said.append(_kill_postgres(stage, measure, chance, sending))
    return "; ".join(said)


OWN_CLOCK = (("has_clock", True),)

TRIALS = (
    Trial("kills", "processes killed at random", _kill),
    Trial("postgres", "PostgreSQL killed and started", _kill_postgres, needs_own_server=True),
    Trial("cuts", "connections cut in transactions", _cut),
    Trial("broker", "RabbitMQ killed and started", _kill_rabbit),
    Trial("twice", "each message delivered twice", _nothing, (("copies", 2),)),
    Trial("poison", "poison among the reports", _nothing, (("poison", True),)),
    Trial("disk", "disk full, then room", _fill_disk, (), (("is_small", True),), True),
    Trial("pause", "a worker stopped with its claim", _pause),
    Trial("clock", "the clock stepped", _step_clock, (), OWN_CLOCK, True),
    Trial("midnight", "midnight passed", _pass_midnight, (), OWN_CLOCK, True),
    Trial("all", "all mixed", _everything, (("copies", 2), ("poison", True))),
)
