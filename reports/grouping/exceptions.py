"""Exceptions: which exception of a report counts, its type and message, and its calls."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reports.grouping.frames import Traceback, parse_chain
from reports.grouping.stack import Blame, blame
from reports.report import Report

_TYPE = re.compile(r"[^\W\d]\w*(?=['\"]?>?\)?\s*\Z)")
_ALIASES = {
    "IOError": "OSError",
    "EnvironmentError": "OSError",
    "WindowsError": "OSError",
    "timeout": "TimeoutError",
}
"""Names that a version of Python made another name of one class."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What was raised: bare class name, message, and the calls to blame if there are any."""

    type: str
    value: str
    blame: Blame | None


def find_raised(report: Report) -> Raised:
    """The exception that the report is about: the last of a chain, unless it names another.

    Causes and contexts do not count, so that a sender that shows them and one
    that does not agree. Of a group whose own calls are not the application's,
    its first member counts.
    """
    chain = parse_chain(report.tb_text)
    link = _choose(chain, bare_type(report.type))
    type_ = bare_type(report.type) or bare_type(link.type if link else "")
    value = report.value or (link.value if link else "")
    found = blame(link.frames, is_recursion=type_ == "RecursionError") if link else None
    return Raised(type_, value, found)


def bare_type(type_: str) -> str:
    """The class without its module: `x.errors.Gone`, `<class 'x.Gone'>` and `Gone` are one."""
    found = _TYPE.search(type_[-300:])
    name = found.group() if found else type_[:300].strip()
    return _ALIASES.get(name, name)


def _choose(chain: tuple[Traceback, ...], type_: str) -> Traceback | None:
    links = [link for link in chain if link.frames]
    main = [link for link in links if link.relation != "member"]
    named = [link for link in main if link.type and bare_type(link.type) == type_]
    if main and type_.endswith("ExceptionGroup"):
        return _innermost_of_group(links, main)
    candidates = named or main or links
    return candidates[-1] if candidates else None


def _innermost_of_group(links: list[Traceback], main: list[Traceback]) -> Traceback:
    members = [link for link in links if link.relation == "member"]
    return members[0] if members else main[-1]
