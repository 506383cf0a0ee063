"""Accounts: opening one, coming in, and telling people about new books."""

from __future__ import annotations

from urllib.parse import urlsplit

from reports.samples.shop.errors import UntrustedReturnURL
from reports.samples.shop.requests import Request


def register(request: Request) -> str:
    """Open an account."""
    login, email = request.form["login"], request.form["email"]
    request.database.rows(
        "INSERT INTO customer (login, name, email, country, currency, is_staff)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        login,
        request.form.get("name", login),
        email,
        None,
        "GBP",
        0,
    )
    return f"Welcome, {login}"


def sign_in(request: Request) -> str:
    """Come in, and go on to where the visitor wanted to be."""
    target = request.form.get("next", "/")
    host = urlsplit(target).netloc
    if host and host != request.environ["HTTP_HOST"]:
        raise UntrustedReturnURL(target)
    return f"Go on to {target}"


def show_photo(request: Request) -> str:
    """The customer's photo in the wanted width."""
    customer = request.need_customer()
    width = int(request.form.get("width"))  # type: ignore[arg-type]  # the mistake is real
    return f"Photo of {customer.name}, {width} pixels"


def write_letter(request: Request) -> bytes:
    """The newsletter's greeting, for a printer that knows ASCII only."""
    customer = request.need_customer()
    return f"Dear {customer.name},\n".encode("ascii")
