"""Places: where a call's code lies, however and wherever it was deployed.

A unit, the last two parts of a path or dotted module without what a release
changes, is the same in every root, environment and version of Python.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import lru_cache

from reports.grouping.libraries import KNOWN_LIBRARIES
from reports.report import Frame

MAX_PATH = 1_000

_LIBRARY_ROOT = re.compile(
    r"(?:.*[/\\])?(?:site-packages|dist-packages|eggs|[^/\\]+\.egg|node_modules"
    r"|lib(?:64)?[/\\]python[\d.]*|pypy[\d.]*[/\\]lib[^/\\]*|Python\d+[/\\]Lib|python[\d.]+[/\\]lib)[/\\]",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.(?:py[cowx]?|so|pt|zpt|pyd)\Z")
_SLASH = re.compile(r"[/\\]+")
_RELEASE = re.compile(
    r"(?=\D*\d)(?:v?[\d._-]+(?:(?:rc|a|b|dev|post)\d*)?|[0-9a-f]{7,40}|r\d+|[\w.]*[-_.]v?\d[\w.+-]*"
    r"|(?:release|deploy|build|current|rev|revision|checkout)[-_]?\w*)\Z",
    re.IGNORECASE,
)
_STANDARD = frozenset(sys.stdlib_module_names) - {"__main__", "test", "site", "this", "code"}


@dataclass(frozen=True, slots=True)
class Place:
    """A file or module of code."""

    unit: str
    """What names it in every deployment: `browser.bugtask`."""
    module: str
    """The same for people."""
    package: str
    """The top package, as far as the path tells it, or `""`."""
    root: str
    """What stands before the package in a path, or `""`."""
    is_application: bool


def is_application_frame(frame: Frame) -> bool:
    """Whether a call is in the application's own code, and not in a library."""
    return place_of(frame.path).is_application


@lru_cache(maxsize=20_000)
def place_of(path: str) -> Place:
    """The place that a frame's path or module names."""
    path = path[-MAX_PATH:]
    if path.startswith("<"):
        return Place(path, path, "", "", is_application=not path.startswith("<frozen "))
    found = _LIBRARY_ROOT.match(path)
    if found:
        parts = _split(path[found.end() :])
        return Place(_unit(parts), _unit(parts), parts[0], found.group(), is_application=False)
    parts = _split(path)
    is_rooted = path[:1] in "/\\~" or path[1:3] in (":\\", ":/")
    package = "" if is_rooted or len(parts) < 2 else parts[0]
    is_known = package in KNOWN_LIBRARIES or package in _STANDARD
    return Place(_unit(parts), _unit(parts), package, "", is_application=not is_known)


def _split(path: str) -> list[str]:
    """Parts of a path, or of a dotted module; never empty."""
    if "/" in path or "\\" in path or _ENDING.search(path):
        parts = _SLASH.split(_ENDING.sub("", path))
    else:
        parts = path.split(".")
    parts = [part for part in parts if part not in ("", ".", "..", "__init__")]
    return parts or [path or "?"]


def _unit(parts: list[str]) -> str:
    kept = parts[-2:]
    if len(kept) == 2 and _RELEASE.match(kept[0]):
        kept = kept[1:]
    return ".".join(kept)
