"""AMQP: messages as oops_amqp publishes them, acknowledged once they are in the inbox.

A consumer that dies, or whose store or broker goes away, has acknowledged
nothing that is not on disk: the broker delivers the rest again, and an id
makes that no second report.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import DatabaseError, InterfaceError
from django.db import connection as store
from kombu import Connection, Consumer, Exchange, Message, Queue
from kombu.exceptions import ChannelError, ConnectionError
from kombu.exceptions import OperationalError as BrokerError

from reports.intake.inbox import Incoming, find_source, keep
from reports.models import Source

CLASSIC = "classic"
QUORUM = "quorum"
"""Kept by most nodes of a broker's cluster before the sender is told that it is."""

PREFETCH = 1000
BATCH_MESSAGES = 500
BATCH_BYTES = 16 * 1024 * 1024
LINGER_SECONDS = 0.05
"""How long a batch that is not full waits for more."""
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30
HEARTBEAT_SECONDS = 30

log = logging.getLogger(__name__)


class NoSuchBroker(ValueError):
    """The address names no AMQP broker."""


@dataclass
class Batch:
    """Messages that are not yet kept, nor acknowledged."""

    messages: list[Message] = field(default_factory=list)
    size: int = 0
    since: float = 0.0

    def add(self, message: Message) -> None:
        """Hold one more."""
        if not self.messages:
            self.since = time.monotonic()
        self.messages.append(message)
        self.size += len(message.body)

    @property
    def is_due(self) -> bool:
        """Whether it is full, or has waited long enough."""
        return bool(self.messages) and (
            len(self.messages) >= BATCH_MESSAGES
            or self.size >= BATCH_BYTES
            or time.monotonic() - self.since >= LINGER_SECONDS
        )


class ReportConsumer:
    """Reads one queue until told to stop, through every failure of broker and store."""

    def __init__(
        self,
        url: str,
        *,
        exchange: str,
        queue: str,
        routing_key: str = "",
        queue_type: str = CLASSIC,
    ) -> None:
        if not url.startswith(("amqp://", "amqps://", "pyamqp://")):
            raise NoSuchBroker(f"{url!r} is no AMQP address; one is amqp://guest:guest@127.0.0.1//")
        self.url, self.exchange, self.queue, self.routing_key = url, exchange, queue, routing_key
        self.queue_type = queue_type
        self.kept = 0
        self._wait = FIRST_WAIT_SECONDS

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Consume until `should_stop`; reconnects by itself, waiting longer each time."""
        while not should_stop():
            try:
                self._consume(should_stop)
            except (ConnectionError, ChannelError, BrokerError, OSError) as problem:
                self._pause("The broker is not there", problem, should_stop)
            except (DatabaseError, InterfaceError) as problem:
                store.close()
                self._pause("The store is not there", problem, should_stop)

    def _consume(self, should_stop: Callable[[], bool]) -> None:
        batch = Batch()
        with Connection(self.url, heartbeat=HEARTBEAT_SECONDS, connect_timeout=5) as connection:
            queue = self._declare(connection)
            channel = connection.channel()
            # For each consumer: quorum queues refuse a limit that is the channel's.
            channel.basic_qos(0, PREFETCH, False)
            log.info("Reading %s", self.queue)
            with Consumer(channel, [queue], on_message=batch.add, auto_declare=False):
                while not should_stop():
                    self._receive(connection)
                    if batch.is_due:
                        self._keep(batch)
                        batch = self._renew(batch)

    def _receive(self, connection: Connection) -> None:
        connection.heartbeat_check()
        with suppress(TimeoutError):
            connection.drain_events(timeout=LINGER_SECONDS)

    def _keep(self, batch: Batch) -> None:
        incoming = [
            Incoming(_bytes(message.body), origin=f"message {message.delivery_tag}")
            for message in batch.messages
        ]
        keep(incoming, find_source(Source.Transport.AMQP, self.queue))
        batch.messages[-1].ack(multiple=True)
        self.kept += len(incoming)
        self._wait = FIRST_WAIT_SECONDS

    @staticmethod
    def _renew(batch: Batch) -> Batch:
        # The consumer holds a reference to this very batch.
        batch.messages, batch.size = [], 0
        return batch

    def _declare(self, connection: Connection) -> Queue:
        """Use the queue as it is, or make it: durable, bound to a durable fanout exchange."""
        exchange = Exchange(self.exchange, type="fanout", durable=True)
        queue = Queue(
            self.queue,
            exchange,
            routing_key=self.routing_key,
            durable=True,
            queue_arguments=None
            if self.queue_type == CLASSIC
            else {"x-queue-type": self.queue_type},
        )
        try:
            with connection.channel() as channel:
                queue(channel).queue_declare(passive=True)
        except ChannelError:
            with connection.channel() as channel:
                self._declare_exchange(connection, exchange)
                queue(channel).queue_declare()
                queue(channel).queue_bind()
        return queue

    def _declare_exchange(self, connection: Connection, exchange: Exchange) -> None:
        try:
            with connection.channel() as channel:
                exchange(channel).declare(passive=True)
        except ChannelError:
            with connection.channel() as channel:
                exchange(channel).declare()

    def _pause(self, what: str, problem: Exception, should_stop: Callable[[], bool]) -> None:
        log.warning("%s, trying again in %.1f s: %s", what, self._wait, str(problem).strip())
        end = time.monotonic() + self._wait
        while time.monotonic() < end and not should_stop():
            time.sleep(0.1)
        self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)


def _bytes(body: bytes | str | memoryview) -> bytes:
    return body.encode("utf-8", "surrogateescape") if isinstance(body, str) else bytes(body)
