"""Real failures: code that really fails, in many deployments, as labelled reports.

A second set beside `labelled`, made another way so that rules which only fit
the first are found out: the sites of `failing_code` are compiled under another
path for each report, with shifted lines, and called with other data; what the
interpreter raises is written as the senders in the field write it. What is one
cause was decided before the rules were tried on it.
"""

from __future__ import annotations

import builtins
import linecache
import random
import re
import sys
import traceback
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

from reports.report import Report, Step
from tests.grouping.failing_code import LIBRARIES, MODULES
from tests.grouping.labelled import Labelled

ROOTS = (
    "/srv/prod/releases/{n}", "/home/web{n}/site", "/opt/deploy-{n}/src", "/var/www/app-{n}.{n}", "/app",
    "/usr/local/apps/build_{n}", "C:\\Sites\\r{n}", "/tmp/tmpq{n}x_a", "/mnt/data/checkouts/{n}/lib",
)  # fmt: skip
WORDS = (
    "amber birch cobalt dahlia ember fennel ginger hazel iris juniper kestrel linden maple nettle olive"
    " poppy quince rowan saffron thistle umber violet willow yarrow zinnia"
).split()

Data = Callable[[random.Random], tuple[Any, ...]]


class Case(NamedTuple):
    """One cause: which function fails, on what data."""

    label: str
    module: str
    function: str
    data: Data


def word(chance: random.Random) -> str:
    return chance.choice(WORDS) + chance.choice(("", "-7", ".x", "_" + chance.choice(WORDS)))


def number(chance: random.Random) -> int:
    return chance.randint(-(10**6), 10**6)


def row(chance: random.Random, **given: Any) -> dict[str, Any]:
    whole = {"target": word(chance), "observer": word(chance), "instrument": word(chance),
             "at": "2026-11-24 21:00", "priority": chance.randint(1, 9)}  # fmt: skip
    return {key: value for key, value in (whole | given).items() if value is not None}


def tree(chance: random.Random, bad: dict[str, Any]) -> dict[str, Any]:
    node = bad
    for _ in range(chance.randint(0, 6)):
        node = {"name": word(chance), "children": [node]}
    return node


def _mount(name: str, **over: Any) -> Any:
    """Filled in when called: the site's own Mount class is made by then."""
    return ("mount", name, over)


CASES = (
    Case("floor", "observatory.schedule", "run_queue", lambda c: (_mount(word(c)), [{"axis": "alt", "degrees": -abs(number(c))}])),
    Case("zenith", "observatory.schedule", "run_queue", lambda c: (_mount(word(c)), [{"axis": "alt", "degrees": 100 + abs(number(c))}])),
    Case("no-encoder", "observatory.schedule", "run_queue", lambda c: (_mount(word(c)), [{"axis": "az", "degrees": c.randint(1, 300)}])),
    Case("no-axis", "observatory.schedule", "run_queue", lambda c: (_mount(word(c)), [{"axis": word(c), "degrees": 3}])),
    Case("entry-without-axis", "observatory.schedule", "run_queue", lambda c: (_mount(word(c)), [{"degrees": number(c)}])),
    Case("gain", "observatory.telescope", "expose", lambda c: (word(c), {"seconds": number(c)})),
    Case("filter", "observatory.telescope", "expose", lambda c: (word(c), {"gain": 1, "seconds": number(c)})),
    Case("flux", "observatory.telescope", "calibrate", lambda c: ([SimpleNamespace(flux=1), SimpleNamespace()],)),
    Case("no-frames", "observatory.telescope", "calibrate", lambda c: ([],)),
    Case("no-samples", "observatory.telescope", "average_seeing", lambda c: ((),)),
    Case("short-packet", "observatory.schedule", "replay", lambda c: ([b"\x01" * c.randint(1, 6)],)),
    Case("angles", "observatory.schedule", "import_angles", lambda c: (f"a:{word(c)};b:2",)),
    Case("angles-colon", "observatory.schedule", "import_angles", lambda c: (f"{word(c)};b:2",)),
    Case("plan-empty", "observatory.schedule", "plan", lambda c: ([],)),
    Case("plan-target", "observatory.schedule", "plan", lambda c: ([row(c, target=None)],)),
    Case("staff", "observatory.schedule", "staff", lambda c: ([row(c, observer=None)],)),
    Case("equip", "observatory.schedule", "equip", lambda c: ([row(c, instrument=None)],)),
    Case("when", "observatory.schedule", "when", lambda c: ([row(c, at=word(c))],)),
    Case("rank", "observatory.schedule", "rank", lambda c: ([row(c), row(c, priority=None)],)),
    Case("rank-none", "observatory.schedule", "rank", lambda c: ([row(c), row(c, priority=word(c))],)),
    Case("bad-json", "bakery.orders", "read_lines", lambda c: (c.choice(("", "{", '{"lines": [}', "[1,", "nope", '{"a" 1}')),)),
    Case("no-lines", "bakery.orders", "read_lines", lambda c: (f'{{"{word(c)}": 1}}',)),
    Case("no-sku", "bakery.orders", "read_lines", lambda c: (f'{{"lines": [{{"pieces": {number(c)}}}]}}',)),
    Case("pieces", "bakery.orders", "read_lines", lambda c: (f'{{"lines": [{{"sku": "x", "pieces": "{word(c)}"}}]}}',)),
    Case("unit", "bakery.orders", "price_of", lambda c: ({"unit": word(c), "pieces": 1},)),
    Case("unit-missing", "bakery.orders", "price_of", lambda c: ({"pieces": number(c)},)),
    Case("price-pieces", "bakery.orders", "price_of", lambda c: ({"unit": number(c), "pieces": word(c)},)),
    Case("no-name", "bakery.orders", "accept", lambda c: ({"pieces": number(c)},)),
    Case("too-many", "bakery.orders", "accept", lambda c: ({"name": word(c), "pieces": 501 + abs(number(c))},)),
    Case("not-there", "bakery.orders", "accept", lambda c: ({"name": "a", "zip": "00000", "city": word(c).title()},)),
    Case("accept-sku", "bakery.orders", "accept", lambda c: ({"name": "a", "stock": {}, "sku": word(c)},)),
    Case("flour", "bakery.orders", "bake_all", lambda c: ([{"stock": {}, "sku": word(c)}],)),
    Case("scale", "bakery.orders", "pack", lambda c: ({"bag": {"grams": word(c)}},)),
    Case("label", "bakery.orders", "label", lambda c: ({"name": word(c), "street": word(c)},)),
    Case("label-nr", "bakery.orders", "label", lambda c: ({"name": word(c), "street": word(c), "nr": word(c)},)),
    Case("greeting", "bakery.orders", "greeting", lambda c: ({"title": word(c), "surname": None},)),
    Case("greeting-title", "bakery.orders", "greeting", lambda c: ({"surname": word(c)},)),
    Case("change", "bakery.orders", "change", lambda c: (c.randint(1, 9), c.randint(10, 90))),
    Case("sacks", "bakery.stock", "refill", lambda c: (word(c), 100 + abs(number(c)), c.randint(1, 99))),
    Case("shelf-gone", "bakery.stock", "refill", lambda c: (None, 0, 1)),
    Case("no-age", "bakery.stock", "spoilt", lambda c: ([SimpleNamespace(name=word(c))],)),
    Case("no-batch", "bakery.stock", "spoilt", lambda c: ([],)),
    Case("oldest", "bakery.stock", "oldest", lambda c: (["a", c.randint(1, 9)],)),
    Case("clinic-index", "clinic.admin", "index", lambda c: ({"session": {}},)),
    Case("pharmacy-index", "pharmacy.admin", "index", lambda c: ({"session": {}},)),
    Case("export", "clinic.admin", "export", lambda c: ({"id": number(c)},)),
    Case("merge", "clinic.admin", "merge", lambda c: ({"ids": list(range(c.randint(3, 9)))},)),
    Case("birthday", "clinic.admin", "birthday", lambda c: ({"born": word(c).replace("-", " ")},)),
    Case("birthday-day", "clinic.admin", "birthday", lambda c: ({"born": f"2026-{c.randint(13, 99)}-01"},)),
    Case("expiry", "pharmacy.admin", "expiry", lambda c: ({"expires": word(c).replace("-", " ")},)),
    Case("insurance", "clinic.admin", "insurance", lambda c: ({"insurance": word(c)},)),
    Case("licence", "pharmacy.admin", "licence", lambda c: ({"licence": word(c)},)),
    Case("admit-twice", "clinic.models", "admit", lambda c: (number(c), word(c))),
    Case("admit-nowhere", "clinic.models", "admit", lambda c: (number(c), None)),
    Case("discharge", "clinic.models", "discharge", lambda c: (number(c),)),
    Case("visit-of", "clinic.models", "visit_of", lambda c: (number(c),)),
    Case("track", "fleet.jobs", "nightly", lambda c: ([word(c)], {})),
    Case("bad-fix", "fleet.jobs", "morning", lambda c: (f"fix\n{word(c)}\n",)),
    Case("no-fix", "fleet.jobs", "morning", lambda c: (f"place\n{word(c)}\n",)),
    Case("depth", "fleet.jobs", "evening", lambda c: (tree(c, {"name": word(c)}),)),
    Case("survey", "fleet.jobs", "weekly", lambda c: (tree(c, {"children": []}),)),
    Case("endless", "fleet.jobs", "loop", lambda c: (word(c),)),
    Case("bounce", "fleet.jobs", "bounce", lambda c: (word(c),)),
    Case("driver", "fleet.jobs", "assign", lambda c: ([], word(c))),
    Case("truck", "fleet.jobs", "park", lambda c: ([], word(c).upper())),
    Case("charge", "fleet.jobs", "bill", lambda c: ({"host": f"{word(c)}.example.net", "payload": None},)),
    Case("status", "fleet.jobs", "probe", lambda c: (f"10.0.{c.randint(0, 9)}.{c.randint(0, 9)}",)),
    Case("port", "fleet.gateway", "port_of", lambda c: (f"http://{word(c)}:{word(c)}/",)),
    Case("utf8", "fleet.gateway", "utf8", lambda c: (c.choice((b"\xff", b"ab\xe9", b"a\xc3", b"\x80x")),)),
    Case("latin", "fleet.gateway", "latin", lambda c: (c.choice(("é", "nö", "日本")),)),
    Case("fuel", "fleet.tracking", "fuel", lambda c: (number(c), 0)),
    Case("fuel-text", "fleet.tracking", "fuel", lambda c: (number(c), word(c))),
    Case("log", "fleet.tracking", "open_log", lambda c: (f"/var/log/{word(c)}/{number(c)}.log",)),
    Case("pattern", "fleet.tracking", "compile_filter", lambda c: (f"{word(c)}(",)),
    Case("fines", "library.loans", "lend", lambda c: (SimpleNamespace(name=word(c), fines=11, loans=[]), word(c))),
    Case("sixth", "library.loans", "lend", lambda c: (SimpleNamespace(name=word(c), fines=0, loans=[]), word(c))),
    Case("give-back", "library.loans", "give_back", lambda c: (SimpleNamespace(loans=[]), word(c))),
    Case("newest", "library.loans", "newest", lambda c: (SimpleNamespace(loans=[]),)),
    Case("extend", "library.loans", "extend", lambda c: (SimpleNamespace(loans=[]), abs(number(c)))),
    Case("extend-text", "library.loans", "extend", lambda c: (SimpleNamespace(loans=[]), word(c))),
    Case("remind", "library.loans", "remind", lambda c: ([SimpleNamespace(name=word(c))],)),
    Case("shelve", "library.loans", "shelve", lambda c: ([word(c), number(c)],)),
    Case("isbn", "library.loans", "isbn", lambda c: (f"{abs(number(c))}-{c.randint(0, 9)}",)),
    Case("isbn-dash", "library.loans", "isbn", lambda c: (str(abs(number(c))),)),
    Case("handler", "library.loans", "dispatch", lambda c: (word(c),)),
)  # fmt: skip


class _Site:
    """The modules of one deployment, compiled under its paths and not in sys.modules."""

    def __init__(self, chance: random.Random) -> None:
        self.root = chance.choice(ROOTS).format(n=chance.randint(10, 99999))
        version = chance.choice(("3.9", "3.11", "3.13"))
        self.packages = f"{self.root}/venv/lib/python{version}/site-packages"
        self.shift = chance.randint(0, 40)
        self.paths: list[str] = []
        self.sources = {path: (self.root, text) for path, text in MODULES.items()}
        self.sources |= {path: (self.packages, text) for path, text in LIBRARIES.items()}
        self.modules: dict[str, ModuleType] = {}

    def load(self, name: str) -> ModuleType:
        """A module of the site, compiled at its first use."""
        if name not in self.modules:
            self.modules[name] = self._compile(name)
        return self.modules[name]

    def _compile(self, name: str) -> ModuleType:
        below = name.replace(".", "/") + ".py"
        root, text = self.sources[below]
        path = f"{root}/{below}"
        if "\\" in self.root:
            path = path.replace("/", "\\")
        text = "# shifted\n" * self.shift + re.sub(
            r"\n\n(?=def |class |@)", "\n\n# next\n" * (self.shift % 3) + "\n\n", text
        )
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
        self.paths.append(path)
        module = ModuleType(name)
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        exec(compile(text, path, "exec"), module.__dict__)
        return module

    def _import(self, name: str, *rest: Any) -> Any:
        if name.replace(".", "/") + ".py" in self.sources:
            return self.load(name)
        return builtins.__import__(name, *rest)

    def close(self) -> None:
        """Forget the sources, so that tests leave nothing behind."""
        for path in self.paths:
            linecache.cache.pop(path, None)


def make_real_failures(reports: int = 10, seed: int = 5) -> list[Labelled]:
    """`reports` of each cause; and of time outs, and of reports without traceback."""
    chance = random.Random(seed)
    made = [fail(case, chance) for case in CASES for _ in range(reports)]
    made += [make(chance) for make in BARE for _ in range(reports)]
    return made


def fail(case: Case, chance: random.Random) -> Labelled:
    """Run the case in a deployment of its own, and report what it raised."""
    site = _Site(chance)
    run = _enter(site, case, chance)
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(_depth() + 150 + chance.randint(0, 40))
        run()
    except Exception as raised:  # noqa: BLE001 - whatever it raises is what is wanted
        return Labelled(case.label, _report(site, case, raised, chance))
    finally:
        sys.setrecursionlimit(limit)
        site.close()
    raise AssertionError(f"{case.label} did not fail")


def _depth() -> int:
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def _enter(site: _Site, case: Case, chance: random.Random) -> Callable[[], Any]:
    """The call, with one of the ways in around it."""
    function = getattr(site.load(case.module), case.function)
    args = tuple(_fill(site, arg) for arg in case.data(chance))

    def run() -> Any:
        return function(*args)

    way = chance.choice(("", "gunicorn", "celery", "django", "zope"))
    inner: Callable[[], Any] = run
    if way in {"gunicorn", "django"} and chance.random() < 0.5:
        application = site.load("sitekit.wsgi").application
        inner = lambda: application(run)  # noqa: E731
    around = {
        "gunicorn": ("gunicorn.workers.sync", "handle_request"),
        "celery": ("celery.app.trace", "trace_task"),
        "django": ("django.core.handlers.base", "get_response"),
        "zope": ("zope.publisher.publish", "publish"),
    }
    if not way:
        return inner
    module, name = around[way]
    outer = getattr(site.load(module), name)
    return lambda: outer(inner)


def _fill(site: _Site, arg: Any) -> Any:
    if isinstance(arg, tuple) and arg[:1] == ("mount",):
        return site.load("observatory.telescope").Mount(arg[1])
    return arg


def _report(site: _Site, case: Case, raised: Exception, chance: random.Random) -> Report:
    return Report(
        id=f"OOPS-{chance.getrandbits(128):032x}",
        type=type(raised).__name__,
        value=str(raised),
        tb_text=_write(raised, chance),
        topic=chance.choice((f"{case.module}:{case.function}", "")),
        url=f"https://h{number(chance)}.example.org/{word(chance)}",
        hostname=word(chance),
        reporter=chance.choice(("WEB1", "WEB2", "JOBS")),
    )


def _write(raised: Exception, chance: random.Random) -> str:
    """As senders do: Python's with a chain, only the calls, without carets, Zope's."""
    raised.__traceback__ = _without_harness(raised.__traceback__)
    form = chance.choice(("whole", "calls", "plain", "one", "zope"))
    if form == "whole":
        return "".join(traceback.format_exception(raised))
    if form == "one":
        return "".join(traceback.format_exception(raised, chain=False))
    text = "".join(traceback.format_tb(raised.__traceback__))
    if form == "calls":
        return text
    text = re.sub(r"(?m)^[ ^~]+\n", "", text)
    if form == "plain":
        return f"Traceback (most recent call last):\n{text}"
    return _as_zope(text)


def _without_harness(trace: Any) -> Any:
    """The calls below this file's own."""
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    kept = trace
    while trace is not None and trace.tb_next is not None:
        if trace.tb_next.tb_frame.f_code.co_filename == __file__:
            trace.tb_next = trace.tb_next.tb_next
        else:
            trace = trace.tb_next
    return kept


def _as_zope(text: str) -> str:
    """The dotted names that Zope's formatter writes instead of paths."""

    def rename(found: re.Match[str]) -> str:
        path = found.group(1).replace("\\", "/")
        for name in (*MODULES, *LIBRARIES):
            if path.endswith("/" + name):
                return f"  Module {name[:-3].replace('/', '.')}, line"
        library = re.sub(r".*/(?:site-packages|python[\d.]+)/", "", path).removesuffix(".py")
        return f"  Module {library.replace('/', '.')}, line"

    return re.sub(r'(?m)^  File "([^"\n]*)", line', rename, text)


def _slow(label: str, topic: str, statement: str) -> Callable[[random.Random], Labelled]:
    def make(chance: random.Random) -> Labelled:
        steps, at = [], 0
        for _ in range(chance.randint(2, 20)):
            took = chance.randint(1, 60)
            detail = f"SELECT {chance.choice(WORDS)} FROM session WHERE key = '{word(chance)}'"
            if chance.random() < 0.5:
                detail, took = statement.format(n=number(chance), w=word(chance)), 900 + took
            steps.append(Step(at, at + took, "SQL-main", detail))
            at += took
        steps.append(Step(at, at + 1500, "SQL-main", statement.format(n=7, w="o''hara")))
        victim = fail(chance.choice(CASES), chance).report
        report = Report(
            id=victim.id, type="RequestExpired", value=f"Request took {at} ms", tb_text=victim.tb_text,
            topic=topic, timeline=tuple(steps),
        )  # fmt: skip
        return Labelled(label, report, is_time_out=True)

    return make


def _bare(
    label: str, type_: str, template: str, **rest: Any
) -> Callable[[random.Random], Labelled]:
    def make(chance: random.Random) -> Labelled:
        value = template.format(
            w=word(chance), v=word(chance), n=number(chance), h=f"{chance.getrandbits(64):016x}"
        )
        return Labelled(label, Report(id=word(chance), type=type_, value=value, **rest))

    return make


BARE = (
    _slow("slow-a", "Night:+index", "SELECT n.* FROM night n WHERE n.observer = '{w}' AND n.id > {n}"),
    _slow("slow-b", "Night:+index", "UPDATE night SET seeing = {n} WHERE name = '{w}'"),
    _slow("slow-c", "Night:+edit", "UPDATE night SET seeing = {n} WHERE name = '{w}'"),
    _bare("bare-404", "NotFound", "'{w}'", topic="Shop:+index"),
    _bare("bare-404-b", "NotFound", "'{w}'", topic="Person:+index"),
    _bare("bare-host", "ConnectError", "could not connect to {w}.example.com port {n}: connection refused"),
    _bare("bare-host-b", "ConnectError", "connection to {w}.example.com was reset after {n} bytes"),
    _bare("bare-user", "Unauthorized", "User {w} may not edit {v}"),
    _bare("bare-user-b", "Unauthorized", "Session {h} has expired"),
    _bare("bare-empty", "Hangup", "", topic="Feed:+atom"),
    _bare("bare-untyped", "", "worker {n} lost its lease on {w}"),
)  # fmt: skip
"""Time outs whose traceback is somebody else's, and reports without a traceback."""
