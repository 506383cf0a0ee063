"""A query as it was understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports.store.words.tokens import split_term


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several in a row with what stands between them; a prefix if it ended in `*`."""

    text: str
    is_prefix: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Its words in small letters; at least one."""
        return tuple(split_term(self.text))


@dataclass(frozen=True, slots=True)
class All:
    """Reports that match every part; without any parts, all reports."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Reports that match at least one part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Reports that don't match."""

    part: Node


Node = Term | All | Either | Without

EVERYTHING = All(())


def terms_of(node: Node) -> Iterator[Term]:
    """All terms, in order."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Without):
        yield from terms_of(node.part)
    else:
        for part in node.parts:
            yield from terms_of(part)


def has_negation(node: Node) -> bool:
    """Whether anything in it is excluded."""
    if isinstance(node, Without):
        return True
    return not isinstance(node, Term) and any(has_negation(part) for part in node.parts)
