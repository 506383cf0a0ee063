"""Filling a basket, and what it costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reports.samples.shop.errors import NotFound
from reports.samples.shop.requests import Request
from reports.samples.vendor import barcode

RATES = {"GBP": Decimal(1), "EUR": Decimal("1.17"), "SEK": Decimal("13.2")}


def add_book(request: Request) -> str:
    """Put a book into the basket: by its ISBN, as it stands on the book."""
    isbn = request.form["isbn"]
    barcode.check(barcode.clean(isbn))
    book = request.database.row("SELECT * FROM book WHERE isbn = ?", barcode.clean(isbn))
    if book is None:
        raise NotFound(f"Book with ISBN {isbn}")
    return f"{book.title} is in your basket"


def show_basket(request: Request) -> str:
    """What is in the basket, and its price in the customer's money."""
    customer = request.need_customer()
    lines = load_lines(request, customer)
    return f"{len(lines)} books for {total_of(lines, customer.currency):.2f} {customer.currency}"


def load_lines(request: Request, customer: Any) -> list[Any]:
    """The books in a basket; it lives in the cache."""
    with request.timed("memcache-get", f"basket:{customer.id}", 1.2):
        numbers = [customer.id, customer.id + 7, customer.id + 31]
    marks = ", ".join("?" for _ in numbers)
    return request.database.rows(f"SELECT * FROM book WHERE id IN ({marks})", *numbers)


def total_of(lines: list[Any], currency: str) -> Decimal:
    """The sum of all prices in that currency."""
    return sum((Decimal(line.price) for line in lines), Decimal(0)) * RATES[currency]


def remove_book(request: Request, number: str) -> str:
    """Take a book out of the basket."""
    held = [line.id for line in load_lines(request, request.need_customer())]
    held.remove(int(number))
    return f"{len(held)} books are left"
