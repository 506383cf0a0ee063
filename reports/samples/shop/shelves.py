"""The shop's tables, filled with books and customers by chance."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from random import Random

from reports.samples.shop.database import make_record

SCHEMA = """
CREATE TABLE publisher (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE category (id INTEGER PRIMARY KEY, name TEXT NOT NULL, parent INTEGER);
CREATE TABLE book (
    id INTEGER PRIMARY KEY, isbn TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    price TEXT NOT NULL, publisher INTEGER, category INTEGER NOT NULL,
    rating_sum INTEGER NOT NULL, rating_count INTEGER NOT NULL, is_withdrawn INTEGER NOT NULL);
CREATE TABLE customer (
    id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE, country TEXT, currency TEXT NOT NULL, is_staff INTEGER NOT NULL);
CREATE TABLE purchase (
    id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, placed_at TEXT NOT NULL,
    state TEXT NOT NULL, currency TEXT NOT NULL);
CREATE TABLE purchase_line (
    purchase INTEGER NOT NULL, book INTEGER NOT NULL, quantity INTEGER NOT NULL);
CREATE INDEX purchase_line_purchase ON purchase_line (purchase);
CREATE INDEX purchase_customer ON purchase (customer);
"""

CATEGORIES = [
    ("Books", None), ("Novels", 1), ("Poetry", 1), ("History", 1), ("Travel", 6), ("Maps", 5),
    ("Gardening", 1), ("Computing", 1), ("Cookery", 1), ("Children", 1),
]  # fmt: skip
"""Travel and Maps stand below each other since somebody sorted them by hand."""

PUBLISHERS = ["Harbour Press", "Lantern & Vale", "Quillfeather", "Ostrava Books", "Nine Elms"]
SUBJECTS = ["Night Ferry", "Orchard", "Glass Harbour", "Salt Road", "Paper Atlas", "Winter Garden"]
FORMS = ["The {}", "A History of the {}", "Return to the {}", "The {} Cookbook", "{}: Poems"]
FIRST_NAMES = ["Ann", "José", "Mirela", "Oskar", "Yuki", "Zoë", "Tomáš", "Ngozi", "Lars", "Priya"]
LAST_NAMES = ["Okafor", "Lindqvist", "Novák", "Weber", "Tanaka", "Moreau", "Shah", "Brown"]
CURRENCIES = ["GBP"] * 12 + ["EUR"] * 12 + ["SEK", "CHF"]
BOOKS, CUSTOMERS, PURCHASES = 240, 90, 700


def fill_shelves(chance: Random, now: datetime) -> sqlite3.Connection:
    """A database in memory. Its owner begins and ends transactions itself."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = make_record
    connection.executescript(SCHEMA)
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO publisher VALUES (?, ?)", enumerate(PUBLISHERS, start=1))
    connection.executemany(
        "INSERT INTO category VALUES (?, ?, ?)",
        [(number, *category) for number, category in enumerate(CATEGORIES, start=1)],
    )
    _add_books(connection, chance)
    _add_customers(connection, chance)
    _add_purchases(connection, chance, now)
    connection.execute("COMMIT")
    return connection


def _add_books(connection: sqlite3.Connection, chance: Random) -> None:
    connection.executemany(
        "INSERT INTO book VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                number,
                make_isbn(number),
                chance.choice(FORMS).format(chance.choice(SUBJECTS)),
                f"{chance.randint(4, 60)}.{chance.choice(['00', '50', '99'])}",
                None if number % 9 == 0 else chance.randint(1, len(PUBLISHERS)),
                chance.randint(1, len(CATEGORIES)),
                3 * (number % 7),
                number % 7,
                int(number % 17 == 0),
            )
            for number in range(1, BOOKS + 1)
        ],
    )


def make_isbn(number: int) -> str:
    """An ISBN-13 with its check digit."""
    digits = f"978186197{number:03d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _add_customers(connection: sqlite3.Connection, chance: Random) -> None:
    for number in range(1, CUSTOMERS + 1):
        first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
        login = f"{last.lower().encode('ascii', 'ignore').decode()}{number}"
        connection.execute(
            "INSERT INTO customer VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                login,
                f"{first} {last}",
                f"{login}@mail.example",
                chance.choice(["GB", "DE", "SE", "CZ", "JP", None]),
                chance.choice(CURRENCIES),
                int(number <= 3),
            ),
        )


def _add_purchases(connection: sqlite3.Connection, chance: Random, now: datetime) -> None:
    lines = []
    for number in range(1, PURCHASES + 1):
        # A few libraries order most of what is ordered.
        customer = min(CUSTOMERS, int(chance.paretovariate(0.6)) + 3)
        placed_at = now - timedelta(hours=chance.randint(1, 9000))
        connection.execute(
            "INSERT INTO purchase VALUES (?, ?, ?, ?, ?)",
            (
                number,
                customer,
                placed_at.strftime("%Y-%m-%d"),
                chance.choice(["sent", "sent", "paid", "open"]),
                chance.choice(CURRENCIES),
            ),
        )
        lines += [
            (number, chance.randint(1, BOOKS), chance.randint(1, 3))
            for _ in range(chance.randint(1, 4))
        ]
    connection.executemany("INSERT INTO purchase_line VALUES (?, ?, ?)", lines)
