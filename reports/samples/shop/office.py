"""Pages for the shop's own people: prices, suppliers, lists."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from xml.etree import ElementTree

from reports.samples.shop.requests import Request


def show_office(request: Request) -> str:
    """What is open today."""
    staff = request.need_staff()
    open_orders = request.database.row("SELECT count(*) AS n FROM purchase WHERE state = 'open'").n
    return f"Good morning, {staff.name}: {open_orders} open orders"


def import_prices(request: Request) -> str:
    """Take over a supplier's price list."""
    request.need_staff()
    changed = 0
    for isbn, price in csv.reader(io.StringIO(request.form["prices"])):
        request.database.rows("UPDATE book SET price = ? WHERE isbn = ?", str(Decimal(price)), isbn)
        changed += 1
    return f"{changed} prices changed"


def import_supplier(request: Request) -> str:
    """Take over a supplier's catalogue."""
    request.need_staff()
    catalogue = ElementTree.fromstring(request.form["catalogue"])  # noqa: S314 - our own samples
    return f"{len(catalogue.findall('book'))} books offered"


def export_customers(request: Request) -> Iterator[bytes]:
    """All customers by country, row by row as they are read."""
    request.need_staff()
    yield b"country,login\r\n"
    customers = request.database.rows("SELECT country, login FROM customer")
    for customer in sorted(customers, key=lambda customer: customer.country):
        yield f"{customer.country},{customer.login}\r\n".encode()
