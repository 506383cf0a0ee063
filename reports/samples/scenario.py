"""A few days in the life of the shop: visits come until enough of them have failed."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from random import Random
from typing import Any

from reports.samples.rhythm import choose_moments
from reports.samples.servers import House, Publish, Server, Visit
from reports.samples.shop.shelves import fill_shelves
from reports.samples.visitors import make_headers
from reports.samples.visits import KINDS, OUTAGE, Kind

MAX_VISITS = 40
"""After this many visits without a failure, some other kind is tried."""


def live_through(publish: Publish, *, count: int, days: float, now: datetime, seed: int) -> None:
    """Have `count` failures, or a few more, go to `publish` in the order of their times.

    The same seed, `now` and number of days make the same failures.
    """
    chance = Random(seed)
    published = 0

    def publish_and_count(report: dict[str, Any]) -> list[str]:
        nonlocal published
        published += 1
        return publish(report)

    connection = fill_shelves(chance, now)
    house = House(connection, chance, publish_and_count)
    people = People(connection)
    moments = choose_moments(chance, count=count, days=days, now=now, outage=OUTAGE)
    for number, moment in enumerate(moments, start=1):
        share = 1 - (now - moment).total_seconds() / (days * 86400)
        while published < number:
            _visit_until_failure(house, people, moment, share, lambda: published)
    connection.close()


class People:
    """Logins of the shop's customers."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        def logins(sql: str) -> list[str]:
            return [row.login for row in connection.execute(sql)]

        self.by_kind = {
            "staff": logins("SELECT login FROM customer WHERE is_staff"),
            "customer": logins("SELECT login FROM customer WHERE NOT is_staff"),
            "loyal": logins(
                "SELECT c.login FROM customer c JOIN purchase p ON p.customer = c.id"
                " GROUP BY c.id HAVING count(*) > 25"
            ),
        }

    def choose(self, chance: Random, who: str) -> str | None:
        """A login, or None for somebody who did not sign in."""
        logins = self.by_kind.get(who)
        return chance.choice(logins) if logins else None


def _visit_until_failure(
    house: House, people: People, moment: datetime, share: float, published: Any
) -> None:
    kind = choose_kind(house.chance, share)
    before = published()
    for _ in range(MAX_VISITS):
        server = house.chance.choice(kind.servers)
        house.serve(
            server,
            make_visit(house.chance, people, kind, server),
            moment=moment,
            share=share,
        )
        if published() > before:
            return


def choose_kind(chance: Random, share: float) -> Kind:
    """Something that visitors do when that share of the time is over."""
    kinds = [kind for kind in KINDS if kind.span[0] <= share <= kind.span[1]]
    return chance.choices(kinds, [kind.weight for kind in kinds])[0]


def make_visit(chance: Random, people: People, kind: Kind, server: Server) -> Visit:
    """One visit of that kind, with all that a visitor's program sends."""
    fields = kind.make(chance)
    referrer = fields.pop("referrer", "")
    headers: dict[str, str] = {}
    if kind.who:
        headers = make_headers(chance, is_robot=kind.who == "robot")
    if referrer:
        headers["HTTP_REFERER"] = f"https://{server.site}{referrer}"
    return Visit(**fields, headers=headers, login=people.choose(chance, kind.who))
