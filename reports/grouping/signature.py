"""Signatures: what names a report's problem, and says in words why."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from reports.grouping.versions import CURRENT_VERSION

MAX_TITLE = 200
MAX_CULPRIT = 300


@dataclass(frozen=True, slots=True)
class Signature:
    """What is common to all reports of one cause. Equal keys belong together."""

    version: int
    key: bytes
    """16 bytes."""
    kind: str
    """By what it was grouped: traceback, statement, value, topic or reporter."""
    type: str
    value: str
    """The message with the data in it left out."""
    culprit: str
    """The function to blame, or the topic."""
    title: str
    """One line for lists."""
    why: tuple[str, ...]
    """Sentences for people: why reports of this signature are together."""


def make_key(*parts: str) -> bytes:
    """A key of 16 bytes from what is the same in all reports, and the rules' version."""
    text = "\x1f".join((str(CURRENT_VERSION), *parts))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def make_title(type_: str, value: str, otherwise: str) -> str:
    """`KeyError: 'x'`: the type and the message's first line, else what there is."""
    first_line = next((line.strip() for line in value.splitlines() if line.strip()), "")
    title = ": ".join(part for part in (type_, first_line) if part)
    title = (title or otherwise or "A report that names no failure").replace("\x00", "␀")
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…"
