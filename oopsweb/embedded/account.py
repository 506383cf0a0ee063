"""Whom PostgreSQL runs as. It refuses to run as root, so root lends it another account.

That account may not be able to reach a folder below /root. Rather than opening
folders that are not ours, the process keeps the one right (CAP_DAC_OVERRIDE)
that it needs to get there.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED = ("oopsweb", "postgres", "nobody")  # the first one there is

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 4
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class Account:
    """A user and group by number; `is_other` where they are not this process's own."""

    uid: int
    gid: int
    is_other: bool


def choose_account(cluster: Path) -> Account:
    """This process's own account; for root, the cluster's owner or an unprivileged one.

    Raises LookupError where root finds none.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    if cluster.exists() and cluster.stat().st_uid != 0:
        found = cluster.stat()
        return Account(found.st_uid, found.st_gid, is_other=True)
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, is_other=True)
    raise LookupError(
        f"PostgreSQL does not run as root, and none of the users {', '.join(UNPRIVILEGED)} exists"
    )


def can_reach(account: Account, path: Path) -> bool:
    """Whether the account may enter every folder on the way to `path` and read it."""
    needed = [(path, stat.S_IROTH | stat.S_IXOTH)]
    needed += [(parent, stat.S_IXOTH) for parent in path.resolve().parents]
    return all(_allows(account, part, bits) for part, bits in needed)


def _allows(account: Account, path: Path, bits: int) -> bool:
    """Whether a file's mode grants the bits (given as those for others) to the account."""
    found = path.stat()
    if found.st_uid == account.uid:
        bits <<= 6
    elif found.st_gid == account.gid:
        bits <<= 3
    return found.st_mode & bits == bits


def prepare_child(account: Account, *, everywhere: bool) -> Callable[[], None]:
    """What a child does before it becomes PostgreSQL: change account, and end with its parent.

    `everywhere`: keep the right to reach folders that the account may not enter.
    """

    def prepare() -> None:
        if account.is_other:
            _change_account(account, everywhere=everywhere)
        die_with_parent(signal.SIGINT)

    return prepare


def die_with_parent(number: signal.Signals) -> None:
    """Have the kernel send this signal when the parent ends; does nothing but on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def _change_account(account: Account, *, everywhere: bool) -> None:
    """Become the account for good, with at most one of root's rights left."""
    libc = ctypes.CDLL(None, use_errno=True)
    if everywhere:
        # A change of account takes no rights away, and access(2), by which initdb
        # looks for its programs, honours those that are left.
        _check(libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
    os.setgroups([])
    os.setgid(account.gid)
    os.setuid(account.uid)
    if everywhere:
        _keep_reach(libc)


def _keep_reach(libc: ctypes.CDLL) -> None:
    """Reduce the kept rights to CAP_DAC_OVERRIDE and hand it on through exec."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bit = 1 << CAP_DAC_OVERRIDE
    # Twice effective, permitted, inheritable: for rights 0-31 and 32-63.
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    _check(libc.capset(header, data))
    _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))


def _check(result: int) -> None:
    """Raise what the C library reports."""
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
