"""What `manage.py serve` tells a person, and where other commands read the address."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

ADDRESS_FILE = "address"
HINT_FOR_TOKEN = ".venv/bin/python manage.py create_token NAME --scope intake"  # noqa: S105
SAMPLE_BODY = '{"type": "ValueError", "value": "my first report"}'


@dataclass(frozen=True)
class Announcement:
    """The facts of a site that is ready."""

    url: str
    link: str | None
    token: str | None
    folder: Path

    def write(self) -> str:
        """Several lines, ready to read and to paste from."""
        parts = [f"\n  OOPS reports is ready at {self.url}/\n", self._write_sign_in()]
        parts += [self._write_sending(), f"  Data: {self.folder}   Stop: Ctrl-C\n"]
        return "\n".join(parts)

    def _write_sign_in(self) -> str:
        """How to get in."""
        if self.link is None:
            return "  Sign in with your account.\n"
        return f"  Sign in, once, by this link (again: manage.py sign_in_link):\n  {self.link}\n"

    def _write_sending(self) -> str:
        """How to send a report."""
        if self.token is None:
            return f"  Make an intake token to send reports:\n  {HINT_FOR_TOKEN}\n"
        return (
            f"  Intake token: {self.token}\n  Send a report:\n"
            f"  curl {self.url}/api/reports/ -H 'Authorization: Bearer {self.token}' \\\n"
            f"    -H 'Content-Type: application/json' -d '{SAMPLE_BODY}'\n"
        )


def note_address(folder: Path, url: str) -> None:
    """Remember where the site is served, for commands in other shells."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ADDRESS_FILE).write_text(url + "\n", encoding="utf-8")


def find_address(folder: Path) -> str:
    """OOPSWEB_BASE_URL if set, else where it was served last, else the default."""
    note = folder / ADDRESS_FILE
    if not os.environ.get("OOPSWEB_BASE_URL") and note.exists():
        return note.read_text(encoding="utf-8").strip()
    return str(settings.BASE_URL)
