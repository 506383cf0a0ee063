"""Normalise: a message without the data in it, each piece of data as its kind.

`Order 17 of bob@example.com at 0x7f3a` becomes `Order <int> of <email> at <hex>`.
One alternation, tried from left to right, so that its order decides; every
alternative begins where a word does and is bounded or never backs up.
"""

from __future__ import annotations

import re

from reports.grouping.frames import keep_both_ends
from reports.grouping.memory import remember

MAX_LOOKED_AT = 8_000
"""Characters of a message that are looked at, half from each end."""

MAX_VALUE = 1_000
"""Characters of a normalised message that are kept, half from each end."""

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}+"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9}+)?)?(?: ?[AaPp][Mm]\b)?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[-+]\d\d:?\d\d)\b)?"
_KINDS = {
    "repr": r"<(?:class )?[^<>\n]{1,200}? (?:at|object at) 0x[0-9a-fA-F]{1,16}+[^<>\n]{0,200}+>",
    "url": r"(?<!\w)[A-Za-z][A-Za-z0-9+.-]{1,15}+://[^\s'\"<>)\]}]++",
    "email": r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}+)*+",
    "date": (
        r"datetime\.\w{1,12}+\((?:[^()]|\([^()]*+\)){0,200}+\)"
        rf"|(?<![\w.-])\d{{4}}-\d\d-\d\d(?:[T ]{_CLOCK})?{_ZONE}(?!\w)"
        rf"|(?<![\w.-])(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{{0,6}}+,? )?(?:\d{{1,2}}[ -]{_MONTH}"
        rf"|{_MONTH} \d{{1,2}}),?[ -](?:{_CLOCK} )?\d{{4}}(?:[ T]{_CLOCK})?{_ZONE}(?!\w)"
        r"|(?<![\w./-])\d{1,4}[/.]\d{1,2}[/.]\d{2,4}(?![\w./])"
        rf"|(?<![\w:.])\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d{{1,9}}+)?)?(?: ?[AaPp][Mm]\b)?{_ZONE}(?![\w:])"
    ),
    "str": (
        r"(?<![\w'\\])[bBuUrR]{0,2}'(?:[^'\\\n]|\\.)*+(?:'(?=\w)(?:[^'\\\n]|\\.)*+){0,8}+'(?!\w)"
        r"|(?<![\w\"\\])[bBuUrR]{0,2}\"(?:[^\"\\\n]|\\.)*+\""
        r"|`[^`\n]{1,500}+`|[“„«][^”“»\n]{1,500}+[”“»]|(?<!\w)‘[^’\n]{1,500}+’"
    ),
    "uuid": r"(?<!\w)[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?!\w)",
    "ip": (
        r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d{1,5})?(?![\w.]\w)"
        r"|(?<![\w:])\[?(?=[0-9a-fA-F:]*[0-9a-fA-F])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}\]?(?![\w:])"
    ),
    "path": (
        r"(?<![\w<>/.)])(?:~\w{0,32}+|\.{1,2})?(?:/[\w.@%+=~:#-]++)+/?"
        r"|(?<!\w)(?:[A-Za-z]:|\\)\\[^\s'\"<>|,;]++"
        r"|(?<![\w.<>/-])[\w.-]++(?:/[\w.@%+=-]++)*+/[\w@%+=-]*+\.[A-Za-z]\w{0,5}+(?!\w)"
        r"|(?<![\w.<>/-])[\w-]++(?:/[\w.@%+=-]++){2,}+"
        r"|(?<![\w.<>/-])[\w-]++(?:\.[\w-]++)*?\.(?:bz2|cfg|conf|csv|css|db|deb|diff|docx?|dsc|gif|gz|html?"
        r"|ini|jpe?g|jso?n?|log|mo|odt|pdf|pem|png|pot?|py[co]?|rst|sqlite3?|so|sql|svg|tar|te?xt|tgz"
        r"|tiff?|tmp|toml|ts|tsv|xlsx?|xml|xz|ya?ml|zip)(?:\.(?:gz|bz2|xz|asc))?(?![\w.]\w)"
    ),
    "hex": (
        r"(?<!\w)0[xX][0-9a-fA-F]++"
        r"|(?<![\w-])(?=[a-f]{0,63}+[0-9])(?=[0-9]{0,63}+[a-f])[0-9a-f]{7,128}+(?![\w-])"
        r"|(?<![\w-])(?=[A-F]{0,63}+[0-9])(?=[0-9]{0,63}+[A-F])[0-9A-F]{7,128}+(?![\w-])"
    ),
    "host": (
        r"(?<![\w.-])(?:[\w-]{1,63}+\.){1,8}+(?:com|org|net|edu|gov|io|dev|app|co|uk|de|fr|eu|nl|se|jp"
        r"|cn|ru|info|biz|local|lan|localdomain|internal|intern|test|invalid|example|example|cloud|me)"
        r"(?::\d{1,5})?(?![\w.-]*\w)"
        r"|(?<![\w.-])localhost(?::\d{1,5})?(?!\w)"
    ),
    "duration": (
        r"(?<![\w.])[-+]?\d++(?:\.\d++)?(?:e-?\d++)? ?(?:ms|µs|us|ns|s|sec|secs|seconds?|mins?|minutes?|h|hrs?"
        r"|hours?|days?|weeks?|milliseconds?|microseconds?)(?!\w)"
    ),
    "size": r"(?<![\w.])[-+]?\d++(?:\.\d++)? ?(?:[kKMGT]i?B|bytes?)(?!\w)",
    "id": (
        r"(?<![\w-])(?:[A-Za-z]{1,32}+[-_.:#/]?)?(?:[A-Za-z0-9]{1,32}+[-_#])*?(?:#|(?<=[A-Za-z_#-]))\d[\w-]*+(?![\w])"
        r"|(?<![\w.-])\d++[A-Za-z_-][\w-]*+"
    ),
    "float": r"(?<![\w.])[-+]?(?:\d++(?:,\d{3})*+\.\d++|\.\d++)(?:[eE][-+]?\d++)?(?!\w)|(?<![\w.])\d++[eE][-+]?\d++(?!\w)",
    "int": r"(?<![\w.])[-+]?\d++(?:,\d{3})*+(?!\w)|(?<=[\w.])\d++",
}
_DATA = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))
_CONSTANT_WORDS = re.compile(
    r"(?i:utf-?(?:8|16|32)|latin-?1|iso-?8859-?\d*|base(?:16|32|64)|sha-?\d+|md5|ipv[46]|http/?[123]|"
    r"python[23]|py[23]|x509|oauth[12]|s3|ec2|gzip2|bz2|i18n|l10n|w3c|cp125\d|h2|int\d+|float\d+|uint\d+)\Z"
)
_RUN = re.compile(r"<(\w++)>(?:(?:, ?| )<\1>)++")
_SPACE = re.compile(r"[^\S\n]++")


def normalise_value(value: str) -> str:
    """The message with each piece of data as its kind in angle brackets.

    Kinds: repr, url, email, date, str (quoted), uuid, ip, path, hex, host,
    duration, size, id (letters and digits), float, int. Runs of one kind are
    one. At most `MAX_VALUE` characters, both ends kept. Never fails.
    """
    return _normalise(keep_both_ends(value, MAX_LOOKED_AT))


@remember(characters=4_000_000)
def _normalise(value: str) -> str:
    shape = _DATA.sub(_name_kind, value.replace("\x00", ""))
    shape = _RUN.sub(r"<\1>", _SPACE.sub(" ", shape)).strip()
    if len(shape) > MAX_VALUE:
        half = (MAX_VALUE - 3) // 2
        shape = f"{shape[:half]}...{shape[-half:]}"
    return shape


def _name_kind(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "id" and _CONSTANT_WORDS.match(found.group()):
        return found.group()
    return f"<{kind}>"
