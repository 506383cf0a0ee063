"""Readers of pages."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.fixture
def reader(db: None) -> Client:
    """A client that is signed in."""
    client = Client()
    client.force_login(User.objects.create_user("ann", password="a long pass phrase"))
    return client
