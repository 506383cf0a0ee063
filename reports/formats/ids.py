"""OOPS ids: one key for every spelling, the ids in a text, and what an id tells."""

from __future__ import annotations

import re
from urllib.parse import unquote

MAX_ID = 200
"""Characters. Senders' own ids are kept up to this; longer ones are no ids."""

_WRAPPING = " \t\r\n'\"`[](){}<>"
_TRAILING = _WRAPPING + ".,;:!?"

_ID = re.compile(
    r"""
    (?:oopsid=|/oops/|(?<![\w-])oops\s*-\s*(?!id\b))(?P<marked>(?:oops\s*-\s*)?[\w.-]*\w)
    | (?<![\w-])(?P<dated>\d{4}-\d{2}-\d{2}/(?:oops-)?\d+[a-z]+(?:\d+[a-z]+)?\d+)(?!\w)
    | (?<![\w-])(?P<hex>[0-9a-f]{32})(?!\w)
    | (?<![\w-])(?P<old>\d{1,5}[a-z]{1,20}(?:\d{1,5}[a-z]{1,20})?\d{1,9})(?!\w)
    | (?<![\w-])(?P<u1>[a-z]+z[0-9a-f]{32})(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PREFIX = re.compile(r"\s*oops\s*-\s*", re.IGNORECASE)
_OLD = re.compile(r"(?:\d{4}-\d{2}-\d{2}/)?\d*([a-z]+|[a-z]+\d+[a-z]+)\d+\Z", re.IGNORECASE)
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}/(?:oops-)?(\d+[a-z]+(?:\d+[a-z]+)?\d+)\Z", re.IGNORECASE)
"""The old ids hold their day, and are the same with and without its folder before them."""
_U1 = re.compile(r"([a-z0-9]+?)Z[0-9a-f]{32}\Z", re.IGNORECASE)
_UNUSABLE = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")


def canonical_id(text: str) -> str:
    """One look-up key for all spellings of one id: folded case, no prefix, nothing around it.

    Only ids that hold their day themselves lose the date before them: others,
    as `2010-05-21/7`, may be another report's on another day.
    """
    text = text.strip()[: 4 * MAX_ID]
    if "%" in text:
        text = unquote(text)
    text = text.lstrip(_WRAPPING).rstrip(_TRAILING)
    text = _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text
    dated = _DATED.match(text)
    return (dated[1] if dated else text).casefold()


def is_usable_id(given: object) -> bool:
    """Whether a sender's id can be kept as it is."""
    return (
        isinstance(given, str)
        and 0 < len(given.strip()) <= MAX_ID
        and _UNUSABLE.search(given.strip()) is None
        and bool(canonical_id(given))
    )


def find_ids(text: str) -> tuple[str, ...]:
    """All ids in `text`, in order, without repeats, each as it is best written.

    A text that is a single word is taken for an id, whatever its form: senders
    make ids of their own.
    """
    text = unquote(text[:100_000]) if "%" in text else text[:100_000]
    found = [_spelling(match) for match in _ID.finditer(text)]
    if not found and is_usable_id(text):
        found = [text.strip().lstrip(_WRAPPING).rstrip(_TRAILING)]
    by_key: dict[str, str] = {}
    for oops_id in found:
        by_key.setdefault(canonical_id(oops_id), oops_id)
    return tuple(by_key.values())


def reporter_of_id(oops_id: str) -> str:
    """The reporter in an old id, `S` of `OOPS-689S6`; empty where there is none."""
    bare = _PREFIX.sub("", oops_id.strip(), count=1)
    match = _U1.match(bare) or (
        None if re.fullmatch(r"[0-9a-fA-F]{32}", bare) else _OLD.match(bare)
    )
    return match.group(1) if match else ""


def _spelling(match: re.Match[str]) -> str:
    bare = next(group for group in match.groups() if group)
    bare = _PREFIX.sub("", bare, count=1)
    if re.fullmatch(r"[0-9a-fA-F]{32}", bare):
        bare = bare.lower()
    return f"OOPS-{bare}" if "/" not in bare else bare
