"""Orders: their list, their bill, their way, and paying for them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reports.samples.shop.basket import RATES
from reports.samples.shop.errors import NotFound, OffsiteFormPostError, UnexpectedFormData
from reports.samples.shop.paying import charge
from reports.samples.shop.requests import Request

POSTAGE = {"GB": Decimal("2.90"), "DE": Decimal("4.50"), "SE": Decimal("5.20")}
CHECKOUT_FIELDS = {"order", "card", "agreed", "gift_note"}


def show_history(request: Request) -> str:
    """All orders of a customer. Asks for each order's books, and for each book, one by one."""
    customer = request.need_customer()
    orders = request.database.rows(
        "SELECT * FROM purchase WHERE customer = ? ORDER BY placed_at DESC LIMIT 40", customer.id
    )
    return "\n".join(describe(request, order) for order in orders)


def describe(request: Request, order: Any) -> str:
    """One line about an order."""
    lines = request.database.rows("SELECT * FROM purchase_line WHERE purchase = ?", order.id)
    titles = [
        request.database.row("SELECT title FROM book WHERE id = ?", line.book).title
        for line in lines
    ]
    return f"{order.placed_at}: {', '.join(titles)}"


def find_order(request: Request, number: str) -> Any:
    """One order. Raises NotFound."""
    order = request.database.row("SELECT * FROM purchase WHERE id = ?", int(number))
    if order is None:
        raise NotFound(f"Order {number}")
    return order


def show_invoice(request: Request, number: str) -> str:
    """What an order cost, in the money of its day."""
    order = find_order(request, number)
    lines = request.database.rows(
        "SELECT b.price, l.quantity FROM purchase_line l JOIN book b ON b.id = l.book"
        " WHERE l.purchase = ?",
        order.id,
    )
    net = sum((Decimal(line.price) * line.quantity for line in lines), Decimal(0))
    return f"{net * RATES[order.currency]:.2f} {order.currency}"


def show_postage(request: Request, number: str) -> str:
    """What sending an order costs."""
    order = find_order(request, number)
    customer = request.database.row("SELECT * FROM customer WHERE id = ?", order.customer)
    return f"{POSTAGE[customer.country]} to {customer.country}"


def choose_day(request: Request, number: str) -> str:
    """Set the day on which an order should arrive."""
    order = find_order(request, number)
    day = read_day(request.form["day"])
    return f"Order {order.id} will arrive on {day:%d %B}"


def read_day(text: str) -> date:
    """A day as our form writes it: 24/12/2026."""
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - days have no zone


def check_out(request: Request) -> str:
    """Pay for an order."""
    check_form(request)
    order = find_order(request, request.form["order"])
    request.database.rows("UPDATE purchase SET state = 'paid' WHERE id = ?", order.id)
    return charge(request, order)


def check_form(request: Request) -> None:
    """Take forms from our own pages only, and with their own fields only."""
    referrer = request.environ.get("HTTP_REFERER", "")
    if not referrer.startswith(f"https://{request.environ['HTTP_HOST']}/"):
        raise OffsiteFormPostError(referrer or "No value for REFERER header")
    unknown = set(request.form) - CHECKOUT_FIELDS
    if unknown:
        raise UnexpectedFormData(f"Unexpected form fields: {', '.join(sorted(unknown))}")
