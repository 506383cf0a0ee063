"""Classify: which class of failures a report belongs to, by rules that an operator edits."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from urllib.parse import unquote

from reports.models import Classification, ClassificationRule
from reports.report import Report

NON_ASCII = "<non-ascii>"
"""In a rule's list of URL texts: any character beyond ASCII, also percent-encoded."""

RULES_LAST_SECONDS = 10
"""How long a worker goes by the rules that it has read."""

_ROBOT = re.compile(
    r"(?<!cu)bot\b|bot[/_-]|crawl|spider|slurp|archiver|robot|scan(?:ner)?\b|feed(?:fetcher|burner)"
    r"|monitor(?:ing)?\b|wget|libwww|python-(?:urllib|requests)|\bcurl/|mediapartners|ahrefs",
    re.IGNORECASE,
)
_NON_ASCII = re.compile(r"[^\x00-\x7f]|%[89a-f][0-9a-f]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to be held against reports."""

    classification_id: int
    is_time_out: bool
    types: frozenset[str]
    reporters: re.Pattern[str] | None
    url_holds: tuple[str, ...]
    is_informational: bool

    def holds(self, report: Report) -> bool:
        """Whether all its conditions do."""
        return (
            (not self.types or bare_type(report.type) in self.types)
            and (not self.is_informational or report.is_informational)
            and (self.reporters is None or self.reporters.match(report.reporter) is not None)
            and (not self.url_holds or any(_is_in_url(text, report.url) for text in self.url_holds))
        )


@dataclass(frozen=True, slots=True)
class Classified:
    """A report's class, and whether that is one of time outs."""

    classification_id: int
    is_time_out: bool


class NoClass(LookupError):
    """No rule holds and no class stands last to take what is left."""


def classify(report: Report, rules: Sequence[Rule]) -> Classified:
    """The class of the first rule that holds."""
    for rule in rules:
        if rule.holds(report):
            return Classified(rule.classification_id, rule.is_time_out)
    raise NoClass("No classification rule holds; add one without conditions at the end")


def current_rules() -> Sequence[Rule]:
    """The rules in order, at most `RULES_LAST_SECONDS` old. The last class takes the rest."""
    return _rules_of(int(time.monotonic() / RULES_LAST_SECONDS))


@lru_cache(maxsize=4096)
def is_robot(user_agent: str) -> bool:
    """Whether a client says of itself that it is a program that reads pages."""
    return _ROBOT.search(user_agent[:1000]) is not None


def bare_type(name: str) -> str:
    """`NotFound` of `lp.errors.NotFound`, as senders differ in what they write."""
    return name.rsplit(".", 1)[-1]


def _is_in_url(text: str, url: str) -> bool:
    if text == NON_ASCII:
        return _NON_ASCII.search(url) is not None
    # Senders differ in what they quote: oops_wsgi writes @@ as %40%40.
    return text in url or ("%" in url and text in unquote(url))


@lru_cache(maxsize=1)
def _rules_of(_moment: int) -> tuple[Rule, ...]:
    rules = [_compile(rule) for rule in ClassificationRule.objects.select_related("classification")]
    rest = Classification.objects.order_by("-position").first()
    if rest is not None:
        rules.append(Rule(rest.pk, rest.is_time_out, frozenset(), None, (), False))
    return tuple(rules)


def _compile(rule: ClassificationRule) -> Rule:
    patterns = "|".join(translate(pattern) for pattern in rule.reporters)
    return Rule(
        classification_id=rule.classification_id,
        is_time_out=rule.classification.is_time_out,
        types=frozenset(rule.types),
        reporters=re.compile(patterns, re.IGNORECASE) if patterns else None,
        url_holds=tuple(rule.url_holds),
        is_informational=rule.is_informational,
    )
