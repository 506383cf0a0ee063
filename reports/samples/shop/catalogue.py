"""Pages about books."""

from __future__ import annotations

from typing import Any

from reports.samples.shop.errors import GoneError, NotFound
from reports.samples.shop.requests import AUDIO_BOOKS, RATINGS_MENDED, Request
from reports.samples.shop.stock import note_stock
from reports.samples.vendor import barcode


def find_book(request: Request, number: str) -> Any:
    """The book with that number. Raises NotFound, or GoneError for one no longer sold."""
    book = request.database.row("SELECT * FROM book WHERE id = ?", int(number))
    if book is None:
        raise NotFound(f"Book {number}")
    if book.is_withdrawn:
        raise GoneError(f"Book {number} is no longer sold")
    return book


def show_book(request: Request, number: str) -> str:
    """One book, with whose it is and what readers think of it."""
    book = find_book(request, number)
    publisher = request.database.row("SELECT * FROM publisher WHERE id = ?", book.publisher)
    stock = note_stock(request, book)
    return "\n".join([book.title, publisher.name, rate(request, book), stock])


def rate(request: Request, book: Any) -> str:
    """The mean of all ratings."""
    if request.release >= RATINGS_MENDED and not book.rating_count:
        return "not rated yet"
    return f"{book.rating_sum / book.rating_count:.1f} of 5"


def show_barcode(request: Request, number: str) -> str:
    """A book's bar code, or that of another edition (`?isbn=`)."""
    book = find_book(request, number)
    return " ".join(barcode.encode(request.form.get("isbn", book.isbn)))


def show_audio(request: Request, number: str) -> str:
    """How long a book is when read aloud."""
    if request.release < AUDIO_BOOKS:
        raise NotFound(f"Audio book {number}")
    book = find_book(request, number)
    audio = request.database.row("SELECT audio_minutes, reader FROM book WHERE id = ?", book.id)
    return f"{audio.audio_minutes} minutes, read by {audio.reader}"


def show_category(request: Request, number: str) -> str:
    """The books of one shelf, below the way to it."""
    shelves = {row.id: row for row in request.database.rows("SELECT * FROM category")}
    if int(number) not in shelves:
        raise NotFound(f"Category {number}")
    books = request.database.rows(
        "SELECT id, title FROM book WHERE category = ? ORDER BY title LIMIT 30", int(number)
    )
    return "\n".join([find_way(shelves, int(number)), *(book.title for book in books)])


def find_way(shelves: dict[int, Any], number: int) -> str:
    """The names of a shelf and of all above it."""
    shelf = shelves[number]
    if shelf.parent is None:
        return str(shelf.name)
    return f"{find_way(shelves, shelf.parent)} / {shelf.name}"


def show_bestsellers(request: Request) -> str:
    """What was bought most, over all times."""
    best = request.database.rows(
        "SELECT b.id, b.title, sum(l.quantity) AS sold FROM book b"
        " JOIN purchase_line l ON l.book = b.id JOIN purchase p ON p.id = l.purchase"
        " WHERE p.state IN ('paid', 'sent') GROUP BY b.id ORDER BY sold DESC LIMIT 20"
    )
    return "\n".join(f"{book.sold} {book.title}" for book in best)
