"""RabbitMQ nodes of our own, joined to a cluster, with folders and ports nobody else uses."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from kombu import Connection

from tests.flow.site import find_free_port

PROGRAMS = Path("/usr/lib/rabbitmq/bin")
PATIENCE_S = 120


def is_installed() -> bool:
    """Whether there is a RabbitMQ to start."""
    return (PROGRAMS / "rabbitmq-server").exists() and (PROGRAMS / "rabbitmqctl").exists()


class Node:
    """One node: its name, folder, ports and process."""

    def __init__(self, folder: Path, number: int, epmd_port: int, host: str, prefix: Sequence[str]):
        self.name = f"oops{number}x{os.getpid()}@localhost"
        self.folder = folder / f"node{number}"
        self.folder.mkdir()
        self.folder.chmod(0o777)
        self.host, self.prefix = host, prefix
        self.port = find_free_port()
        self.process: subprocess.Popen[bytes] | None = None
        (self.folder / "empty.conf").write_text(
            "loopback_users = none\nvm_memory_high_watermark.absolute = 1GB\n"
        )
        (self.folder / "enabled_plugins").write_text("[].\n")
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_NODE_IP_ADDRESS": host,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(find_free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "empty.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "no-such-file"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
            "ERL_EPMD_PORT": str(epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{self.host}:{self.port}//"

    def start(self) -> None:
        with (self.folder / "out").open("ab") as out:
            self.process = subprocess.Popen(
                [*self.prefix, *_lend([str(PROGRAMS / "rabbitmq-server")])],
                env=self.environ, stdout=out, stderr=out, cwd="/", start_new_session=True,
            )  # fmt: skip

    def wait_until_ready(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while True:
            with suppress(OSError), Connection(self.url, connect_timeout=2) as connection:
                connection.connect()
                return
            said = (self.folder / "out").read_text()[-2000:]
            assert self.process is not None
            assert self.process.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.2)

    def control(self, *words: str) -> str:
        done = subprocess.run(
            [*self.prefix, *_lend([str(PROGRAMS / "rabbitmqctl"), "-q", "-n", self.name, *words])],
            env=self.environ, capture_output=True, text=True, cwd="/", timeout=PATIENCE_S,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kill(self) -> None:
        """As a host that loses its power."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE_S)
        self.process = None


@contextmanager
def running_cluster(
    count: int = 3, host: str = "127.0.0.1", prefix: Sequence[str] = ()
) -> Iterator[list[Node]]:
    """Nodes that know each other; all are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="oopsweb-rabbit-", dir="/tmp"))
    folder.chmod(0o777)
    cookie = folder / ".erlang.cookie"
    cookie.write_text(f"oopsweb{os.getpid()}")
    if os.geteuid() == 0:
        account = pwd.getpwnam("rabbitmq")
        os.chown(cookie, account.pw_uid, account.pw_gid)
    cookie.chmod(0o400)
    epmd_port = find_free_port()
    nodes = [Node(folder, number, epmd_port, host, prefix) for number in range(1, count + 1)]
    try:
        # A daemon of its own in its group, so that it can be ended with the rest.
        epmd = subprocess.Popen(
            [*prefix, *_lend(["epmd", "-port", str(epmd_port), "-address", "127.0.0.1"])],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
        for node in nodes:
            node.start()
        for node in nodes:
            node.wait_until_ready()
        for node in nodes[1:]:
            node.control("stop_app")
            node.control("join_cluster", nodes[0].name)
            node.control("start_app")
            node.wait_until_ready()
        yield nodes
    finally:
        for node in nodes:
            node.kill()
        epmd.terminate()
        epmd.wait(PATIENCE_S)
        shutil.rmtree(folder, ignore_errors=True)


def _lend(command: list[str]) -> list[str]:
    """The command as the package's own account, where root may choose."""
    if os.geteuid() != 0:
        return command
    account = pwd.getpwnam("rabbitmq")
    return [
        "setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups",
        *command,
    ]  # fmt: skip
