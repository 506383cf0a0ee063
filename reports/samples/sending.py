"""A publisher that sends reports by HTTP, many at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import md5
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import bson

BATCH_REPORTS = 100
BATCH_BYTES = 2_000_000
TIMEOUT_SECONDS = 60


class NotSent(Exception):
    """The server took nothing, or not all: why, in one line."""


class Sender:
    """Collects reports as a publisher of python-oops does, and posts them in batches."""

    def __init__(self, url: str, token: str, on_sent: Callable[[int], None]) -> None:
        self.url = f"{url.rstrip('/')}/api/reports/"
        self.token = token
        self.sent = 0
        self._on_sent = on_sent
        self._waiting: list[bytes] = []

    def publish(self, report: dict[str, Any]) -> list[str]:
        """Take one report, and name it by the md5 of its BSON. Raises NotSent."""
        named = dict(report)
        named["id"] = f"OOPS-{md5(bson.encode(report)).hexdigest()}"
        self._waiting.append(bson.encode(named))
        if len(self._waiting) >= BATCH_REPORTS or sum(map(len, self._waiting)) >= BATCH_BYTES:
            self.flush()
        return [named["id"]]

    def flush(self) -> None:
        """Send what waits. Raises NotSent."""
        if not self._waiting:
            return
        answer = self._post(b"".join(self._waiting))
        if answer.get("rejected"):
            raise NotSent(f"{self.url} rejected {len(answer['rejected'])} of a batch")
        self.sent += len(self._waiting)
        self._waiting.clear()
        self._on_sent(self.sent)

    def _post(self, body: bytes) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/bson-seq",
        }
        try:
            request = Request(self.url, body, headers)  # noqa: S310 - checked by the command
            with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                read: dict[str, Any] = json.load(answer)
                return read
        except HTTPError as problem:
            raise NotSent(f"{self.url} answered {problem.code}: {_reason(problem)}") from problem
        except (URLError, OSError) as problem:
            reason = getattr(problem, "reason", problem)
            raise NotSent(f"{self.url} can't be reached: {reason}") from problem
        except ValueError as problem:
            raise NotSent(f"{self.url} is no intake: its answer is no JSON") from problem


def _reason(problem: HTTPError) -> str:
    """The problem's detail, as RFC 9457 has it, or the status line's words."""
    try:
        return str(json.load(problem)["detail"])
    except (ValueError, KeyError, TypeError, OSError):
        return str(problem.reason)
