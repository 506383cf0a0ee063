"""Searching the shop, and feeds of what is new in it."""

from __future__ import annotations

from reports.samples.shop.errors import InvalidBatchSizeError, UnsupportedFeedFormat
from reports.samples.shop.requests import Request

LARGEST_BATCH = 300


def show_results(request: Request) -> str:
    """Books with the wanted words in their title, a page at a time."""
    batch = read_batch(request)
    page = int(request.form.get("page") or 1)
    words = f"%{request.form.get('q', '')}%"
    total = request.database.row("SELECT count(*) AS n FROM book WHERE title LIKE ?", words).n
    books = request.database.rows(
        "SELECT b.id, b.title, p.name FROM book b LEFT JOIN publisher p ON p.id = b.publisher"
        " WHERE b.title LIKE ? ORDER BY b.title LIMIT ? OFFSET ?",
        words,
        batch,
        (page - 1) * batch,
    )
    return "\n".join([f"{total} books", *(book.title for book in books)])


def read_batch(request: Request) -> int:
    """How many results are wanted on a page."""
    batch = int(request.form.get("batch") or 25)
    if batch > LARGEST_BATCH:
        raise InvalidBatchSizeError(f"Batch size {batch} is more than {LARGEST_BATCH}")
    return batch


def show_feed(request: Request, form: str) -> str:
    """The newest books for feed readers."""
    if form not in ("atom", "html"):
        raise UnsupportedFeedFormat(f"No feed is written as {form!r}")
    newest = request.database.rows("SELECT id, title FROM book ORDER BY id DESC LIMIT 25")
    return "\n".join(f"<title>{book.title}</title>" for book in newest)
