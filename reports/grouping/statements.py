"""Statements: the shape of an SQL statement, without the values in it.

Words are those of the earlier tools: `$STRING`, `$INT`, and `$INT ... $INT` for
a list. One pass of a tokenizer, then two that fold lists and rows. No token's
pattern can look twice at a character, so that hostile text costs no more.
"""

from __future__ import annotations

import re

from reports.grouping.memory import remember

MAX_STATEMENT = 16_000
"""Characters of a statement that are looked at, half from each end."""

_TOKEN = re.compile(
    r"['\"`\d/-](?:"
    r"(?<=')(?P<string>(?:[^'\\]|''|\\(?!'(?:\s|[,);]|\Z))[\s\S]|\\)*+'?)"
    r"|(?<=\")(?P<name>[^\"]*+\"?)"
    r"|(?<=`)(?P<name2>[^`]*+`?)"
    r"|(?<=\d)(?<![\w$.]\d)(?P<number>(?:[xX][0-9a-fA-F]++|\d*+(?:\.\d*+)?(?:[eE][-+]?\d++)?)(?!\w))"
    r"|(?<=-)(?P<comment>-[^\n]*+)"
    r"|(?<=/)(?P<comment2>\*(?:[^*]|\*(?!/))*+(?:\*/)?)"
    r")"
)
"""Begins with one class of characters, so that the search skips all else at once."""

_PREFIX = re.compile(r"(?<![\w$])(?:[eEnNbBxXuU]|[uU]&)(?=\$STRING)")
_SIGN = re.compile(r"((?:[=<>(,+*]|\b[A-Z]+) ?)[-+](?=\$INT)")
_CAST = re.compile(r"(\$STRING|\$INT) ?:: ?[\w\"]++(?: varying| precision)?(?:\(\$INT\))?(?:\[\])?")
_LIST = re.compile(r"(?:\$STRING|\$INT|%s|\?|\bNULL)(?: ?, ?(?:\$STRING|\$INT|%s|\?|NULL))++")
_IN = re.compile(
    r"\b([Ii][Nn]) ?\( ?(\$STRING|\$INT|%s|\?)(?: \.\.\. (?:\$STRING|\$INT|%s|\?))? ?(?:\)|,?\Z)"
)
"""Also where the sender cut the statement off in the middle of a list."""
_ARRAY = re.compile(r"\b(ARRAY) ?\[ ?(\$STRING|\$INT)(?: \.\.\. (?:\$STRING|\$INT))? ?\]")
_ROW = r"\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)"
_ROWS = re.compile(rf"\b(VALUES|values) ?{_ROW}(?: ?, ?{_ROW})*+")
_LONG_NUMBER = re.compile(r"\d{3,}+(?:_x\d++)?")
"""In names: temporary tables, cursors and savepoints are numbered."""

_REPLACEMENTS = {"string": "$STRING", "number": "$INT", "comment": " ", "comment2": " "}


def normalise_statement(sql: str) -> str:
    """The statement's shape. Never fails; equal shapes differ only in their values.

    Comments, casts of values and spare white space go; a list is as long as any
    other list, also that of one after IN; rows after VALUES are one row.
    """
    if len(sql) > MAX_STATEMENT:
        half = MAX_STATEMENT // 2
        sql = sql[:half] + " ... " + sql[-half:]
    return _normalise(sql)


@remember(characters=8_000_000)
def _normalise(sql: str) -> str:
    shape = _TOKEN.sub(_replace, _drop_dollar_quotes(sql))
    shape = " ".join(shape.split()).strip(" ;")
    if "$STRING" in shape:
        shape = _PREFIX.sub("", shape)
    if "-$INT" in shape or "+$INT" in shape:
        shape = _SIGN.sub(r"\1", shape)
    if "::" in shape:
        shape = _CAST.sub(r"\1", shape)
    return _fold(_LONG_NUMBER.sub("$INT", shape))


def _fold(shape: str) -> str:
    """Lists and rows to one form, however long they are."""
    shape = _LIST.sub(_fold_list, shape)
    shape = _IN.sub(r"\1 (\2 ... \2)", shape)
    if "ARRAY" in shape:
        shape = _ARRAY.sub(r"\1[\2 ... \2]", shape)
    if "VALUES" in shape or "values" in shape:
        shape = _ROWS.sub(r"\1 (...)", shape)
    return shape


def _replace(token: re.Match[str]) -> str:
    return _REPLACEMENTS.get(token.lastgroup or "") or token.group()


def _fold_list(found: re.Match[str]) -> str:
    """`$INT, $INT` to `$INT ... $INT`: by its first member that is no NULL."""
    kinds = re.findall(r"\$STRING|\$INT|%s|\?", found.group()[:200])
    kind = kinds[0] if kinds else "NULL"
    return f"{kind} ... {kind}"


def _drop_dollar_quotes(sql: str) -> str:
    """The statement with each `$tag$ … $tag$` as an ordinary string."""
    if "$" not in sql:
        return sql
    parts: list[str] = []
    at = 0
    for opening in re.finditer(r"\$(?:[^\W\d]\w{0,62})?\$", sql):
        if opening.start() < at:
            continue
        end = sql.find(opening.group(), opening.end())
        if end < 0:
            break
        parts += (sql[at : opening.start()], "'$'")
        at = end + len(opening.group())
    return "".join((*parts, sql[at:]))
