"""Facts: what each report adds to its day's rows, and the sums of many of them.

The same code adds up the facts of batches and, to check, those of stored reports.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import floor
from typing import NamedTuple

import orjson
import zstandard

from reports.models import PeopleSketch
from reports.store.measures import Measure, type_day

SECONDS_A_QUARTER = 900
SECONDS_A_DAY = 86_400
EPOCH_DAY = date(1970, 1, 1)

SIGNATURE = int(PeopleSketch.Subject.SIGNATURE)
CLASSIFICATION = int(PeopleSketch.Subject.CLASSIFICATION)


class Fact(NamedTuple):
    """One stored report's."""

    signature_id: int
    classification_id: int
    reporter_id: int
    topic_id: int
    second: int
    """When it happened, in seconds since 1970."""
    duration_ms: float | None
    statement_count: int
    oops_id: str
    person: int | None
    """A hash of who was hit; None if the report does not say."""


type_topic_key = tuple[int, date, int]
"""Topic, day, reporter."""
type_people_key = tuple[int, int, date, int]
"""Subject, number, day, reporter."""


@dataclass
class Tally:
    """Facts added up by the rows that they belong to."""

    topics: dict[type_topic_key, type_day] = field(default_factory=dict)
    people: dict[type_people_key, set[int]] = field(default_factory=dict)

    def add(self, facts: Iterable[Fact]) -> None:
        """Take in each fact."""
        for fact in facts:
            number, second = divmod(fact.second, SECONDS_A_DAY)
            day = _day(number)
            quarters = self.topics.setdefault((fact.topic_id, day, fact.reporter_id), {})
            measure = quarters.get(second // SECONDS_A_QUARTER)
            if measure is None:
                measure = quarters[second // SECONDS_A_QUARTER] = Measure()
            measure.add(fact.duration_ms, fact.statement_count, fact.oops_id)
            if fact.person is not None:
                for subject, its_number in (
                    (SIGNATURE, fact.signature_id),
                    (CLASSIFICATION, fact.classification_id),
                ):
                    key = (subject, its_number, day, fact.reporter_id)
                    self.people.setdefault(key, set()).add(fact.person)


@lru_cache(maxsize=4096)
def _day(number: int) -> date:
    return EPOCH_DAY + timedelta(days=number)


def second_of(moment: datetime) -> int:
    """Whole seconds since 1970 up to an aware time."""
    return floor(moment.timestamp())


def pack_facts(facts: Iterable[Fact]) -> bytes:
    """A batch's facts as bytes. A duration that is no number is left out."""
    return zstandard.compress(orjson.dumps([tuple(fact) for fact in facts]), 1)


def unpack_facts(packed: bytes) -> list[Fact]:
    """What `pack_facts` made bytes of."""
    return [Fact(*fact) for fact in orjson.loads(zstandard.decompress(packed))]
