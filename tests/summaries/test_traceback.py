"""Tracebacks: own code open, library code folded, chains in order."""

from __future__ import annotations

from reports.report import Report
from reports.summaries.traceback import MAX_FRAMES, read_traceback
from tests.making import TRACEBACK

CHAIN = (
    TRACEBACK
    + "\nThe above exception was the direct cause of the following exception:\n\n"
    + TRACEBACK.replace("KeyError: 'apple'", "NoPrice: apple")
)


def test_without_text_there_is_nothing() -> None:
    found = read_traceback(Report(id="OOPS-1"))
    assert (list(found.links), found.frame_count, found.raw) == ([], 0, "")


def test_a_text_without_frames_stays_raw() -> None:
    found = read_traceback(Report(id="OOPS-1", tb_text="it broke <script>"))
    assert not any(link.stretches for link in found.links)
    assert found.raw == "it broke <script>"


def test_library_frames_are_folded_and_own_ones_are_not() -> None:
    (link,) = read_traceback(Report(id="OOPS-1", tb_text=TRACEBACK)).links
    assert [(each.is_library, len(each.frames)) for each in link.stretches] == [
        (True, 1),
        (False, 2),
    ]
    assert link.end == "KeyError: 'apple'"


def test_where_all_is_library_code_nothing_is_folded() -> None:
    only = "\n".join(TRACEBACK.splitlines()[:3])
    (link,) = read_traceback(Report(id="OOPS-1", tb_text=only)).links
    assert [each.is_library for each in link.stretches] == [False]


def test_a_last_line_that_was_left_out_comes_from_the_report() -> None:
    text = "\n".join(TRACEBACK.splitlines()[1:-1])
    (link,) = read_traceback(Report(id="OOPS-1", type="KeyError", value="x", tb_text=text)).links
    assert link.end == "KeyError: x"


def test_a_chain_is_shown_whole_with_words_between() -> None:
    first, second = read_traceback(Report(id="OOPS-1", tb_text=CHAIN)).links
    assert "direct cause" in first.after
    assert (first.end, second.end) == ("KeyError: 'apple'", "NoPrice: apple")


def test_a_runaway_recursion_is_cut_at_its_oldest_frames() -> None:
    lines = [f'  File "/srv/app/x.py", line {n}, in f\n    f()' for n in range(1000)]
    (link,) = read_traceback(Report(id="OOPS-1", tb_text="\n".join(lines))).links
    assert link.left_out == 1000 - MAX_FRAMES
    assert link.stretches[-1].frames[-1].line == 999
