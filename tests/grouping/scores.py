"""How well a grouping agrees with labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple


class Scores(NamedTuple):
    """Shares from 0 to 1. B³ goes by reports, pairwise by pairs of reports."""

    precision: float
    recall: float
    f1: float
    pairwise_f1: float


def score(labels: Sequence[Hashable], groups: Sequence[Hashable]) -> Scores:
    """Compare the groups with the labels of the same reports."""
    both = Counter(zip(labels, groups, strict=True))
    by_label, by_group = Counter(labels), Counter(groups)
    total = len(labels)
    precision = sum(n * n / by_group[group] for (_, group), n in both.items()) / total
    recall = sum(n * n / by_label[label] for (label, _), n in both.items()) / total
    return Scores(precision, recall, _f1(precision, recall), _pairwise(both, by_label, by_group))


def _pairwise(both: Counter, by_label: Counter, by_group: Counter) -> float:
    together = _pairs(both)
    return _f1(together / max(1, _pairs(by_group)), together / max(1, _pairs(by_label)))


def _pairs(counts: Counter) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
