"""Programs that ask the API."""

from __future__ import annotations

from typing import Any

from django.test import Client

from reports.intake.tokens import create_token


class Program:
    """A client that shows a token, or none."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, address: str, **headers: str) -> Any:
        """The answer of an address."""
        return self.client.get(address, headers={**self.headers, **headers})

    def read(self, address: str) -> Any:
        """The JSON of an address that must succeed."""
        answer = self.get(address)
        assert answer.status_code == 200, answer.content
        return answer.json()


def make_program(scope: str = "read") -> Program:
    """A program whose token has that scope."""
    return Program(create_token(name=f"a {scope} token", scope=scope))


def assert_problem(answer: Any, status: int) -> dict[str, Any]:
    """That the answer is RFC 9457's of that status; returns its object."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body
