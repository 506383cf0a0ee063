"""Who asks for what, how often, on which server and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal
from urllib.parse import quote_from_bytes, urlencode

from reports.samples.jobs import Peer
from reports.samples.payments.service import Gateway
from reports.samples.servers import Server
from reports.samples.shop.shelves import BOOKS, PURCHASES, SUBJECTS, make_isbn

SITE = "www.bookshop.example"
RELEASES = ((0.0, "4711"), (0.7, "4735"))
"""Revision 4735 went live when most of the time was over; the edge had it sooner."""

WEB = tuple(
    Server(
        reporter=f"SHOP-WEB{number}",
        hostname=f"shop-web-{number}",
        site=SITE,
        branch_nick="shop",
        revisions=RELEASES,
    )
    for number in (1, 2, 3)
)
EDGE = Server(
    reporter="SHOP-EDGE",
    hostname="shop-edge",
    site="edge.bookshop.example",
    branch_nick="shop",
    revisions=((0.0, "4711"), (0.45, "4735")),
)
PAYMENTS = Server(
    reporter="PAYMENTS1",
    hostname="payments-1",
    site="payments.bookshop.example",
    branch_nick="payments",
    revisions=((0.0, "9f3c2a1e7b04"), (0.55, "c07d51f2ab9e")),
)
CODE = Server(
    reporter="CODEHOSTING1", hostname="mirrors", branch_nick="mirrors", revisions=((0.0, 318),)
)
WATCHES = Server(
    reporter="CHECKWATCHES1", hostname="mirrors", branch_nick="errata", revisions=((0.0, 97),)
)
SHOP = (*WEB, *WEB, EDGE)
OUTAGE = (0.925, 0.95)
"""When the bank's gateway was down."""

Make = Callable[[Random], dict[str, Any]]
Who = Literal["", "anybody", "customer", "loyal", "staff", "robot"]


@dataclass(frozen=True)
class Kind:
    """One thing that visitors do, often enough to be seen failing."""

    weight: float
    make: Make
    """The fields of a Visit."""
    who: Who = "anybody"
    servers: tuple[Server, ...] = SHOP
    span: tuple[float, float] = (0.0, 1.0)
    """From and to which share of the time they do it."""


def ask(path: str, /, *, at: str = "", load: float = 1.0, **query: str) -> dict[str, Any]:
    """A page that is looked at; `at` is the page of ours with the link."""
    return {"path": path, "query": urlencode(query), "load": load, "referrer": at}


def send(path: str, /, *, at: str = "/", **form: str) -> dict[str, Any]:
    """A form that is sent, from the page `at`."""
    return {"path": path, "form": urlencode(form), "referrer": at}


def slow(chance: Random, median: float) -> float:
    """A load: by how much the database is slower than on a quiet day."""
    return chance.lognormvariate(0, 0.5) * median


def book(chance: Random) -> str:
    """The path of some book."""
    return f"/book/{chance.randint(1, BOOKS)}"


def order(chance: Random) -> str:
    """The path of some order."""
    return f"/order/{chance.randint(1, PURCHASES)}"


def search_latin_1(chance: Random) -> dict[str, Any]:
    """A search from an old page that does not send UTF-8."""
    words = chance.choice(["Zürich", "Café de Paris", "Mañana", "Smörgåsbord für alle"])
    return {"path": "/search", "query": f"q={quote_from_bytes(words.encode('latin-1'))}"}


def register(chance: Random) -> dict[str, Any]:
    """An account for an address that has one."""
    number = chance.randint(1, 90)
    login = f"reader{chance.randint(1000, 9999)}"
    taken = chance.choice(["okafor", "novk", "weber", "brown", "shah", "tanaka", "moreau"])
    email = f"{taken}{number}@mail.example"
    return send("/account/register", at="/account/register", login=login, email=email)


def pay_while_gateway_is_down(chance: Random) -> dict[str, Any]:
    """A checkout of a customer that the bank's proxy answers."""
    gateway = Gateway(chance.uniform(900, 2200), True, chance.getrandbits(48))
    form = send("/checkout", at="/basket", order=order(chance).rpartition("/")[2], agreed="on")
    return {**form, "extra": {"shop.payments": gateway}}


def charge(chance: Random, *, is_down: bool) -> dict[str, Any]:
    """The same seen by the payments service; or a charge beyond a card's limit."""
    gateway = Gateway(chance.uniform(900, 2200), is_down, chance.getrandbits(48))
    pence = chance.randint(100, 9000) if is_down else chance.randint(50_001, 400_000)
    visit = ask("/charge", order=order(chance).rpartition("/")[2], pence=str(pence))
    return {**visit, "extra": {"shop.payments": gateway}}


def mirror(chance: Random, *lines: str) -> dict[str, Any]:
    """An author's code, mirrored from a host that says `lines`."""
    author = chance.choice(["ferry", "saltroad", "atlas-tools", "orchard", "glasshouse"])
    host = chance.choice(["code.author.example", "git.quillfeather.example", "bzr.old.example"])
    extra = {"peer": Peer(*lines), "host": host}
    path = f"{author}/chapter-{chance.randint(1, 30)}"
    return {"path": path, "query": "mirror", "extra": extra}


def watch(chance: Random, *lines: str) -> dict[str, Any]:
    """An erratum, watched in an author's bug tracker that says `lines`."""
    extra = {"peer": Peer(*lines), "host": "bugs.author.example"}
    return {"path": f"bugs/{chance.randint(100, 9000)}", "query": "watch", "extra": extra}


KINDS = [
    # Slow pages, and pages that were too slow.
    Kind(11, lambda c: ask("/orders", at="/account", load=slow(c, 16)), "loyal"),
    Kind(5, lambda c: ask("/bestsellers", at="/", load=slow(c, 12))),
    Kind(5, lambda c: ask("/search", at="/", load=slow(c, 4.5), q=c.choice(SUBJECTS)[:5].lower())),
    # Books without a publisher, not rated, withdrawn; each as often as there are such books.
    Kind(22, lambda c: ask(book(c), at=f"/category/{c.randint(1, 10)}")),
    Kind(5, lambda c: ask(book(c)), "robot"),
    Kind(4, lambda c: ask(f"/category/{c.choice('56')}", at="/")),
    Kind(9, lambda c: ask(f"{book(c)}/audio", at="/bestsellers"), span=(0.45, 1.0)),
    # Bar codes: the library fails below two of our pages.
    Kind(
        3, lambda c: ask(f"{book(c)}/barcode", isbn=make_isbn(c.randint(1, 99))[: c.randint(8, 12)])
    ),
    Kind(2, lambda c: ask(f"{book(c)}/barcode", isbn=f"97818619700{c.randint(10, 99)}")),
    Kind(4, lambda c: send("/basket/add", isbn=make_isbn(c.randint(1, 99))[: c.randint(9, 12)])),
    Kind(5, lambda c: send("/basket/add", at=book(c), title=c.choice(SUBJECTS))),
    # Searches.
    Kind(4, lambda c: ask("/search", q="atlas", page=c.choice(["two", "1'", "NaN", "-", "1e3"]))),
    Kind(4, search_latin_1),
    Kind(3, lambda c: ask("/search", q="a", batch=str(c.choice([500, 1000, 5000]))), "robot"),
    Kind(2, lambda c: ask(f"/feed.{c.choice(['rss', 'json', 'opds'])}"), "robot"),
    # Baskets and orders.
    Kind(5, lambda c: ask("/basket", at="/"), "customer"),
    Kind(2, lambda c: send(f"/basket/remove/{c.randint(1, 240)}", at="/basket"), "customer"),
    Kind(4, lambda c: ask(f"{order(c)}/invoice", at="/orders"), "customer"),
    Kind(5, lambda c: ask(f"{order(c)}/postage", at="/orders"), "customer"),
    Kind(
        4,
        lambda c: send(
            f"{order(c)}/day", day=c.choice(["31/02/2027", "2026-12-24", "tomorrow", "24.12.26"])
        ),
        "customer",
    ),
    Kind(3, lambda c: send("/checkout", at="", order="7", card="4242"), "robot"),
    Kind(
        3,
        lambda c: send(
            "/checkout", at="/basket", order="9", **{c.choice(["xss", "url", "q1"]): "1"}
        ),
        "customer",
    ),
    Kind(150, pay_while_gateway_is_down, "customer", WEB, OUTAGE),
    # Accounts.
    Kind(5, register),
    Kind(2, lambda c: ask("/account/sign-in", next=f"https://shop-{c.randint(1, 9)}.example/in")),
    Kind(2, lambda c: ask("/account/@@photo", at="/account"), "customer"),
    Kind(3, lambda c: ask("/account/letter", at="/account"), "customer"),
    # The office.
    Kind(4, lambda c: ask("/office"), "customer"),
    Kind(3, lambda c: ask(c.choice(["/orders", "/office"]), at="/")),
    Kind(
        3,
        lambda c: send(
            "/office/prices", prices=f'{make_isbn(c.randint(1, 99))},"{c.randint(1, 60)},90"'
        ),
        "staff",
    ),
    Kind(
        2,
        lambda c: send(
            "/office/supplier", catalogue="<books>" + "\n" * c.randint(1, 40) + "<book & co>"
        ),
        "staff",
        (EDGE,),
    ),
    Kind(1, lambda c: ask("/office/customers", at="/office"), "staff"),
    Kind(
        2, lambda c: send(f"{book(c)}/stock", at="/office", copies=str(-c.randint(1, 9))), "staff"
    ),
    Kind(
        3,
        lambda c: {
            **send(f"{book(c)}/stock", at="/office", copies="4"),
            "extra": {"shop.shelf_is_locked": True},
        },
        "staff",
    ),
    # The page is shown, but on stale figures.
    Kind(4, lambda c: {**ask(book(c), at="/"), "extra": {"shop.cache_is_stale": True}}),
    # What is not there: asked for by robots, by people with old links, and by links of our own.
    Kind(
        12,
        lambda c: ask(
            c.choice(["/wp-login.php", "/.env", "/xmlrpc.php", "/phpmyadmin/", "/ads.txt"])
        ),
        "robot",
    ),
    Kind(4, lambda c: ask(f"/book/{c.randint(900, 4000)}")),
    Kind(
        5, lambda c: ask(c.choice(["/category/11", "/help/returns"]), at=c.choice(["/", "/basket"]))
    ),
    # The payments service.
    Kind(150, lambda c: charge(c, is_down=True), "", (PAYMENTS,), OUTAGE),
    Kind(3, lambda c: charge(c, is_down=False), "", (PAYMENTS,)),
    Kind(
        5,
        lambda c: ask("/refund", order="5", reason=c.choice(["lost", "duplicate", "gift"])),
        "",
        (PAYMENTS,),
        (0.55, 1.0),
    ),
    # Programs in the background.
    Kind(5, lambda c: mirror(c, *["200 ready"][: c.randint(0, 1)]), "", (CODE,)),
    Kind(3, lambda c: mirror(c, "404 no such branch", "-"), "", (CODE,)),
    Kind(2, lambda c: mirror(c, "200 ready", c.choice(["bzr-0.8", "darcs", "hg"])), "", (CODE,)),
    Kind(3, lambda c: watch(c), "", (WATCHES,)),
    Kind(2, lambda c: watch(c, c.choice(["TRIAGED", "POSTPONED", "MOVED"])), "", (WATCHES,)),
]
