"""A traceback as people read it: own code open, library code folded. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.grouping import Traceback as Parsed
from reports.grouping import is_application_frame, parse_chain
from reports.grouping.places import place_of
from reports.report import Frame, Report

MAX_FRAMES = 300
"""Frames of one exception that are shown; a runaway recursion has more and says no more."""

MAX_LINKS = 20
"""Exceptions of one chain that are shown, the last ones."""

MAX_PACKAGES = 4

RELATIONS = {
    "cause": "This was the direct cause of:",
    "context": "While this was handled, there came:",
    "member": "A member of the group above:",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames next to each other, all of libraries or all of the application."""

    is_library: bool
    frames: Sequence[Frame]

    @property
    def packages(self) -> Sequence[str]:
        """Whose code they are, each once, in order."""
        names = (place_of(frame.path).package for frame in self.frames)
        return list(dict.fromkeys(name for name in names if name))[:MAX_PACKAGES]


@dataclass(frozen=True, slots=True)
class Link:
    """One exception of a chain."""

    stretches: Sequence[Stretch]
    end: str
    """Its last line, as far as it was sent."""
    left_out: int
    """Older frames that are not shown."""
    before: str = ""
    """Words that stand before it, of a group's member."""
    after: str = ""
    """Words that lead to the next one."""


@dataclass(frozen=True, slots=True)
class Traceback:
    """All of a report's traceback, the reported exception last but for its group's members."""

    links: Sequence[Link]
    links_left_out: int
    frame_count: int
    folded_count: int
    raw: str


def read_traceback(report: Report) -> Traceback:
    """Fold a report's traceback; without readable frames only `raw` is left."""
    chain = parse_chain(report.tb_text)
    own_end = f"{report.type}: {report.value}" if report.value else report.type
    links = [_make_link(each, own_end) for each in chain[-MAX_LINKS:]]
    stretches = [stretch for link in links for stretch in link.stretches]
    return Traceback(
        links=links,
        links_left_out=len(chain) - len(links),
        frame_count=sum(len(each.frames) for each in chain),
        folded_count=sum(len(each.frames) for each in stretches if each.is_library),
        raw=report.tb_text,
    )


def _make_link(found: Parsed, own_end: str) -> Link:
    shown = found.frames[-MAX_FRAMES:]
    is_last = found.relation in ("", "member")
    return Link(
        stretches=_fold(shown),
        # Some senders leave the last line out: then the report itself says it.
        end=found.exception_line or (own_end if is_last else ""),
        left_out=len(found.frames) - len(shown),
        before=RELATIONS["member"] if found.relation == "member" else "",
        after="" if is_last else RELATIONS.get(found.relation, ""),
    )


def _fold(frames: Sequence[Frame]) -> list[Stretch]:
    """Runs of either kind. Where all is library code, none of it is folded."""
    if not any(is_application_frame(frame) for frame in frames):
        return [Stretch(is_library=False, frames=frames)] if frames else []
    return [
        Stretch(is_library=not is_own, frames=tuple(run))
        for is_own, run in groupby(frames, is_application_frame)
    ]
