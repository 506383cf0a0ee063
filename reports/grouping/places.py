"""Places: which file of whose code a frame stands in, wherever it was deployed."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

from reports.grouping.libraries import KNOWN_LIBRARIES
from reports.grouping.memory import remember
from reports.report import Frame

MAX_PATH = 400
"""Characters of a path that are looked at, the last ones."""

_LIBRARY_PATH = re.compile(
    r"<"
    r"|(?:.*/)?(?:site|dist)-packages/"
    r"|(?:.*/)?(?:lib(?:64)?|Lib|Frameworks)/(?:python|pypy)[\d.]*/"
    r"|(?:.*/)?[Pp]ython-?[\d.]*/(?:Lib|lib)/"
    r"|(?:.*/)?(?:[^/]+\.egg|eggs|[^/]+\.whl|vendor|_vendor|third[_-]party|node_modules)/"
    r"|/usr/lib/(?:python[\d.]*/)?"
)
_ROOTS = re.compile(
    r"(?:[A-Za-z]:)?/+(?:(?:home|Users)/[^/]+/|(?:var|usr|private|mnt|opt|srv|data|tmp|root|app|code"
    r"|workspace|builds?|run|task|src)/)*"
)
_ROOT_WORDS = frozenset(
    "app build builds checkout code current deploy deployment deployments deploys dist edge env html"
    " lib live opt prod production project projects python release releases repo root runtime server"
    " share site sites source sourcecode src srv staging task trunk tmp usr var venv version versions"
    " workspace www".split()
)
_IDENTIFIER = re.compile(r"[^\W\d]\w*\Z")
_RELEASE = re.compile(
    r"(?:r|rev|v|release|build|deploy)_?\d\w*\Z|(?=[a-f]*\d)[0-9a-f]{7,}\Z|tmp\w{4,}\Z"
)
_ENDING = re.compile(r"\.(?:py[cowx]?|pyi|pyd|so|pt|zcml|html)\Z")
_STANDARD_PACKAGES = frozenset(
    "asyncio collections concurrent ctypes curses dbm distutils email encodings html http importlib"
    " json logging multiprocessing re sqlite3 tkinter tomllib unittest urllib wsgiref xml xmlrpc"
    " zoneinfo".split()
)


@dataclass(frozen=True, slots=True)
class Place:
    """A module, as far as it is the same in every deployment."""

    module: str
    """Its dotted name without the deployment's root, for people."""
    unit: str
    """The last two parts of that, which signatures hold."""
    package: str
    """The first part of the name: the top package, as far as the path tells."""
    is_application: bool
    is_installed: bool
    """Whether it is among installed packages, as an application may be, too."""


def is_application_frame(frame: Frame) -> bool:
    """Whether the frame is in the site's own code: in no library, nor made up by one."""
    return place_of(frame.path).is_application


def place_of(path: str) -> Place:
    """The module of a path, or of a dotted name as Zope writes it."""
    return _find_place(path[-MAX_PATH:])


@remember(characters=2_000_000)
def _find_place(path: str) -> Place:
    path = path.replace("\\", "/")
    is_dotted = "/" not in path and not path.startswith("<") and _ENDING.search(path) is None
    library = None if is_dotted else _LIBRARY_PATH.match(path)
    if is_dotted:
        parts = [part for part in path.split(".") if part] or [path]
    elif library is not None:
        parts = _name_parts(path[library.end() :].split("/"))
    else:
        parts = _parts_below_root(path)
    is_known = library is not None or (
        (is_dotted or _is_top(path, parts)) and _is_library_module(parts)
    )
    return Place(
        module=".".join(parts[-4:]),
        unit=".".join(parts[-2:]),
        package=parts[0],
        is_application=not is_known,
        is_installed=library is not None and "-packages/" in path,
    )


def is_known_library(package: str) -> bool:
    """Whether a top package is a library's, or one of the standard library's packages."""
    return package in KNOWN_LIBRARIES or package in _STANDARD_PACKAGES


def _is_library_module(parts: list[str]) -> bool:
    """Whether a full dotted name is a library's; `calendar.views` is not the standard `calendar`."""
    if len(parts) == 1 and parts[0] in sys.stdlib_module_names:
        return True
    return is_known_library(parts[0])


def _is_top(path: str, parts: list[str]) -> bool:
    """Whether the name's first part is surely a top package: of a relative path, or in `lib`."""
    if path[:1] != "/" and path[1:2] != ":":
        return len(parts) > 1
    return len(parts) > 1 and f"/lib/{parts[0]}/" in path


def _parts_below_root(path: str) -> list[str]:
    """The dotted name's parts without folders that can only be the deployment's root."""
    root = _ROOTS.match(path)
    parts = path[root.end() if root else 0 :].split("/")
    for index in range(len(parts) - 2, -1, -1):
        folder = parts[index]
        if folder in _ROOT_WORDS or not _IDENTIFIER.match(folder) or _RELEASE.match(folder):
            return _name_parts(parts[index + 1 :])
    return _name_parts(parts)


def _name_parts(parts: list[str]) -> list[str]:
    *folders, name = parts
    name = _ENDING.sub("", name)
    if name == "__init__" and folders:
        return folders
    return [*folders, name or "?"]
