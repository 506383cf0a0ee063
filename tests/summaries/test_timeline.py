"""Timelines: what senders write must be drawn, and add up."""

from __future__ import annotations

import math

from reports.report import Report, Step
from reports.summaries.timeline import FOREVER_MS, analyse


def make_report(*steps: Step, **over: object) -> Report:
    return Report(id="OOPS-1", timeline=steps, **over)  # type: ignore[arg-type]


def sql(start: float, stop: float, statement: str = "SELECT 1") -> Step:
    return Step(start, stop, "SQL-main", statement)


def test_a_report_without_a_timeline_has_nothing_to_draw() -> None:
    found = analyse(make_report())
    assert (found.rows, found.repeats, found.longest) == ([], [], [])
    assert found.total_ms == found.sql_ms == found.outside_sql_ms == 0


def test_times_that_are_no_numbers_are_drawn_at_the_start() -> None:
    found = analyse(make_report(sql(math.nan, math.inf), sql(5, -math.inf), sql(-3, 7)))
    assert all(0 <= row.start_ms <= row.stop_ms <= FOREVER_MS for row in found.rows)
    assert found.end_ms == 7


def test_a_clock_that_ran_backwards_makes_no_negative_time() -> None:
    found = analyse(make_report(sql(10, 4)))
    assert found.actions[0].duration_ms == 0
    assert found.sql_ms == 0


def test_statements_that_differ_in_literals_are_repeats() -> None:
    steps = [sql(10 * n, 10 * n + 4, f"SELECT a FROM b WHERE c = {n}") for n in range(5)]
    (repeat,) = analyse(make_report(*steps, given_duration_ms=100.0)).repeats
    assert (repeat.count, repeat.total_ms, repeat.mean_ms) == (5, 20, 4)
    assert repeat.saving_ms == 16
    assert repeat.projected_ms == 84


def test_each_projection_takes_in_the_savings_above_it() -> None:
    steps = [sql(n, n + 1, f"SELECT small FROM t WHERE x = {n}") for n in range(4)]
    steps += [sql(n, n + 10, f"SELECT big FROM t WHERE x = {n}") for n in range(3)]
    found = analyse(make_report(*steps, given_duration_ms=50.0))
    assert [repeat.projected_ms for repeat in found.repeats] == [30, 27]
    assert found.best_case_ms == 27


def test_repeats_side_by_side_never_project_below_zero() -> None:
    steps = [sql(0, 100, f"SELECT a FROM b WHERE c = {n}") for n in range(50)]
    found = analyse(make_report(*steps))
    assert found.best_case_ms == 0
    assert found.outside_sql_ms == 0


def test_only_neighbours_of_one_shape_are_joined() -> None:
    one, two = "SELECT a FROM b WHERE c = 1", "SELECT a FROM b WHERE c = 2"
    steps = (sql(0, 1, one), sql(1, 2, two), sql(2, 3, "SELECT other"), sql(3, 4, one))
    found = analyse(make_report(*steps))
    assert [(row.kind, row.count) for row in found.rows] == [("rep", 2), ("sql", 1), ("sql", 1)]
    assert [row.count for row in analyse(make_report(*steps), join_repeats=False).rows] == [1] * 4


def test_a_long_time_without_actions_is_a_row() -> None:
    found = analyse(make_report(sql(0, 10), sql(900, 910), given_duration_ms=1000.0))
    assert [row.kind for row in found.rows] == ["sql", "gap", "sql", "gap"]
    assert found.rows[1].busy_ms == 890


def test_other_categories_are_no_sql() -> None:
    steps = (Step(0, 5, "http", "GET /x"), Step(5, 7, "memcache", "get"), sql(7, 10))
    found = analyse(make_report(*steps, given_duration_ms=20.0))
    assert [action.kind for action in found.actions] == ["http", "oth", "sql"]
    assert (found.sql_ms, found.other_ms, found.outside_sql_ms) == (3, 7, 17)


def test_the_longest_statements_come_first_and_take_time() -> None:
    found = analyse(make_report(sql(0, 5, "SELECT a"), sql(5, 25, "SELECT b"), sql(25, 25, "c")))
    assert [action.detail for action in found.longest] == ["SELECT b", "SELECT a"]


def test_a_statement_of_a_megabyte_is_compared_by_its_beginning() -> None:
    huge = "SELECT " + "x" * 1_000_000
    (repeat,) = analyse(make_report(sql(0, 1, huge + "1"), sql(1, 2, huge + "2"))).repeats
    assert repeat.count == 2
