"""How much is taken in at once, before a sender is told to wait or to cut down."""

from __future__ import annotations

import time
from functools import lru_cache

from django.conf import settings
from django.db import connection

RETRY_AFTER_SECONDS = 30
CHECK_SECONDS = 5
"""How old the last look at the inbox may be."""


def is_inbox_full() -> bool:
    """Whether more reports wait than `OOPSWEB_INBOX_LIMIT`. At most `CHECK_SECONDS` late."""
    return _waiting_at_most(int(time.monotonic() / CHECK_SECONDS)) > settings.OOPSWEB_INBOX_LIMIT


@lru_cache(maxsize=1)
def _waiting_at_most(_moment: int) -> int:
    """An upper bound from the numbers of the first and last item, in no time at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id) - min(id) + 1, 0) FROM reports_inbox")
        return int(cursor.fetchone()[0])
