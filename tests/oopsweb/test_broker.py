"""Celery's messages in a folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from kombu import Connection

from oopsweb.celery import app


def connect(folder: Path) -> Connection:
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "processed_folder": str(folder / "taken"),
        "control_folder": str(folder / "control"),
    }
    return Connection("folder://", transport_options=options)


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Any]:
    with connect(tmp_path) as connection:
        yield connection.channel()


def test_messages_come_out_in_the_order_of_their_going_in(channel: Any) -> None:
    for number in range(5):
        channel._put("work", {"n": number})
    assert [channel._get("work")["n"] for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(Empty):
        channel._get("work")


def test_a_queue_does_not_get_what_is_for_one_of_a_longer_name(channel: Any) -> None:
    channel._put("more.work", {})
    with pytest.raises(Empty):
        channel._get("work")


def test_a_message_is_seen_whole_or_not_at_all(channel: Any, tmp_path: Path) -> None:
    (tmp_path / "messages" / ".1_x.draft").write_text('{"half')
    with pytest.raises(Empty):
        channel._get("work")


def test_each_message_is_taken_once_by_many_readers(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        writer = connection.channel()
        for number in range(200):
            writer._put("work", {"n": number})
    taken: list[int] = []

    def read() -> None:
        with connect(tmp_path) as connection:
            channel = connection.channel()
            while True:
                try:
                    taken.append(channel._get("work")["n"])
                except Empty:
                    return

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert sorted(taken) == list(range(200))
    assert not any((tmp_path / "taken").iterdir())


def test_threads_send_to_the_same_broker_as_the_process() -> None:
    seen = []
    thread = threading.Thread(target=lambda: seen.append(current_app._get_current_object()))
    thread.start()
    thread.join()
    assert seen == [app]


def test_the_beat_table_names_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
        assert entry["options"][settings.MESSAGE_EXPIRY] == entry["schedule"]


def test_without_a_broker_of_its_own_it_keeps_to_the_data_folder() -> None:
    folder = app.conf.broker_transport_options["data_folder_in"]
    assert Path(folder).is_relative_to(settings.DATA_FOLDER)
