"""A link that signs in once."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from reports.web.sign_in import make_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_superuser("admin")


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_opening_the_link_does_not_use_it_up(client: Client, user: User) -> None:
    link = make_link(user)
    for _ in range(2):
        page = client.get(link)
        assert page.status_code == 200
        assert "Sign in as admin" in page.text
    assert not is_signed_in(client)


def test_pressing_the_button_signs_in(client: Client, user: User) -> None:
    answer = client.post(make_link(user))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)


def test_a_used_link_signs_nobody_in_and_says_what_to_do(client: Client, user: User) -> None:
    link = make_link(user)
    Client().post(link)
    answer = client.post(link)
    assert answer.status_code == 410
    assert "manage.py sign_in_link" in answer.text
    assert not is_signed_in(client)


def test_a_link_dies_after_a_day(client: Client, user: User) -> None:
    link = make_link(user)
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=24, minutes=1)
    with time_machine.travel(later):
        assert client.post(link).status_code == 410


def test_a_link_of_a_closed_account_is_void(client: Client, user: User) -> None:
    link = make_link(user)
    User.objects.update(is_active=False)
    assert client.post(link).status_code == 410


@pytest.mark.parametrize(
    "uid", ["MQ", "x", "%00", "9" * 3000, "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"]
)
def test_a_made_up_link_is_void(client: Client, user: User, uid: str) -> None:
    assert client.get(f"/sign-in/{uid}/abc-def/").status_code == 410


def test_another_sites_form_cannot_press_the_button(user: User) -> None:
    assert Client(enforce_csrf_checks=True).post(make_link(user)).status_code == 403


def test_the_page_loads_nothing_from_elsewhere(client: Client, user: User) -> None:
    assert "default-src 'none'" in client.get(make_link(user))["Content-Security-Policy"]
