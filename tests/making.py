"""Reports for tests, made plainly and taken in the way that all reports are."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from reports.formats import as_bson
from reports.intake.inbox import Incoming, find_source, keep
from reports.models import Source, StoredReport
from reports.pipeline.batch import Processed, process_batch
from reports.store.reading import find_report

_numbers = count(1)

TRACEBACK = """\
Traceback (most recent call last):
  File "/srv/shop/lib/python3.11/site-packages/wsgiref/handlers.py", line 137, in run
    self.result = application(self.environ, self.start_response)
  File "/srv/shop/app/basket.py", line 41, in show
    return render(total_of(basket))
  File "/srv/shop/app/basket.py", line 57, in total_of
    return sum(prices[item] for item in basket)
KeyError: 'apple'
"""


def make_report_dict(**over: Any) -> dict[str, Any]:
    """A report as a sender makes it; each has another id. None leaves a key out."""
    number = next(_numbers)
    report: dict[str, Any] = {
        "id": f"OOPS-{number:032x}",
        "type": "KeyError",
        "value": "'apple'",
        "time": datetime.now(UTC).replace(microsecond=0),
        "tb_text": TRACEBACK,
        "reporter": "SHOP-WEB1",
        "hostname": "web1.example",
        "branch_nick": "shop",
        "revno": "100",
        "topic": "Basket:+index",
        "url": "http://shop.example/basket",
        "username": "Ann, 7, ann",
        "req_vars": {"REQUEST_METHOD": "GET", "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux)"},
        "timeline": [[0, 5, "SQL-main", f"SELECT * FROM basket WHERE id = {number}", ""]],
        "duration": 0.25,
    }
    report.update(over)
    return {key: value for key, value in report.items() if value is not None}


def make_source(name: str = "tests", transport: str = "http") -> Source:
    """A way in."""
    return find_source(transport, name)


def put_in_inbox(*contents: bytes, media_type: str = "application/bson", **over: Any) -> None:
    """Accept bytes, as every way in does."""
    keep([Incoming(content, media_type, **over) for content in contents], make_source())


def process_all() -> Processed:
    """Empty the inbox, as the workers do."""
    result = Processed()
    while (batch := process_batch()).total:
        result += batch
    return result


def take_in(*reports: dict[str, Any]) -> list[StoredReport]:
    """Send reports through the whole pipeline and return them as they are stored."""
    put_in_inbox(*(as_bson(report) for report in reports))
    process_all()
    stored = [find_report(report["id"]) for report in reports if "id" in report]
    return [report for report in stored if report is not None]
