from __future__ import annotations

import pytest
from celery.exceptions import OperationalError as BrokerError
from django.db import OperationalError
from django.test import Client

from reports.web import health


def fail_with(error: Exception) -> object:
    def ask() -> None:
        raise error

    return ask


def test_a_living_process_says_so_without_a_database(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_ready_when_store_and_broker_answer(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "parts": {"store": "ok", "broker": "ok"}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "error"),
    [
        ("store", OperationalError("password=hunter2")),
        ("broker", BrokerError("hunter2")),
        ("broker", ConnectionRefusedError("hunter2")),
    ],
)
def test_the_part_that_is_away_is_named_without_details(
    client: Client, monkeypatch: pytest.MonkeyPatch, part: str, error: Exception
) -> None:
    monkeypatch.setattr(health, f"_ask_{part}", fail_with(error))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert answer.json()["parts"][part] == "unreachable"
    assert "hunter2" not in answer.text
