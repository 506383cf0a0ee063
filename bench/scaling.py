"""Several hosts: how much 1, 2 and 4 workers store, with quorum queues and a hot standby.

    python -m bench.scaling [--reports N] [--workers 1,2,4] [--hosts namespaces|addresses]

Each host is a network namespace of its own, joined by a bridge (needs root and `ip`), else
an address 127.0.0.x: PostgreSQL primary, its standby, three RabbitMQ nodes, two web servers,
an AMQP consumer with beat, and the workers, one process each. For each number of workers it
prints two lines (CPU of web, workers and both PostgreSQL; brokers beside it; not the senders):

  waiting   the reports lie in the inbox, and only the workers work: what workers can do
  live      half come by HTTP over both web servers, half by AMQP through a quorum queue,
            while readers open pages: what the whole machine can do

At the end nothing may be missing, doubled or unbalanced; else it exits with 1.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from kombu import Connection, Exchange, Queue
from kombu.exceptions import ChannelError

from bench.corpus import Corpus
from bench.machine import TICKS, describe
from tests.rabbit_cluster import is_installed, running_cluster
from tests.streaming_pair import Pair, find_programs, running_pair

ROOT = Path(__file__).resolve().parent.parent
QUEUE = "oopses-scaling"
BATCH = 100
SENDERS = 4
PATIENCE_S = 60
BRIDGE = f"oopsbr{os.getpid() % 10000}"


@dataclass(frozen=True)
class Host:
    """An address, and what a command is put behind to run there."""

    name: str
    address: str
    prefix: tuple[str, ...] = ()


@contextmanager
def make_hosts(names: Sequence[str], kind: str) -> Iterator[dict[str, Host]]:
    """A host for each name; namespaces are removed afterwards."""
    if kind == "addresses":
        yield {name: Host(name, f"127.0.0.{number}") for number, name in enumerate(names, start=11)}
        return
    hosts: dict[str, Host] = {}
    try:
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("addr", "add", "10.199.0.1/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for number, name in enumerate(names, start=11):
            hosts[name] = _make_namespace(name, number)
        yield hosts
    finally:
        for host in hosts.values():
            _ip("netns", "del", host.prefix[-1])
        _ip("link", "del", BRIDGE)


def _make_namespace(name: str, number: int) -> Host:
    space = f"{BRIDGE}-{name}"
    outer, inner = f"{BRIDGE[4:]}v{number}", f"{BRIDGE[4:]}n{number}"
    _ip("netns", "add", space)
    _ip("link", "add", outer, "type", "veth", "peer", "name", inner)
    _ip("link", "set", inner, "netns", space)
    _ip("link", "set", outer, "master", BRIDGE)
    _ip("link", "set", outer, "up")
    _ip("-n", space, "addr", "add", f"10.199.0.{number}/24", "dev", inner)
    _ip("-n", space, "link", "set", inner, "up")
    _ip("-n", space, "link", "set", "lo", "up")
    return Host(name, f"10.199.0.{number}", ("ip", "netns", "exec", space))


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def can_make_namespaces() -> bool:
    """Whether this kernel and account allow it."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    probe = f"oopsprobe{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True).returncode:
        return False
    _ip("netns", "del", probe)
    return True


@dataclass(frozen=True)
class Used:
    """CPU seconds."""

    product: float
    brokers: float

    def __sub__(self, other: Used) -> Used:
        return Used(self.product - other.product, self.brokers - other.brokers)


@dataclass
class Site:
    """The product on its hosts."""

    pair: Pair
    hosts: dict[str, Host]
    folder: Path
    environ: dict[str, str]
    token: str = ""
    read_token: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def manage(self, host: str, *words: str) -> str:
        done = subprocess.run(
            [*self.hosts[host].prefix, sys.executable, "manage.py", *words],
            env=self._environ_of("manage"), cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def start(self, name: str, host: str, *words: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*self.hosts[host].prefix, sys.executable, "manage.py", *words],
                env=self._environ_of(name), cwd=ROOT, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def stop(self, *names: str) -> None:
        for name in names:
            self.processes[name].send_signal(signal.SIGTERM)
        for name in names:
            process = self.processes.pop(name)
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def ask(self, sql: str) -> int:
        return int(str(self.pair.primary.ask(sql, "oopsweb")))

    def stored(self) -> int:
        return self.ask("SELECT count(*) FROM reports_key")

    def waiting(self) -> int:
        return self.ask("SELECT count(*) FROM reports_inbox")

    def signal(self, number: signal.Signals, names: Sequence[str]) -> None:
        for name in names:
            os.killpg(self.processes[name].pid, number)

    def count_messages(self) -> int:
        with Connection(self.environ["BENCH_BROKERS"]) as connection:
            queue = Queue(QUEUE)(connection.channel())
            return int(queue.queue_declare(passive=True).message_count)

    def count_consumers(self, name: str) -> int:
        with Connection(self.environ["BENCH_BROKERS"]) as connection:
            try:
                return int(
                    Queue(name)(connection.channel()).queue_declare(passive=True).consumer_count
                )
            except ChannelError:
                return 0

    def cpu(self) -> Used:
        """CPU seconds so far: of the product and its databases, and of the brokers."""
        databases = self.pair.primary.folder.parent
        used: dict[bool, float] = {True: 0.0, False: 0.0}
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                environ = (process / "environ").read_bytes()
                is_broker = f"x{os.getpid()}@localhost".encode() in environ
                # PostgreSQL overwrites its environment, but stays in its folder.
                is_ours = f"OOPSWEB_DATA={self.folder}".encode() in environ
                if is_broker or is_ours or (process / "cwd").resolve().parent == databases:
                    fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
                    used[is_broker] += sum(map(int, fields[11:15])) / TICKS
        return Used(used[False], used[True])

    def _environ_of(self, name: str) -> dict[str, str]:
        return {**self.environ, "OOPSWEB_DATA": str(self.folder / name)}


@contextmanager
def running_site(workers: int, nodes: int, kind: str) -> Iterator[Site]:
    """All but the workers, ready; gone afterwards."""
    names = ["db1", "db2", "mq", "web1", "web2", "intake", *(f"w{n}" for n in range(workers))]
    with ExitStack() as stack:
        hosts = stack.enter_context(make_hosts(names, kind))
        db1, db2, mq = hosts["db1"], hosts["db2"], hosts["mq"]
        pair = stack.enter_context(
            running_pair((db1.address, db2.address), (db1.prefix, db2.prefix))
        )
        cluster = stack.enter_context(running_cluster(nodes, mq.address, mq.prefix))
        pair.primary.ask("CREATE DATABASE oopsweb")
        folder = Path(tempfile.mkdtemp(prefix="oopsweb-scaling-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        site = Site(pair, hosts, folder, _make_environ(pair, hosts, [n.url for n in cluster]))
        stack.callback(lambda: site.stop(*site.processes))
        _prepare(site)
        yield site


def _make_environ(pair: Pair, hosts: dict[str, Host], brokers: list[str]) -> dict[str, str]:
    addresses = [host.address for host in hosts.values()]
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "DATABASE_URL": pair.primary.url("oopsweb"),
        "DATABASE_REPLICA_URL": pair.standby.url("oopsweb"),
        "BROKER_URL": ";".join(brokers),
        "OOPSWEB_QUEUE_TYPE": "quorum",
        "OOPSWEB_SECRET_KEY": secrets.token_urlsafe(48),
        "OOPSWEB_ALLOWED_HOSTS": ",".join(addresses),
        "BENCH_BROKERS": ";".join(brokers),
    }


def _prepare(site: Site) -> None:
    site.manage("web1", "migrate", "-v", "0")
    site.token = site.manage("web1", "create_token", "sender", "--scope", "intake")
    site.read_token = site.manage("web1", "create_token", "reader", "--scope", "read")
    for name in ("web1", "web2"):
        address = site.hosts[name].address
        site.start(name, name, "run", "web", "--host", address, "--port", "8000")
    site.start("beat", "intake", "run", "beat")
    site.start("consumer", "intake", "consume_amqp", "--exchange", QUEUE, "--queue", QUEUE)
    end = time.monotonic() + PATIENCE_S
    while not all(_is_ready(site.hosts[name]) for name in ("web1", "web2")):
        if time.monotonic() > end:
            raise RuntimeError("\n".join(p.read_text() for p in site.folder.glob("*.log"))[-3000:])
        time.sleep(0.2)
    _wait_for_queue(site, end)


def _is_ready(host: Host) -> bool:
    with suppress(OSError, http.client.HTTPException):
        return _get(host, "/readyz", "")[0] == 200
    return False


def _wait_for_queue(site: Site, end: float) -> None:
    while True:
        try:
            site.count_messages()
            return
        except ChannelError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def _get(host: Host, path: str, token: str) -> tuple[int, str]:
    """Status, and which database the answer was read from."""
    connection = http.client.HTTPConnection(host.address, 8000, timeout=60)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.getheader("Oops-Read-From", "")


def post(host: Host, token: str, bodies: Sequence[bytes]) -> None:
    """Send each body, until it is accepted."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/bson-seq"}
    connection = http.client.HTTPConnection(host.address, 8000, timeout=60)
    for body in bodies:
        while True:
            try:
                connection.request("POST", "/api/reports/", body, headers)
                answer = connection.getresponse()
                answer.read()
            except (http.client.HTTPException, OSError):
                connection.close()
                continue
            if answer.status == 202:
                break
            time.sleep(0.2)
    connection.close()


def send_by_http(site: Site, bodies: list[bytes]) -> None:
    """In batches, from several senders, over both web servers."""
    joined = [b"".join(bodies[at : at + BATCH]) for at in range(0, len(bodies), BATCH)]
    webs = [site.hosts["web1"], site.hosts["web2"]]
    senders = [
        threading.Thread(target=post, args=(webs[k % 2], site.token, joined[k::SENDERS]))
        for k in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()


def send_by_amqp(site: Site, bodies: list[bytes]) -> None:
    """Persistent messages to the quorum queue, each sent once the one before is confirmed."""
    senders = [
        threading.Thread(target=_publish, args=(site, bodies[k::SENDERS])) for k in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()


def _publish(site: Site, bodies: list[bytes]) -> None:
    # Without confirms RabbitMQ may lose what it has taken while a queue changes its leader.
    confirming = {"confirm_publish": True}
    with Connection(site.environ["BENCH_BROKERS"], transport_options=confirming) as connection:
        producer = connection.Producer(exchange=Exchange(QUEUE, type="fanout", durable=True))
        for body in bodies:
            producer.publish(
                body,
                delivery_mode=2,
                content_type="application/octet-stream",
                content_encoding="binary",
            )


@contextmanager
def reading_pages(site: Site) -> Iterator[Counter[str]]:
    """A reader on each web server, once in 0.2 s; the tally is by status and database."""
    seen: Counter[str] = Counter()
    stop = threading.Event()

    def read(host: Host) -> None:
        while not stop.wait(0.2):
            try:
                status, source = _get(host, "/api/problems/", site.read_token)
            except (OSError, http.client.HTTPException):
                status, source = 0, "no answer"
            seen[f"{status} {source}"] += 1

    readers = [threading.Thread(target=read, args=(site.hosts[n],)) for n in ("web1", "web2")]
    for reader in readers:
        reader.start()
    try:
        yield seen
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def wait_for(site: Site, total: int) -> None:
    """Until that many reports can be seen."""
    seen, since = -1, time.monotonic()
    while (stored := site.stored()) < total:
        if stored > seen:
            seen, since = stored, time.monotonic()
        dead = [name for name, process in site.processes.items() if process.poll() is not None]
        if dead or time.monotonic() - since > PATIENCE_S:
            logs = "".join((site.folder / f"{name}.log").read_text()[-2000:] for name in dead)
            raise RuntimeError(
                f"{stored:,} of {total:,} are stored, {site.waiting():,} wait in the inbox,"
                f" {site.count_messages():,} in the queue; ended: {dead}\n{logs}"
            )
        time.sleep(0.05)


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    way: str
    workers: int
    reports: int
    seconds: float
    cpu: Used
    pages: str = ""

    def __str__(self) -> str:
        return (
            f"{self.way:<8} {self.workers:>7} {self.reports:>8,} {self.reports / self.seconds:>10,.0f}"
            f" {self.cpu.product / self.reports * 1000:>12.2f}"
            f" {self.cpu.brokers / self.reports * 1000:>8.2f}"
            f" {(self.cpu.product + self.cpu.brokers) / self.seconds:>11.2f}  {self.pages}"
        )


HEAD = (
    f"{'way':<8} {'workers':>7} {'reports':>8} {'stored/s':>10} {'CPU s/1,000':>12}"
    f" {'brokers':>8} {'cores busy':>11}  pages"
)


def measure_waiting(site: Site, workers: int, bodies: list[bytes]) -> Line:
    """Fill the inbox while the workers are held, then let them empty it."""
    names = _start_workers(site, workers)
    site.signal(signal.SIGSTOP, names)
    total = site.stored() + len(bodies)
    send_by_http(site, bodies)
    cpu, started = site.cpu(), time.monotonic()
    site.signal(signal.SIGCONT, names)
    wait_for(site, total)
    line = Line("waiting", workers, len(bodies), time.monotonic() - started, site.cpu() - cpu)
    site.stop(*names)
    return line


def measure_live(site: Site, workers: int, bodies: list[bytes]) -> Line:
    """Send half by HTTP and half by AMQP while workers work and readers read."""
    names = _start_workers(site, workers)
    total, half = site.stored() + len(bodies), len(bodies) // 2
    with reading_pages(site) as seen:
        cpu, started = site.cpu(), time.monotonic()
        other = threading.Thread(target=send_by_amqp, args=(site, bodies[half:]))
        other.start()
        send_by_http(site, bodies[:half])
        other.join()
        wait_for(site, total)
        took, used = time.monotonic() - started, site.cpu() - cpu
    site.stop(*names)
    pages = ", ".join(f"{what}: {count}" for what, count in sorted(seen.items()))
    return Line("live", workers, len(bodies), took, used, pages)


def _start_workers(site: Site, count: int) -> list[str]:
    names = [f"w{number}" for number in range(count)]
    for name in names:
        site.start(name, name, "run", "worker", "--processes", "1")
    end = time.monotonic() + PATIENCE_S
    while site.count_consumers("oopsweb-quorum") < count:
        if time.monotonic() > end:
            logs = "".join((site.folder / f"{name}.log").read_text()[-1000:] for name in names)
            raise RuntimeError(f"not all of {count} workers are there:\n{logs}")
        time.sleep(0.1)
    return names


def find_faults(site: Site, sent: int) -> list[str]:
    """What is wrong at the end, in words."""
    faults = []
    ledger = json.loads(site.manage("web1", "ledger", "--json", "--check"))
    if not ledger["balanced"]:
        faults.append("The ledger does not balance.")
    if not sent == ledger["stored"] == site.ask("SELECT count(*) FROM reports_report"):
        faults.append(f"{sent:,} were sent, {ledger['stored']:,} are stored.")
    site.pair.wait_for_replay()
    there = site.pair.standby.ask("SELECT count(*) FROM reports_report", "oopsweb")
    if there != sent:
        faults.append(f"The standby has {there} of {sent:,}.")
    return faults


def run(
    reports: int, workers: Sequence[int], nodes: int, kind: str
) -> tuple[list[Line], list[str]]:
    """Measure, and look for what is wrong."""
    lines, sent = [], 0
    with running_site(max(workers), nodes, kind) as site:
        print(HEAD, flush=True)
        # What is measured has dictionaries, names and problems as after its first minute.
        names = _start_workers(site, 1)
        send_by_http(site, list(Corpus(500, seed=7).bodies(1000)))
        wait_for(site, sent := 1000)
        site.stop(*names)
        for count in workers:
            for measure in (measure_waiting, measure_live):
                bodies = list(Corpus(500, seed=time.time_ns()).bodies(reports))
                lines.append(measure(site, count, bodies))
                print(lines[-1], flush=True)
                sent += reports
        faults = find_faults(site, sent)
    return lines, faults


def find_reason_to_skip() -> str:
    """What is missing here; empty if nothing is."""
    if find_programs() is None:
        return "no PostgreSQL programs with pg_basebackup are installed"
    if not is_installed():
        return "no RabbitMQ server is installed"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=10_000, help="for each line")
    parser.add_argument("--workers", default="1,2,4", help="how many hosts with one worker each")
    parser.add_argument("--nodes", type=int, default=3, help="of RabbitMQ")
    parser.add_argument(
        "--hosts", choices=("namespaces", "addresses"), help="default: namespaces where allowed"
    )
    options = parser.parse_args()
    if reason := find_reason_to_skip():
        sys.exit(f"This can't be run here: {reason}")
    # Ended from outside, it tidies up, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    kind = options.hosts or ("namespaces" if can_make_namespaces() else "addresses")
    print(describe())
    print(f"hosts: {kind}; {options.nodes} RabbitMQ nodes, quorum queues; primary and hot standby")
    _, faults = run(
        options.reports, list(map(int, options.workers.split(","))), options.nodes, kind
    )
    print(*faults or ["Nothing missing, nothing twice, ledger and counts equal."], sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
