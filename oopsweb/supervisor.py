"""One process that starts others, passes on what they say, and starts again what dies.

A child gets a process group of its own, so that Ctrl-C reaches only the
supervisor, which then ends all in order; and the kernel ends a child whose
supervisor was killed. One thread does it all: forking and threads do not mix.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oopsweb.embedded.account import die_with_parent

TICK_S = 0.2
STOP_SECONDS = 8.0
STEADY_SECONDS = 30.0  # who lived as long has not failed at its start
MAX_PAUSE_S = 30.0
READ_BYTES = 65_536
MAX_LINE_BYTES = 65_536

Say = Callable[[str, str], None]
"""Takes a child's name and one line."""


@dataclass
class Child:
    """A program to run, and its process if it runs."""

    name: str
    command: Sequence[str | Path]
    environ: Mapping[str, str]
    descriptors: Sequence[int] = ()
    is_restarted: bool = True
    grace_s: float = STOP_SECONDS
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    due_at: float = 0.0
    unfinished: bytearray = field(default_factory=bytearray)

    @property
    def exit_code(self) -> int | None:
        """What its last process ended with; None while it runs or before it did."""
        return self.process.returncode if self.process else None

    def count_failure(self) -> float:
        """Note that it died; the seconds to wait before the next start."""
        if time.monotonic() - self.started_at > STEADY_SECONDS:
            self.failures = 0
        self.failures += 1
        return float(min(MAX_PAUSE_S, 0.25 * 2**self.failures))


class Supervisor:
    """The children, in the order in which they were started."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._children: list[Child] = []
        self._outputs = selectors.DefaultSelector()

    def start(self, child: Child) -> None:
        """Run a child from now on."""
        self._children.append(child)
        self._launch(child)

    def tick(self) -> None:
        """Pass on what children say for a moment; start again who died."""
        self._listen(TICK_S)
        for child in self._children:
            self._look_after(child)

    def stop(self) -> None:
        """End all, the last started first, each within its grace, then by force."""
        for child in reversed(self._children):
            child.is_restarted = False
            _send(child, signal.SIGTERM)
        begun_at = time.monotonic()
        while any(_is_alive(child) for child in self._children):
            self._listen(TICK_S / 4)
            for child in self._children:
                if time.monotonic() - begun_at > child.grace_s:
                    _send(child, signal.SIGKILL)
        for child in self._children:
            # Also what a child may have left in its group.
            _send(child, signal.SIGKILL)
        self._listen(0)
        self._close_outputs()
        self._children.clear()

    def _launch(self, child: Child) -> None:
        """Start the process of a child."""
        parent = os.getpid()

        def prepare() -> None:
            die_with_parent(signal.SIGTERM)
            if os.getppid() != parent:  # it ended before the kernel knew
                os._exit(1)

        child.started_at = time.monotonic()
        child.due_at = 0.0
        child.process = subprocess.Popen(
            child.command,
            env=dict(child.environ),
            pass_fds=list(child.descriptors),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=prepare,
        )
        assert child.process.stdout is not None  # noqa: S101 - it is a pipe
        os.set_blocking(child.process.stdout.fileno(), False)
        self._outputs.register(child.process.stdout, selectors.EVENT_READ, child)

    def _look_after(self, child: Child) -> None:
        """Start a child again if it died and has waited long enough."""
        if not child.is_restarted or _is_alive(child):
            return
        if not child.due_at:
            _send(child, signal.SIGKILL)
            pause_s = child.count_failure()
            child.due_at = time.monotonic() + pause_s
            ended = _describe_end(child.exit_code)
            self._say(child.name, f"{ended}; starting it again in {pause_s:g} s")
        elif time.monotonic() >= child.due_at:
            self._launch(child)

    def _listen(self, seconds: float) -> None:
        """Pass on what the children say within `seconds`, line by line."""
        for key, _ in self._outputs.select(seconds):
            child: Child = key.data
            try:
                said = os.read(key.fd, READ_BYTES)
            except BlockingIOError:
                continue
            if said:
                self._pass_on(child, said)
            else:
                self._pass_on(child, b"\n" if child.unfinished else b"")
                self._outputs.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]

    def _pass_on(self, child: Child, said: bytes) -> None:
        """Say each finished line under the child's name."""
        child.unfinished += said
        if len(child.unfinished) > MAX_LINE_BYTES:
            child.unfinished += b"\n"
        *lines, rest = child.unfinished.split(b"\n")
        child.unfinished = rest
        for line in lines:
            if line.strip():
                self._say(child.name, line.decode("utf-8", "replace").rstrip())

    def _close_outputs(self) -> None:
        """Let go of the pipes of children that are gone."""
        for key in list(self._outputs.get_map().values()):
            self._outputs.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]


def _is_alive(child: Child) -> bool:
    """Whether its process runs."""
    return child.process is not None and child.process.poll() is None


def _send(child: Child, number: signal.Signals) -> None:
    """Signal a child: the process to end by itself, the whole group to end at once."""
    if child.process is None:
        return
    try:
        if number == signal.SIGKILL:
            os.killpg(child.process.pid, number)
        elif _is_alive(child):
            os.kill(child.process.pid, number)
    except ProcessLookupError:
        return


def _describe_end(exit_code: int | None) -> str:
    """How a process ended, in words."""
    if exit_code is not None and exit_code < 0:
        return f"killed by {signal.Signals(-exit_code).name}"
    return f"ended with exit code {exit_code}"
