"""Finding what somebody pasted: ids in any spelling, or words of a problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from reports.formats.ids import find_ids
from reports.models import Problem, SignatureCount, Topic
from reports.store.reading import Whereabouts, find_all
from reports.summaries.scope import EVERYTHING, Scope

MAX_IDS = 50
"""Ids of one pasted text that are looked up."""

MAX_PROBLEMS = 50
MAX_TOPICS = 20
MAX_WORDS = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What a text led to."""

    whereabouts: Sequence[Whereabouts] = ()
    ids_left_out: int = 0
    problems: Sequence[Problem] = ()
    are_more: bool = False


def look_up(text: str, *, scope: Scope = EVERYTHING) -> Found:
    """The reports whose ids `text` holds; without any, problems that hold all its words.

    A word may look like an id, or be an id of a sender's own making. So where
    no report is known and nothing says OOPS, the words are looked for as well.
    """
    ids = find_ids(text)
    whereabouts = find_all(ids[:MAX_IDS])
    by_id = Found(whereabouts, max(0, len(ids) - MAX_IDS))
    if "oops" in text.lower() or any(each.status != "unknown" for each in whereabouts):
        return by_id
    by_word = _find_problems(text.split()[:MAX_WORDS], scope)
    return by_word if by_word.problems or not _has_digit(ids) else by_id


def _has_digit(ids: Sequence[str]) -> bool:
    return any(character.isdigit() for oops_id in ids for character in oops_id)


def _find_problems(words: Sequence[str], scope: Scope) -> Found:
    if not words:
        return Found()
    problems = scope.of_problems(Problem.objects.select_related("classification"))
    for word in words:
        problems = problems.filter(_holds(word))
    found = list(problems.order_by("-last_seen", "-id")[: MAX_PROBLEMS + 1])
    return Found(problems=found[:MAX_PROBLEMS], are_more=len(found) > MAX_PROBLEMS)


def _holds(word: str) -> Q:
    word = word.replace("\0", "")
    in_own_text = (
        Q(title__icontains=word)
        | Q(type__icontains=word)
        | Q(value__icontains=word)
        | Q(culprit__icontains=word)
    )
    topics = list(
        Topic.objects.filter(name__icontains=word).values_list("pk", flat=True)[:MAX_TOPICS]
    )
    if not topics:
        return in_own_text
    with_topic = SignatureCount.objects.filter(facet__topic__in=topics)
    return in_own_text | Q(pk__in=with_topic.values("signature__problem"))
