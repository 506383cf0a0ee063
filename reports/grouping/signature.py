"""Signature: the name of a problem, made of what its reports have in common."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from reports.grouping.versions import CURRENT_VERSION

MAX_TITLE = 200


@dataclass(frozen=True, slots=True)
class Signature:
    """What grouping made of a report. Equal keys belong together."""

    version: int
    key: bytes
    """16 bytes."""
    kind: str
    """By what it was grouped: `traceback`, `statement`, `value`, `topic` or `reporter`."""
    type: str
    value: str
    """The message with the data in it left out."""
    culprit: str
    """The function to blame, or the topic."""
    title: str
    """One line for lists."""
    why: tuple[str, ...]
    """Sentences for people: why reports of this signature are together."""
    statement: str = ""
    """The shape of the statement, or other step, that took most time; only of time outs."""


def make_key(*parts: str) -> bytes:
    """16 bytes over the rules' version and the parts, whatever characters they hold."""
    text = "\x1f".join((str(CURRENT_VERSION), *parts))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def make_title(type_: str, value: str, culprit: str) -> str:
    """`KeyError: 'x'`: the type and the message's first line, else the place."""
    line = next((line.strip() for line in value.splitlines() if line.strip()), "")
    title = ": ".join(part for part in (type_, line) if part)
    if not line and culprit:
        title = f"{type_ or 'Failure'} in {culprit}"
    title = (title or "A report that names no failure").replace("\x00", "")
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…"
