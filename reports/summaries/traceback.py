"""A traceback as people read it: own code open, library code folded. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.grouping import is_library, read_frames
from reports.report import Frame, Report

MAX_FRAMES = 500
"""Frames that are shown; a runaway recursion has more and says nothing with them."""

MAX_MODULES = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames next to each other, all of a library or all of the application."""

    is_library: bool
    frames: Sequence[Frame]

    @property
    def modules(self) -> Sequence[str]:
        """Which packages they are of, each once, in order."""
        names = [package_of(frame.path) for frame in self.frames]
        return list(dict.fromkeys(name for name in names if name))[:MAX_MODULES]


@dataclass(frozen=True, slots=True)
class Traceback:
    """All of a report's traceback."""

    stretches: Sequence[Stretch]
    frame_count: int
    folded_count: int
    left_out: int
    raw: str
    type: str
    value: str


def read_traceback(report: Report) -> Traceback:
    """Fold a report's traceback; without readable frames only `raw` is left."""
    frames = list(read_frames(report.tb_text))
    shown = frames[-MAX_FRAMES:]
    stretches = _fold(shown)
    return Traceback(
        stretches=stretches,
        frame_count=len(frames),
        folded_count=sum(len(each.frames) for each in stretches if each.is_library),
        left_out=len(frames) - len(shown),
        raw=report.tb_text,
        type=report.type,
        value=report.value,
    )


def package_of(path: str) -> str:
    """`zope.publisher` of its file's path or dotted module; `""` where none can be told."""
    for mark in ("site-packages/", "dist-packages/", "/lib/python"):
        if mark in path:
            path = path.rsplit(mark, 1)[1]
            path = path.partition("/")[2] if mark == "/lib/python" else path
            break
    parts = [part for part in path.replace("\\", "/").removesuffix(".py").split("/") if part]
    if len(parts) == 1:
        parts = parts[0].split(".")
    return ".".join(parts[:2] if len(parts) > 2 else parts[:1])


def _fold(frames: Sequence[Frame]) -> list[Stretch]:
    """Runs of either kind. Where all is library code, none of it is folded."""
    if all(is_library(frame) for frame in frames):
        return [Stretch(False, frames)] if frames else []
    return [Stretch(kind, tuple(run)) for kind, run in groupby(frames, is_library)]
