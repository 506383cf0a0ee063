"""Scrub: what must not be stored is masked before anything is.

Values are masked where their key says what they are, at any depth: cookies,
passwords, tokens. The key stays, so that people see that there was one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from operator import is_
from typing import Any

MASK = "(masked)"

_SECRET_KEY = re.compile(
    r"cookie|passw|secret|authori[sz]ation|api[_-]?key|private[_-]?key|credential|csrf|session[_-]?(?:id|key)"
    r"|(?:^|[_.-])(?:token|auth|sid|otp|cvv|pwd|pin)$|access[_-]?token|refresh[_-]?token",
    re.IGNORECASE,
)
_SECRET_IN_URL = re.compile(
    r"([?&;](?:[^=&;#]*(?:passw|secret|token|api_?key|signature)[^=&;#]*)=)[^&;#\s]+", re.IGNORECASE
)
_HARMLESS = ("", MASK, None, "<hidden>")


def scrub(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """A copy of a report's dict with secrets masked, or None if it holds none."""
    scrubbed = _scrub_dict(data)
    return None if scrubbed is data else scrubbed  # type: ignore[return-value]


@lru_cache(maxsize=20_000)
def is_secret_key(key: str) -> bool:
    """Whether what stands under `key` must not be stored."""
    return _SECRET_KEY.search(key) is not None


def _scrub(value: Any) -> Any:
    """`value` itself if nothing in it had to be masked."""
    if type(value) is str:
        # Looking for a character is far cheaper than for the pattern, and most texts lack it.
        if "=" in value and ("?" in value or "&" in value or ";" in value):
            return (
                _SECRET_IN_URL.sub(rf"\1{MASK}", value) if _SECRET_IN_URL.search(value) else value
            )
        return value
    if isinstance(value, dict):
        return _scrub_dict(value)
    if isinstance(value, list):
        return _scrub_list(value)
    return value


def _scrub_dict(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    changed = {}
    for key, value in mapping.items():
        new = MASK if _is_secret(key, value) else _scrub(value)
        if new is not value:
            changed[key] = new
    return {**mapping, **changed} if changed else mapping


def _scrub_list(values: list[Any]) -> list[Any]:
    if len(values) == 2 and isinstance(values[0], str) and _is_secret(*values):
        return [values[0], MASK]
    new = [_scrub(value) for value in values]
    return values if all(map(is_, new, values)) else new


def _is_secret(key: str, value: Any) -> bool:
    return not (isinstance(value, str | None) and value in _HARMLESS) and is_secret_key(key)
