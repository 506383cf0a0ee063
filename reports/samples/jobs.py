"""Programs in the background: mirrors of authors' code, and errata watched elsewhere."""

from __future__ import annotations

import socket
from typing import Any

FORMATS = {"git", "bzr-2a"}
STATES = {"open": "New", "fixed": "Fix released", "closed": "Invalid"}


class NotBranchError(Exception):
    """There is no code at that address."""


class UnsupportedFormatError(Exception):
    """Code in a format that is not mirrored."""


class BugTrackerConnectError(Exception):
    """An author's bug tracker can't be reached."""


class UnknownRemoteStatusError(Exception):
    """A bug tracker has a word for a state that is not known here."""


class Peer:
    """The far end of a connection: says its lines, then hangs up."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines

    def connect(self) -> socket.socket:
        """Our end of a real connection to it."""
        ours, theirs = socket.socketpair()
        theirs.sendall("".join(f"{line}\n" for line in self.lines).encode())
        theirs.close()
        return ours


def read_lines(peer: Peer, host: str, wanted: int) -> list[str]:
    """The first lines of an answer. Raises ConnectionError if they don't come."""
    with peer.connect() as connection, connection.makefile(encoding="utf-8") as answer:
        lines = [line.rstrip("\n") for line in answer]
    if len(lines) < wanted:
        raise ConnectionError(f"{host} closed the connection after {len(lines)} lines")
    return lines[:wanted]


def mirror_branch(peer: Peer, *, host: str, path: str) -> str:
    """Bring a mirror of an author's code up to date."""
    status, form = read_lines(peer, host, 2)
    if not status.startswith("200"):
        raise NotBranchError(f'Not a branch: "https://{host}/{path}/".')
    if form not in FORMATS:
        raise UnsupportedFormatError(f"Unsupported branch format: {form!r} at {host}")
    return f"{path} is up to date"


def watch_bug(peer: Peer, *, host: str, path: str) -> str:
    """Look up what became of an erratum in an author's bug tracker."""
    try:
        (word,) = read_lines(peer, host, 1)
    except ConnectionError as problem:
        raise BugTrackerConnectError(f"{host}: {problem}") from problem
    if word not in STATES:
        raise UnknownRemoteStatusError(f"{word} ({path})")
    return STATES[word]


JOBS: dict[str, Any] = {"mirror": mirror_branch, "watch": watch_bug}
