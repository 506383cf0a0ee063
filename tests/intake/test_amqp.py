"""AMQP intake against a real RabbitMQ: acknowledged only when it is on disk."""

import os
import time
from uuid import uuid4

import pytest
from django.db import OperationalError
from kombu import Connection, Exchange, Queue

from reports.formats import as_bson
from reports.intake import amqp
from reports.intake.amqp import NoSuchBroker, ReportConsumer
from reports.models import InboxItem, QuarantinedItem, StoredReport
from tests.making import make_report_dict, process_all

pytestmark = [pytest.mark.django_db, pytest.mark.amqp]


@pytest.fixture
def url(amqp_url):
    return amqp_url


@pytest.fixture
def name(url):
    unique = f"oopses-test-{os.getpid()}-{uuid4().hex[:8]}"
    yield unique
    with Connection(url) as connection, connection.channel() as channel:
        Queue(unique, channel=channel).delete()
        Exchange(unique, channel=channel).delete()


@pytest.fixture
def consumer(url, name):
    return ReportConsumer(url, exchange=name, queue=name)


def declare(url, name):
    with Connection(url) as connection:
        Queue(name, Exchange(name, type="fanout", durable=True), durable=True)(
            connection.channel()
        ).declare()


def publish(url, name, *bodies):
    with Connection(url) as connection:
        producer = connection.Producer(exchange=Exchange(name, type="fanout", durable=True))
        for body in bodies:
            producer.publish(
                body,
                delivery_mode=2,
                content_type="application/octet-stream",
                content_encoding="binary",
            )


def waiting_in(url, name):
    with Connection(url) as connection:
        return Queue(name)(connection.channel()).queue_declare(passive=True).message_count


def consume(consumer, count, seconds=15):
    """Until that many are kept; the limit only keeps a failing test from hanging."""
    end = time.monotonic() + seconds
    consumer.run(lambda: consumer.kept >= count or time.monotonic() > end)


def test_what_is_needed_is_declared_and_what_is_published_is_kept(url, name, consumer):
    consumer.run(_after(0.5))
    reports = [make_report_dict() for _ in range(3)]
    publish(url, name, *map(as_bson, reports))
    consume(consumer, 3)
    assert process_all().stored == 3
    assert waiting_in(url, name) == 0


def test_a_queue_that_is_there_is_used_as_it_is(url, name, consumer):
    with Connection(url) as connection:
        exchange = Exchange(name, type="topic", durable=False)
        Queue(name, exchange, routing_key="#", durable=False)(connection.channel()).declare()
        connection.Producer(exchange=exchange).publish(
            as_bson(make_report_dict()),
            routing_key="x",
            content_encoding="binary",
            content_type="application/octet-stream",
        )
    consume(consumer, 1)
    assert InboxItem.objects.count() == 1


def test_nothing_is_acknowledged_while_the_store_is_away(url, name, consumer, monkeypatch):
    declare(url, name)
    publish(url, name, as_bson(make_report_dict()))
    tries = []

    def lose_store(*_args):
        tries.append(1)
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(amqp, "keep", lose_store)
        patch.setattr(amqp.store, "close", lambda: None)
        consumer.run(lambda: len(tries) >= 1)
    assert consumer.kept == 0
    assert waiting_in(url, name) == 1
    consume(consumer, 1)
    assert process_all().stored == 1


def test_poison_is_acknowledged_and_ends_in_quarantine(url, name, consumer):
    declare(url, name)
    publish(url, name, b"poison", b"", as_bson(make_report_dict()), b"\xff" * 1000)
    consume(consumer, 4)
    assert process_all().quarantined == 3
    assert QuarantinedItem.objects.count() == 3
    assert waiting_in(url, name) == 0


def test_a_message_that_comes_twice_is_one_report(url, name, consumer):
    declare(url, name)
    body = as_bson(make_report_dict())
    publish(url, name, body, body)
    consume(consumer, 2)
    assert process_all().repeated == 1
    assert StoredReport.objects.count() == 1


def test_a_broker_that_is_not_there_is_tried_again(monkeypatch, caplog):
    consumer = ReportConsumer("amqp://guest:guest@127.0.0.1:1//", exchange="x", queue="x")
    monkeypatch.setattr(amqp, "FIRST_WAIT_SECONDS", 0.01)
    consumer._wait = 0.01
    consumer.run(lambda: consumer._wait > 0.05)
    assert caplog.text.count("The broker is not there") >= 3


def test_an_address_that_is_no_broker_is_refused_at_once():
    with pytest.raises(NoSuchBroker, match="amqp://guest:guest@127"):
        ReportConsumer("redis://127.0.0.1", exchange="x", queue="x")


def _after(seconds):
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end
