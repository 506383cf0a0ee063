"""Asking the payments service for money."""

from __future__ import annotations

import json
from typing import Any

from reports.samples.shop.errors import PaymentFailed
from reports.samples.shop.requests import Request


def charge(request: Request, order: Any) -> str:
    """The receipt's number. Raises PaymentFailed where there is none."""
    answer = ask_service(request, order)
    try:
        return str(json.loads(answer)["receipt"])
    except ValueError as problem:
        raise PaymentFailed(f"Payment of order {order.id} has an unknown end") from problem


def ask_service(request: Request, order: Any) -> str:
    """The service's answer, as it came over the wire."""
    url = f"https://payments.bookshop.example/charge?order={order.id}"
    service = request.environ["shop.payments"]
    with request.timed("http", f"POST {url}", service.answers_in_ms):
        return str(service.answer(order.id))
