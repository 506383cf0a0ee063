"""Memory: a cache that is bounded by how much text it holds, not by how many entries."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")

ENTRY_COST = 200
"""What an entry costs beside its text, in characters, roughly."""


def remember(*, characters: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Keep the answers of a pure function of one text, for about `characters` of texts.

    Two generations: when the young one is full it becomes the old one, and what
    is asked for again moves over. Nothing is evicted one by one, so threads need
    no lock: the worst that a race does is to work something out twice.
    """

    def decorate(function: Callable[[str], T]) -> Callable[[str], T]:
        young: dict[str, T] = {}
        old: dict[str, T] = {}
        held = 0

        @wraps(function)
        def recall(text: str) -> T:
            nonlocal young, old, held
            if text in young:
                return young[text]
            answer = old[text] if text in old else function(text)
            held += len(text) + ENTRY_COST
            if held > characters // 2:
                young, old, held = {}, young, len(text) + ENTRY_COST
            young[text] = answer
            return answer

        return recall

    return decorate
