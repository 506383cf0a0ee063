"""What reports of a problem share, and others do not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reports.models import Problem
from reports.summaries.common_ground import find_common_ground
from reports.summaries.span import last
from tests.making import make_report_dict, take_in

pytestmark = pytest.mark.django_db


def find(type_: str) -> dict[str, tuple[str, float, float | None]]:
    problem = Problem.objects.get(type=type_)
    found = find_common_ground(problem.pk, last("7d", datetime.now(UTC)))
    return {line.attribute: (line.value, line.share, line.share_of_others) for line in found.lines}


def test_a_problem_alone_in_the_store_is_compared_with_nothing() -> None:
    take_in(make_report_dict())
    assert find("KeyError")["revision"] == ("shop 100", 1.0, None)


def test_the_revision_that_broke_it_stands_out_first() -> None:
    broken = [make_report_dict(revno="101") for _ in range(4)]
    others = [make_report_dict(type="OSError", value="disk", revno="100") for _ in range(3)]
    take_in(*broken, *others, make_report_dict(type="OSError", value="disk", revno="101"))
    problem = Problem.objects.get(type="KeyError")
    found = find_common_ground(problem.pk, last("7d", datetime.now(UTC)))
    assert found.lines[0].attribute == "revision"
    assert found.lines[0].value == "shop 101"
    assert (found.lines[0].share, found.lines[0].share_of_others) == (1.0, 0.25)
    assert found.lines[0].lift == 4
    assert [line.attribute for line in found.shared_by_all] == ["revision"]


def test_the_commonest_value_is_named_with_its_share() -> None:
    get, post = {"REQUEST_METHOD": "GET"}, {"REQUEST_METHOD": "POST"}
    take_in(*(make_report_dict(req_vars=each) for each in (post, post, post, get)))
    assert find("KeyError")["method"][:2] == ("POST", 0.75)
