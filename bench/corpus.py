"""Reports to measure with: about 11 KB of BSON each, many problems by a Zipf law.

Seeded: the same call makes the same reports, but for the time, which is now.
Each has 10 to 40 statements full of literals, which is hard on a search index.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import md5
from itertools import accumulate
from typing import Any

import bson

WORDS = [
    "account",
    "archive",
    "basket",
    "billing",
    "branch",
    "bug",
    "build",
    "cache",
    "catalogue",
    "change",
    "comment",
    "commit",
    "cover",
    "customer",
    "delivery",
    "discount",
    "document",
    "entry",
    "export",
    "feature",
    "field",
    "filter",
    "folder",
    "group",
    "import",
    "index",
    "invoice",
    "item",
    "job",
    "key",
    "label",
    "ledger",
    "license",
    "link",
    "list",
    "mail",
    "member",
    "merge",
    "message",
    "milestone",
    "order",
    "package",
    "page",
    "payment",
    "person",
    "price",
    "product",
    "profile",
    "project",
    "question",
    "queue",
    "record",
    "refund",
    "release",
    "report",
    "request",
    "review",
    "revision",
    "search",
    "series",
    "session",
    "shelf",
    "snapshot",
    "source",
    "stock",
    "subscription",
    "tag",
    "task",
    "team",
    "ticket",
    "token",
    "topic",
    "translation",
    "upload",
    "user",
    "version",
    "vote",
    "watch",
]
TYPES = [
    "KeyError",
    "ValueError",
    "AttributeError",
    "TypeError",
    "IndexError",
    "LookupError",
    "IntegrityError",
    "ProgrammingError",
    "OperationalError",
    "NotFound",
    "Unauthorized",
    "TimeoutError",
    "SoftRequestTimeout",
    "AssertionError",
    "RuntimeError",
    "UnicodeDecodeError",
    "ConnectionError",
]


class Corpus:
    """`problems` causes, the n-th of them with a weight of 1/n."""

    def __init__(self, problems: int = 500, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.causes = [
            Cause(number, random.Random(seed * 1000 + number)) for number in range(problems)
        ]
        self.weights = list(accumulate(1 / rank for rank in range(1, problems + 1)))

    def reports(self, count: int) -> Iterator[dict[str, Any]]:
        """`count` reports as dicts, each with its id."""
        for cause in self.random.choices(self.causes, cum_weights=self.weights, k=count):
            yield cause.report(self.random)

    def bodies(self, count: int) -> Iterator[bytes]:
        """The same as BSON."""
        return (bson.encode(report) for report in self.reports(count))


class Cause:
    """One bug: the place where it strikes, and the shapes of its request's statements."""

    def __init__(self, number: int, chance: random.Random) -> None:
        self.number = number
        self.type = TYPES[number % len(TYPES)]
        noun = WORDS[number % len(WORDS)]
        self.topic = f"{noun.title()}{number}:+{chance.choice(WORDS)}"
        self.tables = chance.sample(WORDS, 12)
        self.shapes = [self._shape(chance) for _ in range(chance.randint(8, 20))]
        self.traceback = self._traceback(noun, chance)

    def _shape(self, chance: random.Random) -> str:
        table, other = chance.sample(self.tables, 2)
        columns = ", ".join(f"{table}.{chance.choice(WORDS)}" for _ in range(chance.randint(3, 9)))
        return (
            f"SELECT {columns} FROM {table} JOIN {other} ON {other}.{table} = {table}.id"
            f" WHERE {table}.id = %d AND {other}.name = '%s' AND {other}.owner IN (%d, %d)"
            f" ORDER BY {table}.date LIMIT %d"
        )

    def _traceback(self, noun: str, chance: random.Random) -> str:
        lines = ["Traceback (most recent call last):"]
        for depth in range(chance.randint(14, 24)):
            module, function = (
                chance.choice(WORDS),
                f"{chance.choice(WORDS)}_{chance.choice(WORDS)}",
            )
            where = (
                "/srv/app/env/lib/python3.11/site-packages/web" if depth < 8 else f"/srv/app/{noun}"
            )
            lines.append(
                f'  File "{where}/{module}.py", line {chance.randint(9, 999)}, in {function}'
            )
            lines.append(
                f"    return self.{function}(request, {module}, self.{chance.choice(WORDS)})"
            )
        return "\n".join(lines) + f"\n{self.type}: it failed\n"

    def report(self, chance: random.Random) -> dict[str, Any]:
        """One report of this cause, with literals of its own."""
        user = chance.randint(1, 50_000)
        number = chance.randint(1, 10**9)
        url = (
            f"https://app.example.test/{self.topic.lower()}/{number}?start={chance.randint(0, 900)}"
        )
        report = {
            "type": self.type,
            "value": f"no such {self.tables[0]}: {number}",
            "time": datetime.now(UTC) - timedelta(seconds=chance.random() * 60),
            "tb_text": self.traceback,
            "reporter": f"APP{chance.randint(1, 8)}",
            "hostname": f"app-{chance.randint(1, 8)}",
            "branch_nick": "app",
            "revno": str(14_500 + chance.randint(0, 3)),
            "topic": self.topic,
            "url": url,
            "username": f"user{user}, {user}, User {user}",
            "duration": chance.random() * 9,
            "req_vars": self._variables(chance, url, user),
            "timeline": list(self._timeline(chance)),
        }
        report["id"] = "OOPS-" + md5(f"{number}{user}{chance.random()}".encode()).hexdigest()
        return report

    def _variables(self, chance: random.Random, url: str, user: int) -> dict[str, str]:
        variables = {
            "REQUEST_METHOD": chance.choice(("GET", "GET", "GET", "POST")),
            "HTTP_USER_AGENT": f"Mozilla/5.0 (X11; Linux x86_64; rv:{chance.randint(90, 132)}.0) Firefox",
            "HTTP_REFERER": url.rsplit("/", 1)[0],
            "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.7",
            "REMOTE_ADDR": f"192.0.2.{chance.randint(1, 254)}",
            "request.user": str(user),
        }
        for _ in range(8):
            variables[f"form.{chance.choice(WORDS)}"] = (
                f"{chance.choice(WORDS)} {chance.randint(1, 10**6)}"
            )
        return variables

    def _timeline(self, chance: random.Random) -> Iterator[list[Any]]:
        at = 0
        for _ in range(chance.randint(10, 40)):
            shape = chance.choice(self.shapes)
            statement = shape % (
                chance.randint(1, 10**7),
                f"{chance.choice(WORDS)}-{chance.randint(1, 10**6)}",
                chance.randint(1, 10**6),
                chance.randint(1, 10**6),
                chance.randint(1, 300),
            )
            took = chance.randint(1, 90)
            yield [at, at + took, "SQL-main-primary", statement, None]
            at += took + chance.randint(0, 9)
