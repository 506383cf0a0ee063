"""Stack: which calls of a traceback are to blame.

The raising function is the innermost call in the application's own code. With
it goes its direct caller, so that a helper that fails for two callers is two
problems, unless the caller only passes calls on (a decorator, a middleware, an
entry point). Everything further out and everything below in libraries is left
out: it differs with the way in, the release and the depth of a recursion.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reports.grouping.libraries import GLUE
from reports.grouping.places import Place, is_known_library, place_of
from reports.report import Frame

MAX_HELPERS = 4
"""Helpers above the raising function that are passed on the way to a caller that tells."""

_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_PASSING_FUNCTION = re.compile(
    r"_*(?:wrap|wraps|wrapper|wrapped|inner|decorat(?:e|ed|or)|closure|new_?func|new_?function|proxy)(?:_\w+)?\Z"
    r"|\w*_(?:wrapper|wrapped|inner|decorated|decorator)\Z"
    r"|<module>\Z|main\Z|__call__\Z|__exit__\Z|dispatch(?:_request)?\Z|wsgi_app\Z|application\Z|get_response\Z"
    r"|process_(?:request|response|view)\Z|middleware\Z|<lambda>\Z"
)
_PASSING_MODULE = re.compile(
    r"_*(?:\w*decorators?|\w*middlewares?|wsgi|asgi|manage|__main__|celery|celeryapp|retry|retries|retrying"
    r"|tracing|instrumentation|profiling|monkey|wrappers?)\Z"
)
_HELPER_MODULE = re.compile(
    r"_*(?:utils?|helpers?|common|misc|compat|tools?|toolbox|lib|base|core|validators?|validation|checks?"
    r"|asserts?|assertions?|guards?|shared|support|mixins?)\Z"
)


@dataclass(frozen=True, slots=True)
class Call:
    """A frame and where it stands."""

    place: Place
    function: str
    source: str

    @property
    def identity(self) -> tuple[str, str]:
        """What is the same in every release and deployment."""
        return self.place.unit, self.function

    @property
    def name(self) -> str:
        """`module.function`, as people read it."""
        return f"{self.place.module}.{self.function}" if self.function else self.place.module

    @property
    def passes_on(self) -> bool:
        """Whether it only hands a call to somebody else: a decorator, an entry point."""
        module = self.place.unit.rpartition(".")[2]
        return bool(_PASSING_FUNCTION.match(self.function) or _PASSING_MODULE.match(module))

    @property
    def is_helper(self) -> bool:
        """Whether it stands in a module that, by its name, serves many others."""
        return bool(_HELPER_MODULE.match(self.place.unit.rpartition(".")[2]))


@dataclass(frozen=True, slots=True)
class Blame:
    """The calls that name a problem, the raising one first; never empty."""

    calls: tuple[Call, ...]
    is_library: bool
    """Whether no call of the application's own was found."""
    is_innermost: bool = False
    """Whether nothing was called below: the interpreter itself, or this very line, raised."""

    @property
    def raising(self) -> Call:
        """The call that raised."""
        return self.calls[0]


def blame(frames: Sequence[Frame], *, is_recursion: bool = False) -> Blame | None:
    """The calls to blame, or None where no frame is of any use."""
    calls = _make_calls(frames)
    if not calls:
        return None
    own = [call.place.is_application for call in calls]
    if not any(own):
        own = [_may_be_application(call) for call in calls]
    if not any(own):
        return Blame(tuple(_distinct(reversed(calls), 2)), is_library=True)
    if is_recursion:
        return Blame(_find_cycle(calls, own), is_library=False)
    return Blame(tuple(_walk_out(calls, own)), is_library=False, is_innermost=own[-1])


def _make_calls(frames: Sequence[Frame]) -> list[Call]:
    """Calls from frames; a comprehension belongs to the function around it."""
    calls: list[Call] = []
    for frame in frames:
        place = place_of(frame.path)
        function = frame.function.rpartition(".")[2].strip()
        if function in _COMPREHENSIONS and calls and calls[-1].place is place:
            function = calls[-1].function
            calls.pop()
        calls.append(Call(place, function, frame.source))
    return calls


def _may_be_application(call: Call) -> bool:
    """An application that is installed like a library: in site-packages, yet no known name."""
    return call.place.is_installed and not is_known_library(call.place.package)


def _walk_out(calls: list[Call], own: list[bool]) -> list[Call]:
    """The raising call, and outward the first callers that tell one cause from another."""
    at = max(index for index, is_own in enumerate(own) if is_own)
    found = [calls[at]]
    at = _outermost(calls, own, at)
    for index in range(at - 1, -1, -1):
        call = calls[index]
        if not own[index]:
            if call.place.package in GLUE:
                continue
            break
        if call.passes_on or call.identity in [known.identity for known in found]:
            continue
        found.append(call)
        if not call.is_helper or len(found) > MAX_HELPERS:
            break
    return found


def _outermost(calls: list[Call], own: list[bool], at: int) -> int:
    """Where the raising function was entered first: its recursion does not count."""
    identity = calls[at].identity
    for index in range(at):
        if own[index] and calls[index].identity == identity:
            return index
    return at


def _find_cycle(calls: list[Call], own: list[bool]) -> tuple[Call, ...]:
    """The functions that call each other over and over, in the alphabet's order.

    How deep a recursion was when it hit the limit is chance, and so is which of
    its functions, or what they called, was the last.
    """
    mine = [call for call, is_own in zip(calls, own, strict=True) if is_own]
    counts = Counter(call.identity for call in mine)
    most = max(counts.values())
    cycle = {call.identity: call for call in mine if counts[call.identity] * 2 > most}
    return tuple(cycle[identity] for identity in sorted(cycle))[:20]


def _distinct(calls: reversed[Call], count: int) -> list[Call]:
    found: dict[tuple[str, str], Call] = {}
    for call in calls:
        found.setdefault(call.identity, call)
        if len(found) == count:
            break
    return list(found.values())
