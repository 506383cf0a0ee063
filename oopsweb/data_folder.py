"""The folder where the embedded default keeps everything: OOPSWEB_DATA."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from oopsweb.environment import Environment, WrongValue

SECRET_KEY_BYTES = 48


def find_folder(environ: Environment, default: Path) -> Path:
    """The folder's full path; it need not exist yet."""
    text = environ.get("OOPSWEB_DATA", "").strip()
    return Path(os.path.abspath(Path(text or default).expanduser()))  # noqa: PTH100 - keeps links


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """The text of a private file, made once (mode 0600), also when two processes ask at once.

    Raises WrongValue where the folder cannot be written to.
    """
    try:
        if not path.exists():
            _write_once(path, make())
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongValue(
            "OOPSWEB_DATA", f"{error.filename or path}: {error.strerror}", "/var/lib/oopsweb"
        ) from None


def _write_once(path: Path, text: str) -> None:
    """Write whole or not at all: the first of two writers wins, no reader sees half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text + "\n", encoding="utf-8")
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def read_secret_key(folder: Path) -> str:
    """The key of this data folder, made at the first call."""
    return read_or_make(folder / "secret-key", lambda: secrets.token_urlsafe(SECRET_KEY_BYTES))
