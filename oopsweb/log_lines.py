"""How a log record looks: always one line, so that lines can be counted and searched."""

from __future__ import annotations

import logging
import time


class OneLine(logging.Formatter):
    """`2026-11-24T10:00:00Z WARNING reports.intake: text`, a traceback folded behind it."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)sZ %(levelname)s %(name)s: %(message)s", datefmt="%Y-%m-%dT%H:%M:%S"
        )

    def format(self, record: logging.LogRecord) -> str:
        """Text and traceback with line ends written as ` ⏎ `."""
        lines = super().format(record).splitlines()
        return " ⏎ ".join(line.rstrip() for line in lines)
