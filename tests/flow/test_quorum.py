"""Quorum queues of a real RabbitMQ cluster, and a node of it that dies."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from amqp.exceptions import MessageNacked
from kombu import Connection, Exchange
from kombu.exceptions import OperationalError

from reports.formats import as_bson
from reports.intake.amqp import QUORUM, ReportConsumer
from reports.models import InboxItem
from tests.flow.site import PATIENCE_S, Site, make_environ
from tests.making import make_report_dict
from tests.rabbit_cluster import is_installed, running_cluster

pytestmark = pytest.mark.skipif(not is_installed(), reason="no RabbitMQ server is installed")

NAME = "oopses-quorum"


@pytest.fixture(scope="module")
def nodes():
    with running_cluster(3) as nodes:
        yield nodes


@pytest.fixture
def consumer(nodes):
    urls = ";".join(node.url for node in nodes)
    return ReportConsumer(urls, exchange=NAME, queue=NAME, queue_type=QUORUM)


def consume(consumer, count):
    end = time.monotonic() + PATIENCE_S
    consumer.run(lambda: consumer.kept >= count or time.monotonic() > end)
    assert consumer.kept >= count


def publish(url):
    """Until a broker has said that it keeps it."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            with Connection(url, transport_options={"confirm_publish": True}) as connection:
                connection.Producer(exchange=Exchange(NAME, type="fanout", durable=True)).publish(
                    as_bson(make_report_dict()),
                    delivery_mode=2,
                    content_type="application/octet-stream",
                    content_encoding="binary",
                )
            return
        except (OSError, OperationalError, MessageNacked):
            # The nodes are choosing who leads the queue: the sender is told, and sends again.
            assert time.monotonic() < end


def types_of_queues(node):
    return dict(
        line.split("\t")
        for line in node.control("list_queues", "name", "type").splitlines()
        if "\t" in line
    )


@pytest.mark.django_db
def test_a_quorum_queue_is_made_read_and_emptied(nodes, consumer):
    consumer.run(_after(1.0))
    publish(nodes[0].url)
    consume(consumer, 1)
    assert InboxItem.objects.count() == 1
    assert types_of_queues(nodes[0])[NAME] == "quorum"


def test_the_whole_site_works_over_quorum_queues_and_without_the_first_node_that_is_named(
    nodes, tmp_path_factory
):
    nodes[0].kill()
    urls = ";".join(node.url for node in nodes)
    over = {"BROKER_URL": urls, "OOPSWEB_QUEUE_TYPE": "quorum"}
    site = Site(tmp_path_factory.mktemp("quorum"), make_environ(**over))
    try:
        site.wait_until_ready()
        types = types_of_queues(nodes[1])
        assert types["oopsweb-quorum"] == "quorum"
        assert not [name for name in types if name.startswith("celery")]
        with second_worker(site, over):
            wait_for_consumers(nodes[1], "oopsweb-quorum", 2)
        post(site)
        wait_until_stored(site, 1)
    finally:
        site.stop()


@pytest.mark.django_db
def test_the_consumer_goes_on_with_the_nodes_that_are_left(nodes, consumer):
    nodes[0].kill()
    publish(nodes[1].url)
    consume(consumer, 1)


@contextmanager
def second_worker(site, over):
    """On the same host, under the same name."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run", "worker", "--processes", "1"],
        env=make_environ(**over, OOPSWEB_DATA=str(site.folder)),
    )
    try:
        yield
        assert process.poll() is None
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def wait_for_consumers(node, queue, count):
    end = time.monotonic() + PATIENCE_S
    while f"{queue}\t{count}" not in node.control("list_queues", "name", "consumers"):
        assert time.monotonic() < end
        time.sleep(0.2)


def post(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_S)
    headers = {"Authorization": f"Bearer {site.token}"}
    connection.request("POST", "/api/reports/", as_bson(make_report_dict()), headers)
    assert connection.getresponse().status == 202
    connection.close()


def wait_until_stored(site, count):
    end = time.monotonic() + PATIENCE_S
    while True:
        said = subprocess.run(
            [sys.executable, "manage.py", "ledger", "--json"],
            env=make_environ(OOPSWEB_DATA=str(site.folder)),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        if json.loads(said)["stored"] == count:
            return
        assert time.monotonic() < end, site.said
        time.sleep(0.3)


def _after(seconds):
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end
