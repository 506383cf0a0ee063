from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oopsweb.supervisor import Child, Supervisor

TREE = Path(__file__).resolve().parent.parent.parent


class Said(list[str]):
    def __call__(self, name: str, line: str) -> None:
        self.append(f"{name}: {line}")


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def supervisor(said: Said) -> Iterator[Supervisor]:
    supervisor = Supervisor(said)
    yield supervisor
    supervisor.stop()


def make_child(code: str, *, is_restarted: bool = True) -> Child:
    return Child("it", [sys.executable, "-uc", code], os.environ, is_restarted=is_restarted)


def tick_until(supervisor: Supervisor, is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        supervisor.tick()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_a_child_says_is_passed_on_under_its_name(supervisor: Supervisor, said: Said) -> None:
    code = r"import sys; sys.stdout.buffer.write(b'one\n\ntwo \xff'); sys.stderr.write('')"
    supervisor.start(make_child(code, is_restarted=False))
    tick_until(supervisor, lambda: len(said) == 2)
    assert said == ["it: one", "it: two \ufffd"]


def test_a_line_without_end_is_cut(supervisor: Supervisor, said: Said) -> None:
    supervisor.start(make_child("print('x' * 200_000, end='')", is_restarted=False))
    tick_until(supervisor, lambda: sum(len(line) - 4 for line in said) == 200_000)
    assert len(said) > 1


def test_a_child_that_dies_is_started_again(supervisor: Supervisor, said: Said) -> None:
    supervisor.start(make_child("print('here'); raise SystemExit(3)"))
    tick_until(supervisor, lambda: said.count("it: here") == 2)
    assert "it: ended with exit code 3; starting it again in 0.5 s" in said


def test_each_failure_makes_the_pause_longer() -> None:
    child = make_child("")
    child.started_at = time.monotonic()
    assert [child.count_failure() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_who_ran_long_has_a_clean_slate() -> None:
    child = make_child("")
    child.failures, child.started_at = 8, time.monotonic() - 60
    assert child.count_failure() == 0.5


def test_a_job_is_done_once(supervisor: Supervisor, said: Said) -> None:
    child = make_child("print('done')", is_restarted=False)
    supervisor.start(child)
    tick_until(supervisor, lambda: child.process is not None and child.process.poll() is not None)
    for _ in range(5):
        supervisor.tick()
    assert said == ["it: done"]


def test_a_stop_leaves_no_grandchild(supervisor: Supervisor, said: Said) -> None:
    code = "import subprocess; p = subprocess.Popen(['sleep', '600']); print(p.pid); p.wait()"
    supervisor.start(make_child(code))
    tick_until(supervisor, lambda: bool(said))
    pid = int(said[0].removeprefix("it: "))
    supervisor.stop()
    for _ in range(100):
        if not is_running(pid):
            return
        time.sleep(0.05)
    pytest.fail("the grandchild lives")


def test_a_child_deaf_to_sigterm_is_killed(supervisor: Supervisor, said: Said) -> None:
    child = make_child(
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf'); time.sleep(600)"
    )
    child.grace_s = 0.2
    supervisor.start(child)
    tick_until(supervisor, lambda: bool(said))
    supervisor.stop()
    assert child.exit_code == -9


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_the_children_of_a_killed_supervisor_end() -> None:
    code = (
        "import os, sys\n"
        "from oopsweb.supervisor import Child, Supervisor\n"
        "supervisor = Supervisor(lambda name, line: None)\n"
        "child = Child('it', ['sleep', '600'], os.environ)\n"
        "supervisor.start(child)\n"
        "print(child.process.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=TREE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    for _ in range(100):
        if not is_running(pid):
            return
        time.sleep(0.05)
    pytest.fail("the child lives")
