"""Frames: the text of a traceback, in any dialect, to calls in order.

Understood are Python's own form with or without its first and last line, with
caret lines, chains and exception groups; Zope's `Module x.y, line 1, in z`; and
texts cut at either end. Other languages' texts have no frames here. Each line
is looked at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reports.grouping.memory import remember
from reports.report import Frame

MAX_TEXT = 256 * 1024
"""Characters of a traceback that are read, half from each end."""

MAX_FRAMES = 2_000
"""Frames that are kept of one traceback, half from each end."""

_MARGIN = r"[ \t]*(?:[|+][ \t]*)?"
_CALL = re.compile(
    rf'{_MARGIN}(?:File "(?P<path>[^"]{{1,2000}})"|Module (?P<module>[^\s,]{{1,500}}))'
    r",? line (?P<line>\d{1,9})(?:,? in (?P<function>.{1,500}))?"
)
_REPEATED = re.compile(rf"{_MARGIN}\[Previous line repeated (\d{{1,9}}) more time")
_DECORATION = re.compile(r"[\s|+^~-]*\Z|\s*(?:\|\s*)?-\s")
_GROUP_MARK = re.compile(r"[ \t]*(?:\| )?[ \t]*\+-[+-]*[- ]*(?:\d+|\.\.\.) ?-")
_EXCEPTION = re.compile(r"(?:[^\W\d]\w*\.)*[^\W\d]\w*(?:: |:?\s*\Z)")
_CAUSE = "The above exception was the direct cause of the following exception"
_CONTEXT = "During handling of the above exception, another exception occurred"
_RELATIONS = {_CAUSE: "cause", _CONTEXT: "context"}


@dataclass(frozen=True, slots=True)
class Traceback:
    """One exception of a chain.

    `frames` are the oldest first. `exception_line` is the last line as sent
    (`KeyError: 'x'`), `""` where it is missing. `relation` says what it is to
    the next one of the chain: `cause` (raise … from), `context` (raised while
    handling it), `member` (of the exception group before it), or `""`.
    """

    frames: tuple[Frame, ...]
    exception_line: str = ""
    relation: str = ""

    @property
    def type(self) -> str:
        """The exception's class as the last line names it, or `""`."""
        return self.exception_line.split(":", 1)[0].strip()

    @property
    def value(self) -> str:
        """The exception's message as the last line gives it, or `""`."""
        return self.exception_line.partition(":")[2].strip()


def parse_traceback(tb_text: str) -> tuple[Frame, ...]:
    """The calls of the exception that was reported: the last one of the chain."""
    chain = parse_chain(tb_text)
    main = [link for link in chain if link.relation != "member"]
    return main[-1].frames if main else ()


def parse_chain(tb_text: str) -> tuple[Traceback, ...]:
    """All exceptions in the text, as they stand there: causes first, then what they led to.

    Members of an exception group come after it. Empty where no call is found.
    """
    return _parse(keep_both_ends(tb_text, MAX_TEXT))


def keep_both_ends(text: str, limit: int) -> str:
    """The text, or its beginning and its end where it is longer than `limit`."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return text[:half] + "\n" + text[-half:]


@dataclass(slots=True)
class _Link:
    """A traceback in the making."""

    frames: list[Frame] = field(default_factory=list)
    exception_line: str = ""
    relation: str = ""
    is_member: bool = False

    def finish(self) -> Traceback:
        frames = self.frames
        if len(frames) > MAX_FRAMES:
            frames = frames[: MAX_FRAMES // 2] + frames[-MAX_FRAMES // 2 :]
        relation = "member" if self.is_member else self.relation
        return Traceback(tuple(frames), self.exception_line, relation)


class _Reader:
    """Takes lines one by one; `links` is what they made."""

    def __init__(self) -> None:
        self.links = [_Link()]
        self.awaits_source = False

    def read(self, line: str) -> None:
        call = _CALL.match(line)
        if call is not None:
            self._add_frame(call)
        elif line:
            self._read_other(line)

    def _add_frame(self, call: re.Match[str]) -> None:
        link = self.links[-1]
        if link.exception_line:
            link = self._open()
        path, module, line, function = call.group("path", "module", "line", "function")
        name = (function or "").strip()
        link.frames.append(Frame(path or module, int(line), name))
        self.awaits_source = True

    def _read_other(self, line: str) -> None:
        bare = line.strip(" \t|\r")
        if not bare or _DECORATION.match(line):
            self._see_group_mark(line)
        elif line[0] in " \t" and self._is_detail(line, bare):
            self._read_detail(line, bare)
        else:
            self._read_margin(bare)

    def _is_detail(self, line: str, bare: str) -> bool:
        """Whether an indented line belongs to a frame, and is no line of a group's member."""
        return "|" not in line[: len(line) - len(line.lstrip(" \t|"))] or self.awaits_source

    def _read_detail(self, line: str, bare: str) -> None:
        frames = self.links[-1].frames
        repeated = _REPEATED.match(line)
        if repeated is not None and frames:
            frames.append(frames[-1])
        elif self.awaits_source and frames:
            last = frames[-1]
            frames[-1] = Frame(last.path, last.line, last.function, bare)
            self.awaits_source = False

    def _see_group_mark(self, line: str) -> None:
        if "+-" in line and _GROUP_MARK.match(line):
            self._open().is_member = True

    def _read_margin(self, bare: str) -> None:
        self.awaits_source = False
        relation = _RELATIONS.get(bare.rstrip(":"))
        link = self.links[-1]
        if relation is not None:
            link.relation = relation
            self._open()
        elif bare.startswith(("Traceback (", "Exception Group Traceback", "+ Exception Group")):
            if link.frames:
                self._open()
        elif link.frames and not link.exception_line and _EXCEPTION.match(bare):
            link.exception_line = bare[:2000]

    def _open(self) -> _Link:
        last = self.links[-1]
        if last.frames or last.exception_line:
            self.links.append(_Link(is_member=last.is_member))
        self.awaits_source = False
        return self.links[-1]


@remember(characters=8_000_000)
def _parse(text: str) -> tuple[Traceback, ...]:
    if "line " not in text:
        return ()
    reader = _Reader()
    for line in text.split("\n"):
        reader.read(line[:4000])
    return tuple(link.finish() for link in reader.links if link.frames or link.exception_line)
