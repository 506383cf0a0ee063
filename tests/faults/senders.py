"""Careful senders: they try again until they are told that a report was accepted, and note it."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from random import Random
from typing import Any

import bson
from kombu import Connection, Exchange
from kombu.exceptions import KombuError

from bench.corpus import Corpus
from tests.faults.preload.sitecustomize import MARK

HTTP_BATCH = 25
PATIENCE_S = 600
PROBLEMS = 100


@dataclass
class Book:
    """What senders know: the ids they were told are accepted, and the marks of poison sent."""

    accepted: set[str] = field(default_factory=set)
    poison: dict[str, bytes] = field(default_factory=dict)
    troubles: int = 0
    """How often something had to be sent again."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, ids: list[str]) -> None:
        with self._lock:
            self.accepted.update(ids)

    def note_poison(self, name: str, content: bytes) -> None:
        with self._lock:
            self.poison[name] = content

    def note_trouble(self) -> None:
        with self._lock:
            self.troubles += 1


@dataclass(frozen=True)
class Address:
    """Where a site takes reports in."""

    port: int
    token: str
    amqp: str
    tree: Path


class Sending:
    """Reports on their way in by three ways at once, evenly over time."""

    def __init__(
        self, address: Address, book: Book, reports: int, *, rate: float, copies: int = 1,
        poison: bool = False, now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self.address, self.book, self.copies, self.now = address, book, copies, now
        self._is_cancelled = threading.Event()
        third = reports // 3
        seed = time.time_ns()
        ways: list[tuple[Callable[[list[bytes]], None], int, int]] = [
            (self._post, HTTP_BATCH, third),
            (self._publish, 10, third),
            (self._drop, 10, reports - 2 * third),
        ]
        self._threads = [
            threading.Thread(
                target=self._send, args=(way, batch, count, rate / 3, seed + number), daemon=True
            )
            for number, (way, batch, count) in enumerate(ways)
        ]
        if poison:
            self._threads.append(threading.Thread(target=self._poison, daemon=True))
        self.failures: list[str] = []

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def is_under_way(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE_S)
        assert not self.is_under_way, "a sender does not get rid of its reports"
        assert not self.failures, self.failures

    def cancel(self) -> None:
        """Let senders that try again give up."""
        self._is_cancelled.set()
        for thread in self._threads:
            thread.join(30)

    def _send(self, way: Any, size: int, count: int, rate: float, seed: int) -> None:
        try:
            begun, sent = time.monotonic(), 0
            for bodies in self._batches(Corpus(PROBLEMS, seed=seed), count, size):
                for _ in range(self.copies):
                    way(bodies)
                self.book.note([bson.decode(body)["id"] for body in bodies])
                sent += len(bodies)
                self._is_cancelled.wait(max(0.0, begun + sent / rate - time.monotonic()))
                if self._is_cancelled.is_set():
                    return
        except Exception as problem:  # noqa: BLE001 - a thread's failure is told by `wait`
            self.failures.append(f"{way.__name__}: {type(problem).__name__}: {problem}")

    def _batches(self, corpus: Corpus, count: int, size: int) -> Iterator[list[bytes]]:
        for begin in range(0, count, size):
            yield [
                bson.encode({**report, "time": self.now()})
                for report in corpus.reports(min(size, count - begin))
            ]

    def _again(self, action: Callable[[], bool]) -> None:
        """Until it says that it worked."""
        pause_s = 0.1
        while not self._is_cancelled.is_set():
            with suppress(OSError, http.client.HTTPException, KombuError, *AMQP_TROUBLES):
                if action():
                    return
            self.book.note_trouble()
            self._is_cancelled.wait(pause_s)
            pause_s = min(1.0, pause_s * 1.5)

    def _post(self, bodies: list[bytes]) -> None:
        self._again(lambda: post(self.address, bodies) is not None)

    def _publish(self, bodies: list[bytes]) -> None:
        self._again(lambda: publish(self.address.amqp, bodies))

    def _drop(self, bodies: list[bytes]) -> None:
        for body in bodies:
            self._again(lambda body=body: drop(self.address.tree, body))

    def _poison(self) -> None:
        try:
            for name, content in make_poison():
                ways = (self._publish, self._drop) if len(content) < 10**6 else (self._drop,)
                for way in ways:
                    way([content])
                if len(content) >= 10**6:
                    self._publish([content])
                self.book.note_poison(name, content)
                self._is_cancelled.wait(0.05)
        except Exception as problem:  # noqa: BLE001 - a thread's failure is told by `wait`
            self.failures.append(f"poison: {type(problem).__name__}: {problem}")


AMQP_TROUBLES = (*Connection("amqp://").connection_errors, *Connection("amqp://").channel_errors)


def post(address: Address, bodies: list[bytes]) -> list[str] | None:
    """The ids that were accepted; None if the site says to come back later."""
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=30)
    try:
        headers = {
            "Authorization": f"Bearer {address.token}",
            "Content-Type": "application/bson-seq",
        }
        connection.request("POST", "/api/reports/", b"".join(bodies), headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status in (429, 502, 503):
            return None
        assert answer.status == 202, (answer.status, said[:500])
        ids = json.loads(said)["ids"]
        assert ids == [bson.decode(body)["id"] for body in bodies]
        return list(ids)
    finally:
        connection.close()


def publish(url: str, bodies: list[bytes]) -> bool:
    """True once the broker has said of each that it has it."""
    exchange = Exchange("oopses", type="fanout", durable=True)
    options = {"confirm_publish": True}
    with Connection(url, connect_timeout=5, transport_options=options) as connection:
        producer = connection.Producer(exchange=exchange, auto_declare=False)
        for body in bodies:
            producer.publish(
                body, delivery_mode=2, content_type="application/octet-stream",
                content_encoding="binary", confirm_timeout=30, timeout=30,
            )  # fmt: skip
    return True


def drop(tree: Path, body: bytes) -> bool:
    """As oops_datedir_repo does: written aside, then renamed."""
    folder = tree / f"{datetime.now(UTC):%Y-%m-%d}"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns()}.{md5(body).hexdigest()[:8]}"
    draft = folder / f"{name}.tmp"
    draft.write_bytes(body)
    draft.rename(folder / name)
    return True


def make_poison() -> Iterator[tuple[str, bytes]]:
    """What no report should be, by a name that says what is wrong with it."""
    chance = Random(7)
    for number in range(10):
        yield f"undecodable bytes {number}", b"\xff" + chance.randbytes(500)
    whole = next(Corpus(1, seed=8).bodies(1))
    for number in range(10):
        yield f"truncated BSON {number}", whole[: 200 + 97 * number]
    yield "nothing at all", b""
    yield "30 MB", bson.encode({"id": "OOPS-" + "3" * 32, "value": "x" * 30 * 1024 * 1024})
    yield "deep nesting", _nest(5000)
    yield "ends its worker", bson.encode({"id": "OOPS-" + "e" * 32, "value": MARK.decode()})


def _nest(depth: int) -> bytes:
    """A document in a document and so on, which no encoder makes for us."""
    inner = b"\x05\0\0\0\0"
    for _ in range(depth):
        inner = (len(inner) + 8).to_bytes(4, "little") + b"\x03a\0" + inner + b"\0"
    return inner
