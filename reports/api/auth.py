"""Who asks: a program by its token, or a person who is signed in."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from reports.intake.tokens import bearer_of, find_token, may
from reports.models import Token
from reports.summaries.scope import EVERYTHING, Scope


class Program:
    """A program that showed a token, where Django expects a user."""

    is_authenticated = True
    is_active = True

    def __init__(self, token: Token) -> None:
        self.token = token

    def __str__(self) -> str:
        return self.token.name


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`."""

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        """The program and its token; None where no token is shown."""
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        text = bearer_of(header)
        if not text:
            raise AuthenticationFailed("Send 'Authorization: Bearer TOKEN'.")
        token = find_token(text)
        if token is None:
            raise AuthenticationFailed("No such token, or it was revoked.")
        return Program(token), token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says in WWW-Authenticate."""
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """OpenAPI's words for a bearer token."""
        return {"type": "http", "scheme": "bearer"}


class MayRead(BasePermission):
    """Signed-in people, and tokens whose scope lets them read."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the request may read. Raises PermissionDenied with the reason."""
        if isinstance(request.auth, Token) and not may(request.auth, "read"):
            scope = request.auth.get_scope_display()
            raise PermissionDenied(f"This token may only {scope}.")
        return bool(request.user and request.user.is_authenticated)


AUTHENTICATION = [TokenAuthentication, SessionAuthentication]


def scope_of(request: Request) -> Scope:
    """What the one who asks may see."""
    return EVERYTHING
