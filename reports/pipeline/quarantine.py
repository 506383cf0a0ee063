"""Quarantine: what can't be stored, with its bytes and the reason, until it is retried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import connection, transaction

from reports.models import InboxItem, QuarantinedItem
from reports.pipeline.prepare import Claimed, Unreadable
from reports.store import ledger
from reports.store.keys import key_of


def quarantine(bad: Sequence[tuple[Claimed, Unreadable]]) -> None:
    """Keep items that could not be stored, in the caller's transaction."""
    QuarantinedItem.objects.bulk_create(
        QuarantinedItem(
            source_id=item.source_id,
            received_at=item.received_at,
            media_type=item.media_type,
            oops_id=item.oops_id,
            key=key_of(item.oops_id) if item.oops_id else None,
            origin=item.origin,
            content=item.content,
            reason=why.reason[:40],
            detail=why.detail.replace("\0", "␀"),
        )
        for item, why in bad
    )


@transaction.atomic
def retry(item: QuarantinedItem) -> None:
    """Put an item back into the inbox, as if it had just been accepted at its first receipt."""
    held = QuarantinedItem.objects.select_for_update().filter(pk=item.pk).first()
    if held is None:
        return
    InboxItem.objects.create(
        source_id=held.source_id,
        received_at=held.received_at,
        media_type=held.media_type,
        oops_id=held.oops_id,
        key=held.key,
        origin=held.origin,
        content=held.content,
    )
    page = (ledger.hour_of(held.received_at), held.source_id)
    with connection.cursor() as cursor:
        ledger.record(cursor, "quarantined", Counter({page: -1}))
    held.delete()


def retry_all(reason: str = "") -> int:
    """Retry every item, or all with one reason. Returns how many."""
    items = QuarantinedItem.objects.filter(**({"reason": reason} if reason else {}))
    numbers = list(items.values_list("pk", flat=True))
    for number in numbers:
        retry(QuarantinedItem(pk=number))
    return len(numbers)
