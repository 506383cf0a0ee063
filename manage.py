#!/usr/bin/env python
"""Every command of the site: `manage.py help` lists them."""

import os
import sys

from django.db import Error as DatabaseError


def find_data_folder(arguments: list[str]) -> str | None:
    """The folder that `--data` names: settings need it before any command reads its options."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--data="):
            return argument.removeprefix("--data=")
        if argument == "--data" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def describe(error: Exception) -> str:
    """One line for a person from what the database says in several."""
    text = " ".join(str(error).split())
    if "does not exist" in text and "relation" in text:
        return f"{text}. Is the database set up? Run: manage.py migrate"
    return text


def main() -> None:
    """Run the command that the arguments name; one line and exit code 1 if there is no database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oopsweb.settings")
    if sys.argv[1:2] == ["serve"] and (folder := find_data_folder(sys.argv[2:])):
        os.environ["OOPSWEB_DATA"] = folder
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        if "--traceback" in sys.argv:
            raise
        sys.stderr.write(f"{describe(error)}\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
