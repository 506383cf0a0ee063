"""Which real servers answer here, for the tests that want one.

DATABASE_URL and BROKER_URL (or OOPS_AMQP_URL) name them; else their standard
local ports are tried, with the accounts that they have after an installation.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import psycopg2
from kombu import Connection

LOCAL_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
LOCAL_AMQP = "amqp://guest:guest@127.0.0.1:5672//"
PATIENCE_S = 3


@dataclass(frozen=True)
class Service:
    """A server that was looked for: its address, and its version if it answered."""

    kind: str
    url: str
    version: str | None
    marker: str

    @property
    def place(self) -> str:
        """Host and port, without the account."""
        return urlsplit(self.url.partition(";")[0]).netloc.rpartition("@")[2] or "a local socket"


@cache
def find_postgres() -> Service:
    """The PostgreSQL of DATABASE_URL, else the local one."""
    url = os.environ.get("DATABASE_URL") or LOCAL_POSTGRES
    try:
        connection = psycopg2.connect(url, connect_timeout=PATIENCE_S)
    except psycopg2.Error:
        return Service("PostgreSQL", url, None, "postgres")
    try:
        number = connection.info.server_version
        return Service("PostgreSQL", url, f"{number // 10000}.{number % 10000}", "postgres")
    finally:
        connection.close()


@cache
def find_amqp() -> Service:
    """The broker of OOPS_AMQP_URL or BROKER_URL, else the local RabbitMQ."""
    url = os.environ.get("OOPSWEB_TEST_AMQP_URL") or LOCAL_AMQP
    try:
        with Connection(url, connect_timeout=PATIENCE_S) as connection:
            connection.connect()
            properties = connection.connection.server_properties
    except (OSError, *Connection(url).connection_errors):
        return Service("RabbitMQ", url, None, "amqp")
    return Service("RabbitMQ", url, str(properties.get("version", "")), "amqp")


@contextmanager
def make_database(url: str, name: str) -> Iterator[str]:
    """A database of its own on a real server, gone afterwards; yields its address."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0")
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        connection.close()
