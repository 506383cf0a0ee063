"""Finding: the newest reports that match, and how many do.

1. Cut the days into stretches, the newest first.
2. Ask the index which reports of a stretch may match.
3. Look at the newest of these until a page is full.
4. Count the rest by the index alone, as long as that takes no time to speak of.

The index leaves out no report that matches, but for an excluded word that
shares its key with another; so what was looked at one by one is exact, and
all else is said to be an estimate.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from itertools import islice
from operator import and_, or_
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from reports.models import StoredReport
from reports.search.matching import Content, matches
from reports.search.tree import All, Node, Term, Without, has_negation, terms_of
from reports.store.reading import read_body
from reports.store.standby import reading_connection
from reports.store.words import looking
from reports.store.words.keys import PREFIX_CHARACTERS, key_of_name, key_of_word, keys_of_prefix
from reports.store.words.looking import Lookup, Place, Stretch, type_range
from reports.store.words.naming import REPORTER, SIGNATURE, TOPIC
from reports.store.words.writing import micros_of, moment_of

STRETCH_REPORTS = 60_000
NEWEST_FIRST, OLDEST_FIRST = -1, 1
LOOKED_AT_ONCE = 64
READ_AT_ONCE = 1000
COUNTED_EXACTLY = 300
"""Up to so many candidates are all looked at, so that their number is exact."""
COUNTING_SECONDS = 0.2
LOOKING_SECONDS = 2.0
"""After this long a search that found little says how far it came."""


type_mark = tuple[datetime, UUID]
"""A report's place in lists: when it happened, and its key."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Conditions beside the words: a report must have one of each that is not None."""

    signatures: Collection[int] | None = None
    reporters: Collection[int] | None = None
    topics: Collection[int] | None = None

    def keys(self) -> list[list[type_range]]:
        """For each condition the keys of which a report must have one."""
        return [
            [_one(key_of_name(kind, number)) for number in numbers]
            for kind, numbers in (
                (SIGNATURE, self.signatures),
                (REPORTER, self.reporters),
                (TOPIC, self.topics),
            )
            if numbers is not None
        ]


@dataclass
class Found:
    """A page of what was found."""

    reports: list[StoredReport] = field(default_factory=list)
    has_more: bool = False
    total: int = 0
    is_exact: bool = True
    stopped_at: type_mark | None = None
    """Where the search stopped for want of time, if it did; the next page goes on there."""
    goes_back: bool = False
    """Whether it was looked for newer reports than a mark."""

    @property
    def marks(self) -> tuple[type_mark | None, type_mark | None]:
        """Where the page before and the page after this one begin."""
        ends = [(row.occurred_at, row.key) for row in (*self.reports[:1], *self.reports[-1:])]
        first, last = ends or (None, None)
        if self.stopped_at is not None:
            return (self.stopped_at, last) if self.goes_back else (first, self.stopped_at)
        return first, last


ANY = Narrowing()


def find(
    query: Node,
    *,
    size: int,
    narrowing: Narrowing = ANY,
    older_than: type_mark | None = None,
    newer_than: type_mark | None = None,
) -> Found:
    """The newest `size` reports that match, and how many match.

    With one of the marks the page beside that report: the next older, or the
    next newer ones. A page is always the newest first.
    """
    with reading_connection().cursor() as cursor:
        if newer_than is not None:
            return _Search(cursor, query, narrowing, size, newer_than, OLDEST_FIRST).run()
        return _Search(cursor, query, narrowing, size, older_than, NEWEST_FIRST).run()


class _Search:
    """One search, with what it has found so far."""

    def __init__(
        self,
        cursor: CursorWrapper,
        query: Node,
        narrowing: Narrowing,
        size: int,
        mark: type_mark | None,
        direction: int,
    ) -> None:
        self._cursor, self._query, self._size = cursor, query, size
        self._conditions = narrowing.keys()
        self._mark = (micros_of(mark[0]), mark[1]) if mark else None
        self._direction = direction
        self._ranges = {
            *(keys for term in terms_of(query) for keys in _ranges(term)),
            *(keys for condition in self._conditions for keys in condition),
        }
        self._began = time.monotonic()
        self._places: list[Place] = []
        self._left: list[Iterable[Place]] = []
        self._stopped_at: Place | None = None
        self._candidates = self._looked_at = self._matched = 0

    def run(self) -> Found:
        """The page, and the total as well as it can be told in time."""
        stretches = looking.find_stretches(self._cursor, STRETCH_REPORTS)
        stretches = stretches[:: -self._direction]
        reports = sum(stretch.report_count for stretch in stretches)
        seen = 0
        for stretch in stretches:
            if self._is_done() and self._elapsed() > COUNTING_SECONDS:
                break
            candidates = self._ask_index(stretch)
            seen += stretch.report_count
            if self._is_done():
                self._left.append(candidates)
            else:
                self._look_at(candidates)
        if seen == reports and self._candidates - self._looked_at <= COUNTED_EXACTLY:
            for left in self._left:
                self._check(list(left), is_page=False)
        return self._report(seen, reports)

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _is_done(self) -> bool:
        """Whether the page is full, with one more to know that there are more, or time is up."""
        return len(self._places) > self._size or self._stopped_at is not None

    def _ask_index(self, stretch: Stretch) -> Iterator[Place]:
        lookup = Lookup(self._cursor, stretch, self._ranges)
        bits = {}
        for segment in lookup.counts:
            found = _evaluate(self._query, lookup, segment)
            for condition in self._conditions:
                found &= _any(lookup, segment, condition)
            if found:
                bits[segment] = found
                self._candidates += found.bit_count()
        return _in_order(self._cursor, stretch, lookup, bits, self._direction)

    def _look_at(self, candidates: Iterator[Place]) -> None:
        """Look at candidates, in order, until the page is full or time is up."""
        passed = []
        while not self._is_done():
            chunk = list(islice(candidates, LOOKED_AT_ONCE))
            if not chunk:
                break
            fresh = [place for place in chunk if self._is_beyond_mark(place)]
            passed += [place for place in chunk if not self._is_beyond_mark(place)]
            self._check(fresh, is_page=True)
            if fresh and self._elapsed() > LOOKING_SECONDS and not self._is_done():
                self._stopped_at = fresh[-1]
        self._left += [passed, candidates]

    def _is_beyond_mark(self, place: Place) -> bool:
        """Whether it belongs to this page or one after it."""
        if self._mark is None:
            return True
        order = (place.micros, place.key)
        return order > self._mark if self._direction == OLDEST_FIRST else order < self._mark

    def _check(self, places: list[Place], *, is_page: bool) -> None:
        """Read these reports, and count or keep those that match."""
        bodies = _read_bodies(self._cursor, places)
        for place in places:
            body = bodies.get(place.key)
            if body is None:  # it was let go
                self._candidates -= 1
                continue
            self._looked_at += 1
            if matches(self._query, Content(read_body(body))):
                self._matched += 1
                if is_page:
                    self._places.append(place)

    def _report(self, seen: int, reports: int) -> Found:
        unchecked = self._candidates - self._looked_at
        share = self._matched / self._looked_at if self._looked_at else 1.0
        total = (self._matched + unchecked * share) * (reports / seen if seen else 1)
        stopped_at = self._stopped_at
        return Found(
            reports=_load(self._places[: self._size]),
            has_more=len(self._places) > self._size or stopped_at is not None,
            total=round(total),
            is_exact=not unchecked and seen == reports and not has_negation(self._query),
            goes_back=self._direction == OLDEST_FIRST,
            stopped_at=(moment_of(stopped_at.micros), stopped_at.key) if stopped_at else None,
        )


def _one(key: int) -> type_range:
    return key, key + 1


def _ranges(term: Term) -> list[type_range]:
    """A range of keys for each of its words; none for a prefix that is too short for the index."""
    *whole, last = term.words
    ranges = [_one(_key(word)) for word in whole]
    if not term.is_prefix:
        return [*ranges, _one(_key(last))]
    if len(last) < PREFIX_CHARACTERS:
        return ranges
    return [*ranges, keys_of_prefix(last.encode("utf-8", "replace"))]


def _key(word: str) -> int:
    return key_of_word(word.encode("utf-8", "replace"))


def _evaluate(node: Node, lookup: Lookup, segment: int) -> int:
    """The reports of a segment that may match, one bit each."""
    if isinstance(node, Term):
        found = lookup.all_bits(segment)
        for keys in _ranges(node):
            found &= lookup.bits(keys, segment)
        return found
    if isinstance(node, Without):
        return _exclude(node.part, lookup, segment)
    parts = (_evaluate(part, lookup, segment) for part in node.parts)
    if isinstance(node, All):
        return reduce(and_, parts, lookup.all_bits(segment))
    return reduce(or_, parts, 0)


def _exclude(node: Node, lookup: Lookup, segment: int) -> int:
    """All but those that certainly match `node`: of a phrase or a prefix the index can't tell."""
    everything = lookup.all_bits(segment)
    if isinstance(node, Without):
        return _evaluate(node.part, lookup, segment)
    if isinstance(node, Term):
        is_word = len(node.words) == 1 and not node.is_prefix
        return everything & ~_evaluate(node, lookup, segment) if is_word else everything
    parts = (_exclude(part, lookup, segment) for part in node.parts)
    if isinstance(node, All):
        return reduce(or_, parts, 0)
    return reduce(and_, parts, everything)


def _any(lookup: Lookup, segment: int, condition: Iterable[type_range]) -> int:
    return reduce(or_, (lookup.bits(keys, segment) for keys in condition), 0)


def _in_order(
    cursor: CursorWrapper, stretch: Stretch, lookup: Lookup, bits: dict[int, int], direction: int
) -> Iterator[Place]:
    """The reports whose bits are set, by time, read a few segments at a time."""

    def nearest(segment: int) -> int:
        """No report of it comes before this time in the order; a smaller number is nearer."""
        first, last = lookup.spans[segment]
        return first if direction == OLDEST_FIRST else -last

    segments = sorted(bits, key=nearest)
    waiting: list[Place] = []
    at = 0
    while at < len(segments) or waiting:
        taken: dict[int, int] = {}
        while at < len(segments) and sum(b.bit_count() for b in taken.values()) < READ_AT_ONCE:
            taken[segments[at]] = bits[segments[at]]
            at += 1
        if taken:
            waiting.extend(looking.read_places(cursor, stretch, taken))
            waiting.sort(key=_order_of, reverse=direction == OLDEST_FIRST)
        bound = nearest(segments[at]) if at < len(segments) else None
        while waiting and (bound is None or direction * waiting[-1].micros < bound):
            yield waiting.pop()


def _order_of(place: Place) -> tuple[int, UUID]:
    return place.micros, place.key


def _read_bodies(cursor: CursorWrapper, places: list[Place]) -> dict[UUID, bytes]:
    cursor.execute(
        "SELECT key, body FROM reports_report WHERE key = ANY(%s::uuid[]) AND day = ANY(%s)",
        [[str(place.key) for place in places], list({place.day for place in places})],
    )
    return {key: bytes(body) for key, body in cursor.fetchall()}


def _load(places: list[Place]) -> list[StoredReport]:
    rows = StoredReport.objects.with_names().defer("body")
    rows = rows.filter(
        key__in=[place.key for place in places], day__in={place.day for place in places}
    )
    return sorted(rows, key=lambda row: (row.occurred_at, row.key), reverse=True)
