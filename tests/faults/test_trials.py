"""The short forms of the trials in trials.py, on sites that several of them share."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.faults.clock import find_compiler
from tests.faults.servers import PostgreSQL
from tests.faults.stage import Stage, standing
from tests.faults.trials import SHORT, TRIALS, Trial, run
from tests.rabbit_cluster import Node, is_installed, running_cluster
from tests.streaming_pair import find_programs

pytestmark = [
    pytest.mark.skipif(not is_installed(), reason="no RabbitMQ server is installed"),
    pytest.mark.skipif(find_programs() is None, reason="no PostgreSQL server is installed"),
]

BY_NAME = {trial.name: trial for trial in TRIALS}
PLAIN = [trial for trial in TRIALS if not trial.stage and trial.name != "all"]


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with running_cluster(1) as (node,):
        yield node


@pytest.fixture(scope="module")
def stage(node: Node) -> Iterator[Stage]:
    with standing(node) as stage:
        yield stage


def check(trial: Trial, stage: Stage) -> None:
    outcome = run(trial, stage, SHORT)
    print(f"\n{trial.name}: {outcome.did}; normal after {outcome.seconds_to_normal:.1f} s")
    assert outcome.is_good, outcome


@pytest.mark.parametrize("name", ["disk", "clock"])
def test_a_full_disk_and_another_clock_lose_nothing(name: str, node: Node) -> None:
    """Before the others: two sites that stand at once would share the broker's queue."""
    trial = BY_NAME[name]
    if lack := trial.find_lack(""):
        pytest.skip(lack)
    with standing(node, **dict(trial.stage)) as stage:
        check(trial, stage)
        if name == "clock":
            check(BY_NAME["midnight"], stage)


@pytest.mark.parametrize("trial", PLAIN, ids=lambda trial: trial.name)
def test_nothing_is_lost_and_nothing_comes_twice(trial: Trial, stage: Stage) -> None:
    check(trial, stage)


def test_poison_ends_in_quarantine_also_that_which_ends_its_worker(stage: Stage) -> None:
    """After the trial named poison, on the same site."""
    reasons = stage.reasons()
    assert reasons["kills-worker"] == 2
    assert {"truncated", "empty", "too-large", "too-deep"} <= reasons.keys()
    assert "failed" not in reasons


@pytest.mark.skipif(find_compiler() is None, reason="needs a C compiler, to set the clock")
def test_the_clock_of_the_trials_is_postgresqls_too(tmp_path_factory) -> None:
    from tests.faults.clock import Clock

    folder = tmp_path_factory.mktemp("clock")
    for each in (folder, *folder.parents):
        if each.stat().st_uid == folder.stat().st_uid and str(each).startswith("/tmp/"):
            each.chmod(0o755)
    clock = Clock(folder)
    programs = find_programs()
    assert programs is not None
    server = PostgreSQL(programs, folder / "postgres", clock.environ)
    server.make()
    try:
        clock.step(86_400)
        ((difference,),) = server.ask("SELECT extract(epoch FROM now() - %s)", clock.now())
        assert abs(difference) < 60
    finally:
        server.end(signal.SIGINT)
