"""People: hashes of names under a secret key that is the store's own and made once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.backends.utils import CursorWrapper

from reports.store.sketches import hash_of

KEY_BYTES = 32

_keys: list[bytes] = []
"""The key, once it is known to be committed."""


def hash_people(cursor: CursorWrapper, names: Iterable[str]) -> list[int | None]:
    """A hash of each name; None for no name."""
    key = _keys[0] if _keys else _read_key(cursor)
    return [hash_of(name, key) if name else None for name in names]


def forget() -> None:
    """Read the key afresh, as after a changed database."""
    _keys.clear()


def _read_key(cursor: CursorWrapper) -> bytes:
    cursor.execute("SELECT content FROM reports_peoplekey WHERE id = 1")
    row = cursor.fetchone()
    if row is None:
        # Of two workers that make one, the second waits and takes the first one's.
        cursor.execute(
            "INSERT INTO reports_peoplekey (id, content) VALUES (1, %s) ON CONFLICT DO NOTHING",
            [secrets.token_bytes(KEY_BYTES)],
        )
        cursor.execute("SELECT content FROM reports_peoplekey WHERE id = 1")
        row = cursor.fetchone()
    key = bytes(row[0])
    transaction.on_commit(lambda: _remember(key))
    return key


def _remember(key: bytes) -> None:
    _keys[:] = [key]
