r"""Backslash escapes of the old form, in which only ASCII is written.

The released writer doubles backslashes, writes `\u20ac` for a character and
`\xe9` both for a character below 256 and for a byte. Here `\u00e9` is written
for the former, so that what this project writes is read back as it was.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\\\\|(?P<bytes>(?:\\x[89a-f][0-9a-f])+)|\\u(?P<u>[0-9a-f]{4})|\\U(?P<U>[0-9a-f]{8})"
)
_TO_ESCAPE = re.compile(r"\\|[^\x00-\x7f]")


def escape(text: str) -> str:
    """ASCII only, with what is beyond it, and backslashes, escaped."""
    return _TO_ESCAPE.sub(_escape_one, text)


def unescape(text: str) -> str:
    r"""What was escaped; runs of `\xc3\xa9` are read as UTF-8 where they are, else as Latin-1."""
    return _ESCAPE.sub(_unescape_one, text) if "\\" in text else text


def _escape_one(match: re.Match[str]) -> str:
    character = match[0]
    if character == "\\":
        return "\\\\"
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _unescape_one(match: re.Match[str]) -> str:
    if match[0] == "\\\\":
        return "\\"
    if match["bytes"]:
        raw = bytes.fromhex(match["bytes"].replace("\\x", ""))
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")
    code = int(match["u"] or match["U"], 16)
    if 0xD800 <= code < 0xE000 or not 0 < code < 0x110000:
        return match[0]  # Half a character, or none.
    return chr(code)
