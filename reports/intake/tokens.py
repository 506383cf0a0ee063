"""Tokens: what programs show to be let in, and what each may do."""

from __future__ import annotations

import secrets
import time
from functools import lru_cache
from hashlib import sha256

from django.db import IntegrityError, transaction

from reports.models import Token

REMEMBER_SECONDS = 10
"""How long a revoked token may still be let in by a process that knows it."""

_ALLOWED = {
    Token.Scope.INTAKE: {"intake"},
    Token.Scope.READ: {"read"},
    Token.Scope.TRIAGE: {"read", "triage"},
}


class TokenNameTaken(ValueError):
    """There is a token of that name."""


def create_token(*, name: str, scope: str) -> str:
    """Make a token and return its text, which is stored nowhere. Raises TokenNameTaken."""
    text = f"oops_{secrets.token_urlsafe(24)}"
    try:
        with transaction.atomic():
            Token.objects.create(name=name, scope=Token.Scope(scope), digest=digest_of(text))
    except IntegrityError:
        raise TokenNameTaken(
            f"There is a token named {name!r}; choose another name, or revoke it first"
        ) from None
    return text


def find_token(text: str) -> Token | None:
    """The token with that text, unless there is none or it was revoked."""
    return _find(text, int(time.monotonic() / REMEMBER_SECONDS)) if text else None


def may(token: Token, what: str) -> bool:
    """Whether `token` may `intake`, `read` or `triage`."""
    return what in _ALLOWED[Token.Scope(token.scope)]


def digest_of(text: str) -> bytes:
    """What is kept of a token. A plain hash does: its text is 24 random bytes."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def bearer_of(header: str) -> str:
    """The token in an Authorization header, or an empty text."""
    scheme, _, text = header.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


@lru_cache(maxsize=1000)
def _find(text: str, _moment: int) -> Token | None:
    return Token.objects.filter(digest=digest_of(text), is_revoked=False).first()
