"""Wording: what of a message is the programmer's, and so tells one cause from another.

Under the same stack two messages are one problem unless their fixed words
differ: `disk full` and `bad password` are two, `user alice not found` and `user
bob not found` one. Fixed are words of the vocabulary that are outside of quotes
and of data; and quoted words which the failing line itself holds.
"""

from __future__ import annotations

import re

from reports.grouping.normalise import normalise_value
from reports.grouping.vocabulary import VOCABULARY

MAX_WORDS = 10
"""Fixed words that count beside a stack. What comes later is detail."""

PLACE_SAYS_ALL = frozenset(
    """
    KeyError IndexError AttributeError NameError UnboundLocalError ZeroDivisionError RecursionError
    UnicodeDecodeError UnicodeEncodeError UnicodeError StopIteration StopAsyncIteration MemoryError
    OverflowError ImportError ModuleNotFoundError JSONDecodeError ParseError ExpatError XMLSyntaxError
    FloatingPointError EOFError KeyboardInterrupt SystemExit GeneratorExit SyntaxError
    """.split()
)
"""Types whose message is made by the interpreter, or by what was being read: it is all data."""

STRIKES_ANYWHERE = frozenset(
    """
    RecursionError MemoryError KeyboardInterrupt SystemExit GeneratorExit SoftTimeLimitExceeded
    TimeLimitExceeded WorkerLostError
    """.split()
)
"""Types that strike wherever the program happens to be: which line it was is chance."""

MADE_BY_THE_INTERPRETER = frozenset({"TypeError", "ValueError"})
"""Types that one line raises with various messages, by the data that it met.

`date(year, month, day)` says `month must be in 1..12` or `day is out of range`;
Python's versions word them differently, too.
"""

_SQL = re.compile(
    r"\b(?:SELECT|INSERT INTO|UPDATE \S+ SET|DELETE FROM|WITH \w+ AS)\b|\bLINE \d+:|\[SQL:"
)
_WORD = re.compile(r"<\w+>|[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])")
_QUOTED = re.compile(r"'([^'\n]{1,80})'|\"([^\"\n]{1,80})\"")
_LITERAL = re.compile(r"'((?:[^'\\]|\\.)*+)'|\"((?:[^\"\\]|\\.)*+)\"")
_RAISES = re.compile(r"raise\b")
_FIELD = re.compile(r"\{[^{}]*\}|%\(\w+\)\w|%[-\d.]*\w")


def find_words(value: str, limit: int = 1_000) -> tuple[str, ...]:
    """The fixed words of a message's first line, in order, in lower case."""
    line = value.strip().split("\n", 1)[0]
    sql = _SQL.search(line)
    if sql is not None:
        line = line[: sql.start()]
    found: list[str] = []
    for token in _WORD.findall(normalise_value(line)):
        word = token.lower()
        if word in VOCABULARY:
            found.append(word)
            if len(found) == limit:
                break
    return tuple(found)


def find_words_beside_stack(
    type_: str, value: str, source: str, *, is_innermost: bool
) -> tuple[str, ...]:
    """The fixed words that tell this message from others of the same place.

    Where the failing line shows the text it raises, only what stands there is
    fixed, whatever words the data happened to be. Where it raises nothing and
    calls nothing in Python (`is_innermost`), it alone tells what is wrong.
    """
    if type_ in PLACE_SAYS_ALL:
        return ()
    words = find_words(value, MAX_WORDS)
    if _RAISES.match(source):
        written = _words_written(source)
        shows_its_text = _LITERAL.search(source) is not None
        return tuple(word for word in words if word in written or not shows_its_text)
    if source and is_innermost and type_ in MADE_BY_THE_INTERPRETER:
        return ()
    return words


def find_line(type_: str, source: str) -> str:
    """The line that failed, as it tells two places in one function apart; else `""`.

    Spaces and the kind of quotes do not count, which formatters change. A line
    that raises is told by its words: what surrounds them is rewritten more
    often than they are.
    """
    if type_ in STRIKES_ANYWHERE or _RAISES.match(source):
        return ""
    return "".join(source[:300].split()).replace('"', "'").rstrip(",")


def find_names(value: str, source: str) -> tuple[str, ...]:
    """Quoted words of the message that the failing line holds as a literal or a name.

    `KeyError: 'zip'` at `order["zip"]` is about the code; at `order[field]` it
    is about the data.
    """
    if not source:
        return ()
    return tuple(dict.fromkeys(name for name in _quoted(value) if _is_written(name, source)))[:4]


def _quoted(value: str) -> list[str]:
    return [single or double for single, double in _QUOTED.findall(value[:500])]


def _is_written(name: str, source: str) -> bool:
    if f"'{name}'" in source or f'"{name}"' in source:
        return True
    return name.isidentifier() and re.search(rf"\.{re.escape(name)}\b", source) is not None


def _words_written(source: str) -> frozenset[str]:
    """Words of the string literals in a line of code, without its replacement fields."""
    literals = " ".join(single or double for single, double in _LITERAL.findall(source[:1000]))
    plain = _FIELD.sub(" ", literals)
    return frozenset(word.lower() for word in _WORD.findall(plain))
