"""How many copies there are, and who may count them."""

from __future__ import annotations

from typing import Any

from reports.samples.shop.errors import StaleStockLevels
from reports.samples.shop.requests import Request


class Shelf:
    """The copies of one book. One clerk at a time may count them."""

    def __init__(self, book: Any, *, is_locked: bool) -> None:
        self.book = book
        self.is_locked = is_locked

    def lock(self) -> None:
        """Let nobody else count. Raises RuntimeError if somebody does."""
        if self.is_locked:
            raise RuntimeError(f"could not lock {self!r}: held by another clerk")
        self.is_locked = True


def note_stock(request: Request, book: Any) -> str:
    """How many copies are left, from the cache; a stale answer is used, and noted."""
    with request.timed("memcache-get", f"stock:{book.id}", 1.5):
        is_stale = request.environ.get("shop.cache_is_stale", False)
    if is_stale:
        request.environ["shop.warning"] = StaleStockLevels(
            f"Stock level of book {book.id} is {60 + book.id % 50} minutes old"
        )
    return f"{book.id % 12} in stock"


def count_copies(request: Request, number: str) -> str:
    """Enter how many copies were counted."""
    request.need_staff()
    book = request.database.row("SELECT * FROM book WHERE id = ?", int(number))
    shelf = Shelf(book, is_locked=request.environ.get("shop.shelf_is_locked", False))
    shelf.lock()
    counted = int(request.form["copies"])
    assert counted >= 0  # noqa: S101 - as careless as such code is
    request.database.rows("UPDATE book SET rating_sum = rating_sum WHERE id = ?", book.id)
    return f"{counted} copies of {book.title}"
