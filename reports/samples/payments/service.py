"""Charging cards through a bank's gateway, and paying money back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

LIMIT_PENCE = 50_000
REFUND_REASONS = {"damaged": 100, "late": 30, "wrong": 100}


class CardDeclined(Exception):
    """The bank refused; nothing is wrong on our side."""


class GatewayError(Exception):
    """The bank's gateway answered what can't be understood."""


class NotFound(Exception):
    """There is no such address."""


@dataclass
class Gateway:
    """The bank, as far as it can be seen from here."""

    answers_in_ms: float = 120
    is_down: bool = False
    request_number: int = 0

    def answer(self, order: int) -> str:
        """What comes over the wire. While it is down, its proxy answers for it."""
        if self.is_down:
            return f"<html><h1>502 Bad Gateway</h1> request {self.request_number:x}</html>"
        return json.dumps({"receipt": f"R-{order:06d}"})


def serve_payments(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI's own protocol around one action."""
    action = {"/charge": charge, "/refund": refund}.get(environ["PATH_INFO"])
    if action is None:
        raise NotFound(environ["PATH_INFO"])
    environ["oops.report"]["topic"] = f"payments{environ['PATH_INFO'].replace('/', '.')}"
    fields = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    answer = action(environ, fields)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


def charge(environ: dict[str, Any], fields: dict[str, str]) -> dict[str, Any]:
    """Take money from a card."""
    order = int(fields["order"])
    if int(fields.get("pence", 0)) > LIMIT_PENCE:
        environ["oops.report"]["informational"] = True
        raise CardDeclined(f"Card of order {order} declined: over its limit")
    answer = ask(environ, order)
    return {"receipt": read_receipt(answer, order)}


def ask(environ: dict[str, Any], order: int) -> str:
    """The gateway's answer."""
    gateway: Gateway = environ["shop.payments"]
    timeline, clock = environ["timeline.timeline"], environ["shop.clock"]
    action = timeline.start("http", f"POST https://gateway.bank.example/v2/charges/{order}")
    clock.advance(gateway.answers_in_ms)
    action.finish()
    return gateway.answer(order)


def read_receipt(answer: str, order: int) -> str:
    """The receipt in an answer. Raises GatewayError."""
    try:
        return str(json.loads(answer)["receipt"])
    except json.JSONDecodeError as problem:
        raise GatewayError(f"Gateway's answer to order {order} is no JSON") from problem


def refund(environ: dict[str, Any], fields: dict[str, str]) -> dict[str, Any]:
    """Pay money back, in part or whole."""
    percent = REFUND_REASONS[fields["reason"]]
    return {"order": fields["order"], "percent": percent}
