"""The ways in, each sending a list of BSON bodies to a running site."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from bench.site import ROOT, Site, stop

BATCH = 100
"""Reports in a request of many."""

PATIENCE_SECONDS = 60
"""How long a sender goes on against a site that doesn't take what it sends."""

Way = Callable[[Site, list[bytes], int], float]
"""Sends the bodies with so many senders; gives the time.monotonic() at which it began."""


class Refused(Exception):
    """The site doesn't take a report that it should take."""


class Sender:
    """One sender with one kept connection, who tries again as real ones do."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)

    def post(self, body: bytes, media_type: str) -> None:
        """Send until it is accepted. Refused after a minute of other answers, or if it is bad."""
        end = time.monotonic() + PATIENCE_SECONDS
        while (answer := self._try(body, media_type)) != 202:
            if answer not in (0, 429, 503) or time.monotonic() > end:
                raise Refused(f"The site answers {answer}")
            time.sleep(0.2)

    def _try(self, body: bytes, media_type: str) -> int:
        headers = {"Authorization": f"Bearer {self.site.token}", "Content-Type": media_type}
        try:
            self.connection.request("POST", "/api/reports/", body, headers)
            answer = self.connection.getresponse()
            answer.read()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            return 0
        return answer.status


def send_http_batches(site: Site, bodies: list[bytes], senders: int) -> float:
    """A hundred in a request."""
    joined = [b"".join(bodies[i : i + BATCH]) for i in range(0, len(bodies), BATCH)]
    return _post_all(site, joined, "application/bson-seq", senders)


def send_http_singly(site: Site, bodies: list[bytes], senders: int) -> float:
    """Each in a request of its own."""
    return _post_all(site, bodies, "application/bson", senders)


def _post_all(site: Site, bodies: Sequence[bytes], media_type: str, senders: int) -> float:
    failures: list[Exception] = []

    def send(part: Sequence[bytes]) -> None:
        sender = Sender(site)
        try:
            for body in part:
                sender.post(body, media_type)
        except Refused as refused:
            failures.append(refused)
        finally:
            sender.connection.close()

    began = time.monotonic()
    threads = [threading.Thread(target=send, args=(bodies[k::senders],)) for k in range(senders)]
    for thread in threads:
        thread.daemon = True
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return began


def send_datedir(site: Site, bodies: list[bytes], senders: int) -> float:
    """As rsync leaves them: the files lie there, and one scan takes them in."""
    root = site.data / f"tree-{time.monotonic_ns()}"
    folder = root / f"{datetime.now(UTC):%Y-%m-%d}"
    folder.mkdir(parents=True)
    for number, body in enumerate(bodies):
        (folder / f"{number:08}").write_bytes(body)
    began = time.monotonic()
    site.run_command("scan_datedir", str(root))
    return began


def send_amqp(site: Site, bodies: list[bytes], senders: int) -> float:
    """As oops_amqp publishes: persistent messages to a durable exchange, while one consumer runs."""
    from kombu import Connection, Exchange, Queue

    url = os.environ.get("OOPS_AMQP_URL", "amqp://guest:guest@127.0.0.1//")
    name = f"oopsbench-{os.getpid()}-{time.monotonic_ns()}"
    exchange = Exchange(name, type="fanout", durable=True)
    with Connection(url) as connection:
        queue = Queue(name, exchange, durable=True)(connection.channel())
        queue.declare()
        try:
            with _consuming(site, url, name):
                _wait_for_consumer(queue)
                before = site.count()
                began = time.monotonic()
                _publish(connection.Producer(exchange=exchange), bodies)
                # The consumer is part of the site: it must be there until all is in.
                while site.count() < before + len(bodies) and queue.queue_declare(passive=True)[1]:
                    time.sleep(0.2)
                site.wait_for(before + len(bodies))
        finally:
            queue.delete()
            exchange(connection.channel()).delete()
    return began


def _publish(producer: object, bodies: Sequence[bytes]) -> None:
    for body in bodies:
        producer.publish(
            body,
            delivery_mode=2,
            content_type="application/octet-stream",
            content_encoding="binary",
        )


@contextmanager
def _consuming(site: Site, url: str, name: str) -> Iterator[None]:
    consumer = subprocess.Popen(
        [sys.executable, "manage.py", "consume_amqp", "--exchange", name, "--queue", name],
        env=site.environ | {"OOPS_AMQP_URL": url},
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        stop(consumer, 30)


def _wait_for_consumer(queue: object) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not queue.queue_declare(passive=True)[2]:
        if time.monotonic() > end:
            raise Refused("The AMQP consumer does not start")
        time.sleep(0.1)


WAYS: dict[str, Way] = {
    "http-batch": send_http_batches,
    "http-single": send_http_singly,
    "amqp": send_amqp,
    "datedir": send_datedir,
}
