"""Kombu's filesystem transport, made safe for several readers and writers at once.

As it comes it writes a message in place, so that a reader who is quick finds
half of one, and it moves what it reads through the machine's folder for temporary
files, where anybody may look.
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    """Messages appear under their name only when they are whole."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        for folder in (self.data_folder_in, self.data_folder_out, self.processed_folder):
            Path(folder).mkdir(parents=True, exist_ok=True)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        """Take the oldest message, for us alone, by renaming it; Empty if there is none."""
        wanted = f"{queue}.msg"
        for name in sorted(os.listdir(self.data_folder_in)):  # noqa: PTH208 - ten times a second
            if name.partition(".")[2] == wanted and (text := self._take(name)) is not None:
                return dict(loads(text))  # type: ignore[no-untyped-call]
        raise Empty

    def _take(self, name: str) -> str | None:
        """A message's text; None where another reader was faster."""
        taken = Path(self.processed_folder) / name
        try:
            Path(self.data_folder_in, name).rename(taken)
        except FileNotFoundError:
            return None
        text = taken.read_text(encoding="utf-8")
        taken.unlink()
        return text

    def _put(  # type: ignore[override]
        self, queue: str, payload: dict[str, Any], **_: Any
    ) -> None:
        """Write beside the folder's messages, then rename."""
        folder = Path(self.data_folder_out)
        name = f"{self._make_order()}_{uuid.uuid4()}"
        draft = folder / f".{name}.draft"
        text = dumps(payload)  # type: ignore[no-untyped-call]
        draft.write_text(text, encoding="utf-8")
        draft.replace(folder / f"{name}.{queue}.msg")

    @staticmethod
    def _make_order() -> str:
        """Sorts by age, also across a restart of the machine; kombu's own clock does not."""
        return f"{time.time_ns():020d}"


class Transport(filesystem.Transport):
    """`oopsweb.broker:Transport`, for kombu's table of transports."""

    Channel = Channel
