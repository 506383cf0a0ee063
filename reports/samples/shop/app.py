"""The shop as one WSGI application."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

from reports.samples.shop import accounts, basket, catalogue, office, orders, searching, stock
from reports.samples.shop.errors import NotFound
from reports.samples.shop.requests import Request

Page = Callable[..., Any]

PAGES: list[tuple[str, str, Page]] = [
    (r"/book/(\d+)", "Book:+index", catalogue.show_book),
    (r"/book/(\d+)/barcode", "Book:+barcode", catalogue.show_barcode),
    (r"/book/(\d+)/audio", "Book:+audio", catalogue.show_audio),
    (r"/book/(\d+)/stock", "Book:+stock", stock.count_copies),
    (r"/category/(\d+)", "Category:+index", catalogue.show_category),
    (r"/bestsellers", "Catalogue:+bestsellers", catalogue.show_bestsellers),
    (r"/search", "Catalogue:+search", searching.show_results),
    (r"/feed\.(\w+)", "Catalogue:+feed", searching.show_feed),
    (r"/basket", "Basket:+index", basket.show_basket),
    (r"/basket/add", "Basket:+add", basket.add_book),
    (r"/basket/remove/(\d+)", "Basket:+remove", basket.remove_book),
    (r"/orders", "Customer:+orders", orders.show_history),
    (r"/order/(\d+)/invoice", "Order:+invoice", orders.show_invoice),
    (r"/order/(\d+)/postage", "Order:+postage", orders.show_postage),
    (r"/order/(\d+)/day", "Order:+day", orders.choose_day),
    (r"/checkout", "Basket:+checkout", orders.check_out),
    (r"/account/register", "Customer:+register", accounts.register),
    (r"/account/sign-in", "Customer:+sign-in", accounts.sign_in),
    (r"/account/@@photo", "Customer:@@photo", accounts.show_photo),
    (r"/account/letter", "Customer:+letter", accounts.write_letter),
    (r"/office", "Office:+index", office.show_office),
    (r"/office/prices", "Office:+prices", office.import_prices),
    (r"/office/supplier", "Office:+supplier", office.import_supplier),
    (r"/office/customers", "Office:+customers", office.export_customers),
]


def serve_shop(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI's own protocol around one page. `shop.request` comes from the server."""
    request: Request = environ["shop.request"]
    page, arguments = find_page(request)
    note_visitor(request)
    body = page(request, *arguments)
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")], *warn(environ))
    return to_bytes(body)


def find_page(request: Request) -> tuple[Page, tuple[str, ...]]:
    """Which page answers, and with what. Raises NotFound."""
    for pattern, topic, page in PAGES:
        found = re.fullmatch(pattern, request.path)
        if found:
            request.environ["oops.report"]["topic"] = topic
            return page, found.groups()
    raise NotFound(request.path)


def note_visitor(request: Request) -> None:
    """Look up who asks, so that every report names them."""
    if request.environ.get("REMOTE_USER"):
        _ = request.customer


def warn(environ: dict[str, Any]) -> list[Any]:
    """What oops_wsgi must know of although the page is shown: one exc_info, or nothing."""
    warning = environ.get("shop.warning")
    if warning is None:
        return []
    environ["oops.report"]["informational"] = True
    try:
        raise warning
    except type(warning):
        return [sys.exc_info()]


def to_bytes(body: Any) -> Iterable[bytes]:
    """A page's text as WSGI wants it; what already is bytes stays."""
    if isinstance(body, str):
        return [body.encode()]
    return [body] if isinstance(body, bytes) else body
