"""What is indexed of a report beside its words, so that searches are narrowed at no cost."""

from __future__ import annotations

from array import array
from functools import lru_cache

from reports.store.words.keys import key_of_name

SIGNATURE, REPORTER, TOPIC = "signature", "reporter", "topic"


@lru_cache(maxsize=100_000)
def keys_of_names(signature_id: int, reporter_id: int, topic_id: int) -> array[int]:
    """The keys under which a report is found by its signature, reporter and topic."""
    return array(
        "I",
        (
            key_of_name(SIGNATURE, signature_id),
            key_of_name(REPORTER, reporter_id),
            key_of_name(TOPIC, topic_id),
        ),
    )
