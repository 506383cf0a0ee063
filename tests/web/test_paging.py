"""Paging by the last row: nothing twice, nothing left out, no cursor that breaks it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reports.models import Classification, Problem
from reports.web.paging import cut_page

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def problems() -> list[int]:
    """Seven problems, of which three were last seen at the same moment."""
    first = Classification.objects.first()
    made = [
        Problem.objects.create(
            title=f"p{n}",
            classification=first,
            first_seen=NOON,
            last_seen=NOON - timedelta(minutes=n // 3),
            count=n,
        )
        for n in range(7)
    ]
    return [each.pk for each in sorted(made, key=lambda p: (p.last_seen, p.pk), reverse=True)]


def test_forward_and_back_again_shows_each_row_once(problems: list[int]) -> None:
    rows = Problem.objects.all()
    pages = [cut_page(rows, "last_seen", size=3)]
    while pages[-1].next:
        pages.append(cut_page(rows, "last_seen", after=pages[-1].next, size=3))
    assert [row.pk for page in pages for row in page.items] == problems
    back = cut_page(rows, "last_seen", before=pages[-1].previous, size=3)
    assert [row.pk for row in back.items] == [row.pk for row in pages[-2].items]
    first = cut_page(rows, "last_seen", before=back.previous, size=3)
    assert [row.pk for row in first.items] == [row.pk for row in pages[0].items]
    assert first.previous == ""


def test_pages_by_number_work_like_pages_by_time(problems: list[int]) -> None:
    page = cut_page(Problem.objects.all(), "count", size=3)
    assert [row.count for row in page.items] == [6, 5, 4]
    after = cut_page(Problem.objects.all(), "count", after=page.next, size=3)
    assert [row.count for row in after.items] == [3, 2, 1]


@pytest.mark.parametrize(
    "cursor",
    ["x", "~", "1~x", "2026-11-24T12:00:00~1", f"{10**30}~1", f"1~{10**30}", "'; DROP~1"],
)
def test_a_cursor_that_can_not_be_read_begins_at_the_start(
    problems: list[int], cursor: str
) -> None:
    page = cut_page(Problem.objects.all(), "last_seen", after=cursor, size=3)
    assert [row.pk for row in page.items] == problems[:3]


def test_a_cursor_of_another_sort_begins_at_the_start(problems: list[int]) -> None:
    by_count = cut_page(Problem.objects.all(), "count", size=3).next
    page = cut_page(Problem.objects.all(), "last_seen", after=by_count, size=3)
    assert [row.pk for row in page.items] == problems[:3]
