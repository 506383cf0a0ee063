"""The rules against code that really fails, made without regard to them."""

import linecache

import pytest

from reports.grouping import sign
from tests.grouping.real_failures import make_real_failures
from tests.grouping.scores import score


@pytest.mark.parametrize("seed", [5, 6])
def test_the_rules_agree_on_failures_they_were_not_made_for(seed):
    corpus = make_real_failures(reports=8, seed=seed)
    labels = [item.label for item in corpus]
    groups = [sign(item.report, is_time_out=item.is_time_out).key for item in corpus]
    scores = score(labels, groups)
    assert len(set(labels)) >= 90
    assert scores.pairwise_f1 >= 0.95, scores
    assert scores.f1 >= 0.98, scores


def test_the_same_seed_makes_the_same_failures():
    made = [make_real_failures(reports=1, seed=3) for _ in range(2)]
    assert [item.report.tb_text for item in made[0]] == [item.report.tb_text for item in made[1]]


def test_no_source_is_left_behind():
    make_real_failures(reports=1, seed=4)
    assert not [path for path in linecache.cache if "observatory" in path]
