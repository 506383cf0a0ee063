"""Labelled failures: causes, and for each many reports that look different and are one problem.

Seeded. A cause is a bug in an imagined application: who calls whom, which line
fails with what. Each of its reports is changed in ways that must not split it:
shifted lines, another deployment, environment and Python, other data in the
message, decorators, middleware and entry points around it, other versions of
libraries below it, cut-off outer calls, deeper recursion, shown causes, a
missing first or last line. Causes come in families of near neighbours which
must stay apart: another type at the same place, another function, another
caller of the same helper, another line in one function, another statement in a
time out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from reports.report import Report, Step

NOUNS = (
    "account basket billing booking branch catalogue charge comment contract coupon customer delivery"
    " deposit discount document export feed gallery import inbox inventory invoice ledger lesson"
    " member message milestone order parcel payment permit photo player price profile project"
    " quota receipt recipe refund reminder rental review rota schedule seat session shelf shipment"
    " statement stock subscription survey tariff task tenant ticket timetable tournament translation"
    " trip upload vendor visit voucher warehouse wishlist workflow"
).split()
VERBS = "apply build check close compute copy fetch find import join load merge move parse post price rank read resolve save send split store sum update verify write".split()
LIBRARY_CALLS = {
    "requests": [("requests/sessions.py", "request"), ("requests/sessions.py", "send"),
                 ("requests/adapters.py", "send"), ("urllib3/connectionpool.py", "urlopen")],
    "psycopg2": [("django/db/models/query.py", "get"), ("django/db/models/query.py", "__len__"),
                 ("django/db/backends/utils.py", "execute"), ("psycopg2/extras.py", "execute")],
    "json": [("json/__init__.py", "loads"), ("json/decoder.py", "decode"),
             ("json/decoder.py", "raw_decode")],
    "redis": [("redis/client.py", "execute_command"), ("redis/connection.py", "read_response")],
}  # fmt: skip
ENTRIES = (
    [("gunicorn/workers/sync.py", "handle_request"), ("django/core/handlers/wsgi.py", "__call__"),
     ("django/core/handlers/base.py", "_get_response")],
    [("celery/app/trace.py", "trace_task"), ("celery/app/trace.py", "__protected_call__")],
    [("paste/httpserver.py", "handle"), ("webob/dec.py", "__call__")],
    [],
)  # fmt: skip

type_call = tuple[str, str, str]
"""Module path, function, line of code."""


@dataclass(frozen=True)
class Cause:
    """A bug."""

    label: str
    type: str
    message: Callable[[random.Random], str]
    calls: tuple[type_call, ...] = ()
    """The application's own, the oldest first."""
    library: str = ""
    topic: str = ""
    statement: Callable[[random.Random], str] | None = None
    """What a time out spends its time in."""
    is_recursive: bool = False
    is_dotted: bool = False
    """Zope's form of tracebacks."""


@dataclass(frozen=True)
class Labelled:
    """A report and the bug that made it."""

    label: str
    report: Report
    is_time_out: bool = False


@dataclass
class Deployment:
    """Where and by what the application ran."""

    chance: random.Random
    root: str = field(init=False)
    library: str = field(init=False)
    shift: int = field(init=False)

    def __post_init__(self) -> None:
        chance = self.chance
        version = chance.choice(("3.8", "3.10", "3.11", "3.12"))
        self.root = chance.choice(
            ("/srv/app", "/home/deploy/releases/20261101", "/opt/app/current", f"/var/www/r{chance.randint(9, 999)}",
             "/usr/src/app", f"/data/builds/{chance.getrandbits(40):010x}")
        )  # fmt: skip
        self.library = chance.choice(
            (f"{self.root}/venv/lib/python{version}/site-packages", f"/usr/lib/python{version}/site-packages",
             "/usr/lib/python3/dist-packages")
        )  # fmt: skip
        self.shift = chance.randint(-8, 300)


def make_corpus(families: int = 45, reports: int = 12, seed: int = 1) -> list[Labelled]:
    """Every family has five or more causes; each cause has `reports` reports."""
    chance = random.Random(seed)
    return [
        make_report(cause, chance)
        for number in range(families)
        for cause in make_family(number, random.Random(seed * 7919 + number))
        for _ in range(reports)
    ]


def make_family(number: int, chance: random.Random) -> Iterator[Cause]:
    """Near neighbours, which must stay apart."""
    noun, other = NOUNS[number % len(NOUNS)], NOUNS[(number * 7 + 3) % len(NOUNS)]
    verb, verb2 = chance.sample(VERBS, 2)
    package = f"{noun}s" if number < len(NOUNS) else f"{noun}{number}"
    view = (f"{package}/views.py", f"show_{noun}", f"return render({verb}_{noun}(request))")
    view2 = (f"{package}/admin.py", f"list_{noun}", f"rows = [{verb}_{noun}(row) for row in rows]")
    service = (f"{package}/service.py", f"{verb}_{noun}", f"value = {other}[{noun}.key]")
    topic = f"{noun.title()}:+{verb}"
    key = Cause(f"{number}-key", "KeyError", quoted_word, (view, service), topic=topic)
    yield key
    yield replace(
        key, label=f"{number}-type", type="TypeError", message=lambda c: "unhashable type: 'list'"
    )
    yield replace(
        key, label=f"{number}-line", calls=(view, (*service[:2], f"total += prices[{noun}]"))
    )
    yield replace(key, label=f"{number}-caller", calls=(view2, service))
    moved = (f"{package}/service.py", f"{verb2}_{noun}", f"raise ValueError(f'no {noun} {{x}}')")
    yield Cause(f"{number}-value", "ValueError", lambda c: f"no {noun} {datum(c)} for {datum(c)}", (view, moved), topic=topic)  # fmt: skip
    yield from _special(number, chance, package, noun, other, verb)


def _special(
    number: int, chance: random.Random, package: str, noun: str, other: str, verb: str
) -> Iterator[Cause]:
    """One or two causes of a kind of their own."""
    job = (f"{package}/jobs.py", f"{verb}_all", f"client.{verb}(batch)")
    topic = f"{noun.title()}:+{other}"
    kind = number % 6
    if kind == 0:
        for table in (noun, other):
            yield Cause(f"{number}-slow-{table}", "TimeoutError", lambda c: "canceling statement due to statement timeout",
                        topic=topic, statement=slow_statement(table))  # fmt: skip
    elif kind == 1:
        library = chance.choice(sorted(LIBRARY_CALLS))
        type_ = {"requests": "ConnectionError", "psycopg2": "DataError", "json": "JSONDecodeError",
                 "redis": "TimeoutError"}[library]  # fmt: skip
        yield Cause(
            f"{number}-library", type_, library_message, (job,), library=library, topic=topic
        )
    elif kind == 2:
        walk = (f"{package}/tree.py", f"walk_{noun}", f"return walk_{noun}({noun}.parent)")
        yield Cause(f"{number}-recursion", "RecursionError", lambda c: "maximum recursion depth exceeded",
                    (job, walk), topic=topic, is_recursive=True)  # fmt: skip
    elif kind == 3:
        for function in (f"{verb}_{noun}", f"render_{noun}"):
            yield Cause(f"{number}-dotted-{function}", "LocationError", lambda c: f"({object_repr(c)}, {datum(c)!r})",
                        ((f"lp.{package}.browser.{noun}", "__call__", ""), (f"lp.{package}.model.{noun}", function, "")),
                        topic=topic, is_dotted=True)  # fmt: skip
    elif kind == 4:
        yield Cause(f"{number}-bare", f"{noun.title()}Missing", lambda c: f"{noun} {datum(c)} was not found in {datum(c)}",
                    topic=topic)  # fmt: skip
        yield Cause(f"{number}-bare2", f"{noun.title()}Missing", lambda c: f"no connection to {datum(c)} after {c.randint(1, 99)} retries",
                    topic=topic)  # fmt: skip
    else:
        attribute = (f"{package}/mail.py", f"greet_{noun}", f"name = {noun}.owner.displayname")
        yield Cause(f"{number}-attribute", "AttributeError", lambda c: "'NoneType' object has no attribute 'displayname'",
                    (job, attribute), topic=topic)  # fmt: skip


def datum(chance: random.Random) -> str:
    """Some piece of data, of any kind that a message may hold."""
    number = chance.randint(1, 10**7)
    uuid = f"{chance.getrandbits(32):08x}-0000-4000-8000-{chance.getrandbits(48):012x}"
    return chance.choice(
        (str(number), f"-{number / 100}", uuid, f"0x{number:012x}", f"user{number}@mail{number % 9}.example.com",
         f"/var/data/{number}/file-{number % 97}.txt", f"https://x{number % 9}.example.org/a/{number}?b=c",
         f"2026-{number % 12 + 1:02}-{number % 28 + 1:02} 10:{number % 60:02}:00", f"10.{number % 256}.0.{number % 255}",
         f"'{chance.choice(NOUNS)} {number}'", f"u'{chance.choice(NOUNS)}'", f"b'{chance.choice(VERBS)}'", f'"{chance.choice(NOUNS)}"')
    )  # fmt: skip


def quoted_word(chance: random.Random) -> str:
    return repr(chance.choice(NOUNS) + chance.choice(("", str(chance.randint(1, 99)))))


def object_repr(chance: random.Random) -> str:
    return f"<Archive object at 0x{chance.getrandbits(44):x}>"


def library_message(chance: random.Random) -> str:
    return (
        f"Connection to {datum(chance)} failed: [Errno {chance.randint(1, 120)}] at {datum(chance)}"
    )


def slow_statement(table: str) -> Callable[[random.Random], str]:
    return lambda c: (
        f"SELECT * FROM {table} WHERE id IN ({', '.join(str(c.randint(1, 999)) for _ in range(c.randint(1, 9)))})"
        f" AND name = '{c.choice(NOUNS)}'"
    )


def make_report(cause: Cause, chance: random.Random) -> Labelled:
    """One report of a cause, changed as only reports of one cause may differ."""
    value = cause.message(chance)
    calls = cause.calls
    if cause.statement is not None:
        calls = ((f"shop/{chance.choice(NOUNS)}.py", chance.choice(VERBS), "rows = list(result)"),)
    report = Report(
        id=f"OOPS-{chance.getrandbits(128):032x}",
        type=cause.type,
        value=value,
        occurred_at=datetime(2026, 11, 24, tzinfo=UTC),
        tb_text=_write_traceback(cause, calls, value, chance) if calls else "",
        topic=cause.topic,
        url=f"https://host{chance.randint(1, 9)}.example.com/{chance.randint(1, 10**6)}",
        hostname=f"web{chance.randint(1, 20)}",
        revno=str(chance.randint(1, 99)),
        timeline=tuple(_timeline(cause, chance)),
    )
    return Labelled(cause.label, report, is_time_out=cause.statement is not None)


def _timeline(cause: Cause, chance: random.Random) -> Iterator[Step]:
    at = 0.0
    for _ in range(chance.randint(3, 9)):
        took = chance.randint(1, 40)
        yield Step(
            at,
            at + took,
            "SQL-main",
            f"SELECT {chance.choice(NOUNS)} FROM x WHERE id = {chance.randint(1, 99)}",
        )
        at += took
    if cause.statement is not None:
        for _ in range(chance.randint(2, 5)):
            took = chance.randint(900, 4000)
            yield Step(at, at + took, "SQL-main", cause.statement(chance))
            at += took


def _write_traceback(
    cause: Cause, calls: tuple[type_call, ...], value: str, chance: random.Random
) -> str:
    where = Deployment(chance)
    lines = [line for call in _all_calls(cause, calls, where, chance) for line in call]
    if chance.random() < 0.8:
        lines.insert(0, "Traceback (most recent call last):")
    if chance.random() < 0.6:
        lines.append(f"{cause.type}: {value}")
    if chance.random() < 0.12 and not cause.is_dotted:
        lines = _earlier(where, chance) + lines
    return "\n".join(lines) + "\n"


def _earlier(where: Deployment, chance: random.Random) -> list[str]:
    """An exception that was being handled, or is named as the cause."""
    relation = chance.choice(
        ("During handling of the above exception, another exception occurred:",
         "The above exception was the direct cause of the following exception:")
    )  # fmt: skip
    return [
        "Traceback (most recent call last):",
        *_python_call(f"{where.library}/cachetools/cache.py", "get", "return self.data[key]", where, chance),
        f"LookupError: {datum(chance)}", "", relation, "",
    ]  # fmt: skip


def _all_calls(
    cause: Cause, calls: tuple[type_call, ...], where: Deployment, chance: random.Random
) -> list[list[str]]:
    write = _dotted_call if cause.is_dotted else _python_call
    outer: list[list[str]] = []
    if not cause.is_dotted:
        for path, function in chance.choice(ENTRIES):
            outer.append(
                _python_call(
                    f"{where.library}/{path}", function, "return handler(request)", where, chance
                )
            )
        if chance.random() < 0.3:
            outer.append(
                _python_call(
                    f"{where.root}/shop/middleware.py",
                    "__call__",
                    "response = self.get_response(request)",
                    where,
                    chance,
                )
            )
    own: list[list[str]] = []
    for at, (path, function, source) in enumerate(calls):
        if at and chance.random() < 0.25 and not cause.is_dotted:
            own.append(
                _python_call(
                    f"{where.root}/shop/decorators.py",
                    "wrapper",
                    "return func(*args, **kwargs)",
                    where,
                    chance,
                )
            )
        repeats = chance.randint(20, 60) if cause.is_recursive and at == len(calls) - 1 else 1
        full = path if cause.is_dotted else f"{where.root}/{path}"
        own += [write(full, function, source, where, chance)] * repeats
    below = LIBRARY_CALLS.get(cause.library, [])
    below = below[: chance.randint(max(1, len(below) - 2), len(below))] if below else []
    inner = [
        _python_call(f"{where.library}/{path}", function, "return self._call(conn)", where, chance)
        for path, function in below
    ]
    if chance.random() < 0.2:
        outer = []
    return outer + own + inner


def _python_call(
    path: str, function: str, source: str, where: Deployment, chance: random.Random
) -> list[str]:
    line = max(1, sum(map(ord, path[-9:] + function)) % 400 + where.shift)
    lines = [f'  File "{path}", line {line}, in {function}', f"    {source}"]
    if chance.random() < 0.3:
        lines.append("    " + "^" * min(len(source), 20))
    return lines


def _dotted_call(
    path: str, function: str, source: str, where: Deployment, chance: random.Random
) -> list[str]:
    return [f"  Module {path}, line {where.shift + 20}, in {function}"]
