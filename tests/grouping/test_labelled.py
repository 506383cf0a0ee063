"""The rules against labelled failures: what belongs together is, and nothing else."""

import pytest

from reports.grouping import sign
from tests.grouping.labelled import make_corpus
from tests.grouping.scores import score


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_rules_agree_with_the_labels(seed):
    corpus = make_corpus(families=42, reports=10, seed=seed)
    labels = [item.label for item in corpus]
    groups = [sign(item.report, is_time_out=item.is_time_out).key for item in corpus]
    scores = score(labels, groups)
    assert len(set(labels)) >= 200
    assert scores.precision >= 0.99, scores
    assert scores.recall >= 0.97, scores
    assert scores.f1 >= 0.98, scores


def test_the_scores_can_tell_good_from_bad():
    labels = ["a", "a", "b", "b"]
    assert score(labels, labels).f1 == 1
    assert score(labels, [1, 1, 1, 1]).precision == 0.5
    assert score(labels, [1, 2, 3, 4]).recall == 0.5
    assert score(labels, [1, 2, 3, 4]).pairwise_f1 == 0
