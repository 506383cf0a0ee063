"""How long each page, the API and search take as the store grows.

    python -m bench.pages [--database URL] [--reports 10000,100000,1000000] [--problems 500]

Starts the whole product, seeds reports over the last 30 days through the
pipeline's own code, and asks the real web server for each page over one kept
connection with a signed-in session. A time is from sending the request to the
last byte of the answer on the loopback interface, so the web server, Django and
PostgreSQL are in it, and a browser is not. Each round asks for another problem,
report or word. SQL queries are counted by asking once more inside a process.
"""

from __future__ import annotations

import http.client
import json
import re
import time
from argparse import Namespace
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode, urlsplit

from bench.command import make_parser, print_machine, quantile, read_counts, run
from bench.seed import seed
from bench.site import Site, running_site

DAYS = 30
EXAMPLES = 40
"""Reports whose ids and words the rounds take turns with."""

WARM_UP = 3
"""Requests of each kind before any is measured: processes load code at the first."""


@dataclass
class Reader:
    """A signed-in browser, or a program with a token, on one kept connection."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connect()

    def _connect(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def get(self, path: str, **headers: str) -> tuple[int, bytes, float]:
        """Status, body and seconds."""
        return self.ask("GET", path, None, **headers)

    def ask(
        self, method: str, path: str, body: str | None, **headers: str
    ) -> tuple[int, bytes, float]:
        """The same with a form to send."""
        for attempt in (1, 2):
            began = time.perf_counter()
            try:
                self.connection.request(method, path, body, self.headers | headers)
                answer = self.connection.getresponse()
                content = answer.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # The server lets go of a connection that was idle for some time.
                self.connection.close()
                if attempt == 2:
                    raise
                continue
            self._keep_cookies(answer)
            return answer.status, content, time.perf_counter() - began
        raise AssertionError("unreachable")

    def _keep_cookies(self, answer: http.client.HTTPResponse) -> None:
        kept = dict(
            part.split("=", 1) for part in self.headers.get("Cookie", "").split("; ") if part
        )
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            kept[name] = rest.partition(";")[0]
        if kept:
            self.headers["Cookie"] = "; ".join(f"{name}={text}" for name, text in kept.items())


def sign_in(site: Site) -> Reader:
    """A reader with the session of the first account."""
    reader = Reader(site.port)
    path = urlsplit(site.run_command("sign_in_link").splitlines()[-1]).path
    page = reader.get(path)[1].decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    form = urlencode({"csrfmiddlewaretoken": found[1] if found else ""})
    status, _, _ = reader.ask(
        "POST", path, form, **{"Content-Type": "application/x-www-form-urlencoded"}
    )
    if status != 302 or "sessionid=" not in reader.headers.get("Cookie", ""):
        raise SystemExit(f"Signing in failed: {status}")
    return reader


@dataclass(frozen=True)
class Question:
    """A kind of page, and the addresses that the rounds take turns with."""

    name: str
    paths: tuple[str, ...]
    is_api: bool = False
    status: int = 200
    """What a right answer has; any other is printed beside the times."""


@dataclass(frozen=True)
class Example:
    """A stored report's id, and words of it."""

    oops_id: str
    problem: int
    topic: str
    rare: str
    number: str
    phrase: str
    common: str


def find_examples(site: Site, program: Reader) -> list[Example]:
    """Some reports from all over the span, with words from them."""
    rows = site.ask(
        "SELECT oops_id FROM reports_report TABLESAMPLE SYSTEM (%s) ORDER BY random() LIMIT %s",
        min(100, 4_000 * 100 / max(1, site.count())),
        EXAMPLES,
    )
    return [_read_example(program, oops_id) for (oops_id,) in rows]


def _read_example(program: Reader, oops_id: str) -> Example:
    status, content, _ = program.get(f"/api/reports/{quote(oops_id)}/")
    if status != 200:
        raise SystemExit(f"{oops_id} can't be read: {status}")
    found = json.loads(content)
    report = found["report"]
    literal = re.search(r"'(\w+-\d+)'", report["timeline"][0][3])
    table = re.search(r"FROM (\w+) JOIN (\w+)", report["timeline"][0][3])
    return Example(
        oops_id=oops_id,
        problem=found["problem"]["id"],
        topic=found["topic"],
        rare=literal[1] if literal else oops_id,
        number=report["value"].rsplit(" ", 1)[1],
        phrase=report["value"].rsplit(":", 1)[0],
        common=f"{table[1]} {table[2]}" if table else "",
    )


def make_questions(examples: list[Example]) -> list[Question]:
    """Every kind of page, of API answer and of search."""

    def searching(name: str, queries: list[str]) -> list[Question]:
        pages = tuple("/search?" + urlencode({"q": query}) for query in queries)
        lists = tuple("/api/reports/?" + urlencode({"query": query}) for query in queries)
        return [Question(f"search, {name}", pages), Question(f"API search, {name}", lists, True)]

    problems = tuple(f"/problems/{number}/" for number in sorted({e.problem for e in examples}))
    ids = [quote(example.oops_id) for example in examples]
    found = [
        Question("overview, 24 h", ("/",)),
        Question("overview, 7 days", ("/?span=7d",)),
        Question("problem list", ("/problems/",)),
        Question("problem list, 30 d by count", ("/problems/?span=30d&sort=count",)),
        Question("problem list, text", ("/problems/?text=KeyError",)),
        Question("problem", problems),
        Question("biggest problem", ("/problems/1/",)),
        Question("report", tuple(f"/oops/{oops_id}" for oops_id in ids)),
        Question(
            "id in the search box", tuple(f"/search?q={oops_id}" for oops_id in ids), status=302
        ),
        Question("intake", ("/intake/",)),
        Question("API reports", ("/api/reports/",), True),
        Question("API report", tuple(f"/api/reports/{oops_id}/" for oops_id in ids), True),
        Question("API problems", ("/api/problems/",), True),
        Question("API problem", tuple(f"/api{path}" for path in problems), True),
        Question("API resolve", tuple(f"/api/resolve/?text={oops_id}" for oops_id in ids), True),
        Question("API ledger", ("/api/ledger/",), True),
    ]
    found += searching("rare word", [e.rare for e in examples])
    found += searching("word of every report", ["Traceback", "Mozilla", "Firefox", "GET"])
    found += searching("prefix", [f"{e.common[:3]}*" for e in examples])
    found += searching("phrase", [f'"{e.phrase}"' for e in examples])
    found += searching("number", [e.number for e in examples])
    found += searching("two words", [e.common for e in examples])
    found += searching("word and topic", [f'{e.rare} topic:"{e.topic}"' for e in examples])
    return found


def add_summaries(reader: Reader, questions: list[Question]) -> list[Question]:
    """With the summary pages that the overview or their own address shows, if there are any."""
    status, content, _ = reader.get("/summaries/")
    _, front, _ = reader.get("/")
    text = front.decode() + (content.decode() if status == 200 else "")
    paths = sorted(set(re.findall(r'href="(/(?:summaries|topics|revisions)/[^"#]*)"', text)))
    return questions + [Question(path, (path,)) for path in paths]


def measure(reader: Reader, question: Question, rounds: int) -> str:
    """One line of the table."""
    times, sizes, statuses = [], [], set()
    for number in range(-WARM_UP, rounds):
        status, content, seconds = reader.get(question.paths[number % len(question.paths)])
        statuses.add(status)
        if number >= 0:
            times.append(seconds * 1000)
            sizes.append(len(content))
    odd = statuses - {question.status}
    return (
        f"{question.name:<34} {quantile(times, 0.5):>8.1f} {quantile(times, 0.95):>8.1f}"
        f" {max(times):>8.1f} {sum(sizes) / len(sizes) / 1024:>8.1f}"
        + (f"  answers {sorted(odd)}" if odd else "")
    )


def count_queries(site: Site, questions: list[Question]) -> dict[str, int]:
    """SQL queries that each kind of page asks, by its name."""
    paths = {question.name: question.paths[0] for question in questions}
    said = site.run_code(
        "import json",
        "from django.conf import settings",
        "from django.contrib.auth.models import User",
        "from django.db import connection",
        "from django.test import Client",
        "from django.test.utils import CaptureQueriesContext",
        "settings.ALLOWED_HOSTS = ['*']",
        "client = Client(); client.force_login(User.objects.order_by('pk').first())",
        "counts = {}",
        f"for name, path in json.loads({json.dumps(json.dumps(paths))}).items():",
        "    client.get(path)",
        "    with CaptureQueriesContext(connection) as queries: client.get(path)",
        "    counts[name] = len(queries)",
        "print(json.dumps(counts))",
    )
    return json.loads(said.splitlines()[-1])


def measure_all(site: Site, options: Namespace) -> None:
    """Grow the store step by step, and measure at each."""
    token = site.run_command("create_token", "bench-read", "--scope", "read").splitlines()[-1]
    with (
        closing(sign_in(site)) as people,
        closing(Reader(site.port, {"Authorization": f"Bearer {token}"})) as programs,
    ):
        _measure_at_each(site, people, programs, options)


def _measure_at_each(site: Site, people: Reader, programs: Reader, options: Namespace) -> None:
    end = datetime.now(UTC)
    for total in options.reports:
        lacking = total - site.count()
        if lacking > 0:
            start = end - timedelta(days=DAYS)
            rate = seed(site, lacking, start, end, problems=options.problems)
            print(f"\nseeded {lacking:,} at {rate:,.0f}/s; {site.tend()}")
        print_table(site, people, programs, options.rounds)


def print_table(site: Site, people: Reader, programs: Reader, rounds: int) -> None:
    """Every kind of page at the present size of the store."""
    questions = make_questions(find_examples(site, programs))
    questions = add_summaries(people, questions)
    queries = count_queries(site, questions)
    problems = site.ask("SELECT count(*) FROM reports_problem")[0][0]
    size = site.bytes_by_table().total() / 2**20
    print(
        f"\n{site.count():,} reports, {problems:,} problems, {size:,.0f} MiB; {rounds} requests each"
    )
    print(f"{'page':<34} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'KiB':>8} {'queries':>8}")
    for question in questions:
        line = measure(programs if question.is_api else people, question, rounds)
        head, mark, tail = line.partition("  answers")
        print(f"{head} {queries[question.name]:>8}{mark}{tail}", flush=True)


def read_options(words: list[str] | None = None) -> Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("--database", default="", help="a PostgreSQL URL; default: embedded")
    parser.add_argument("--reports", type=read_counts, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=100, help="requests of each kind")
    return parser.parse_args(words)


def main() -> None:
    options = read_options()
    print_machine()
    with running_site(options.database) as site:
        measure_all(site, options)


if __name__ == "__main__":
    run(main)
