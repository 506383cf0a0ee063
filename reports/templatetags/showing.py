"""How templates write times, numbers, shares and senders' values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django import template
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.models import Classification
from reports.report import Report
from reports.store.reading import Whereabouts
from reports.summaries.people import People
from reports.summaries.report_page import User, split_user
from reports.web import charts, lookups, showing
from reports.web.forms import change_address

register = template.Library()

NONE = "\N{EN DASH}"
"""Stands where there is no figure."""

TIMES = "\N{MULTIPLICATION SIGN}"

_LOOK_WORDS: dict[str, str] = dict(Classification.Look.choices)


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """Relative under an hour, then the clock, then the date; whole in `datetime` and title."""
    if at is None:
        return NONE
    return _time_tag(at, _moment_words(at, timezone.now()))


@register.filter
def utc(at: datetime | None, pattern: str) -> str:
    """A time in UTC by a pattern of `strftime`, whatever zone the site's days are in."""
    return NONE if at is None else at.astimezone(UTC).strftime(pattern)


@register.simple_tag
def utc_now() -> str:
    """`Tuesday 24 November 2026, 14:21`."""
    return f"{timezone.now().astimezone(UTC):%A %-d %B %Y, %H:%M}"


@register.filter
def exception_line(line: str) -> SafeString:
    """`KeyError: 'x'` with its type in bold."""
    kind, mark, value = line[:1_000].partition(":")
    return format_html("<b>{}</b>{}{}", showing.reveal(kind), mark, showing.reveal(value))


@register.filter
def clock(at: datetime | None) -> SafeString | str:
    """`24 November 2026, 14:20:51 UTC`."""
    if at is None:
        return NONE
    return _time_tag(at, f"{at.astimezone(UTC):%-d %B %Y, %H:%M:%S} UTC")


@register.filter
def day(at: datetime | None) -> SafeString | str:
    """`29 Oct`, with the year if it is another."""
    if at is None:
        return NONE
    return _time_tag(at, _day_words(at.astimezone(UTC), timezone.now()))


@register.filter
def number(value: float | None) -> str:
    """`8,817`; a dash where there is none."""
    return NONE if value is None else f"{value:,.0f}"


@register.filter
def ms(value: float | None) -> str:
    """Milliseconds with as many decimals as matter: `0.4`, `12`, `3,104`."""
    if value is None:
        return NONE
    return f"{value:,.1f}" if 0 < value < 10 else f"{value:,.0f}"


@register.filter
def seconds(value: float | None) -> str:
    """Milliseconds as a length of time: `250 ms`, `9.31 s`."""
    if value is None:
        return NONE
    return f"{value / 1000:,.2f} s" if value >= 1000 else f"{ms(value)} ms"


@register.filter
def percent(share: float | None) -> str:
    """`84 %`; below one `0.4 %`, and what is not all is never said to be."""
    if share is None:
        return NONE
    value = share * 100
    if value == 0 or value >= 1:
        return f"{min(round(value), 99) if value < 100 else round(value)} %"
    return "< 0.1 %" if value < 0.1 else f"{value:.1f} %"


@register.filter
def times(ratio: float | None) -> str:
    """A ratio with its sign: one decimal below ten, none from there on."""
    if ratio is None:
        return NONE
    return f"{ratio:.1f}{TIMES}" if ratio < 10 else f"{ratio:,.0f}{TIMES}"


@register.filter
def span_words(length: timedelta | None) -> str:
    """`4 s`, `12 min`, `3 h`, `2 days`."""
    if length is None:
        return NONE
    spent = length.total_seconds()
    if spent < 10:
        return f"{spent:.1f} s"
    for unit, word in ((86400, "days"), (3600, "h"), (60, "min")):
        if spent >= 2 * unit:
            return f"{spent // unit:.0f} {word}"
    return f"{spent:.0f} s"


@register.filter
def plural(count: int, word: str) -> str:
    """`1 report`, `2,000 reports`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


@register.filter
def shown(value: Any) -> str:
    """A sender's text with nothing invisible in it."""
    return showing.reveal(str(value))


@register.filter
def short(value: Any, length: int = 200) -> str:
    """A sender's text in one line, cut with an ellipsis."""
    text = " ".join(str(value)[: length * 4].split())
    return showing.reveal(text if len(text) <= length else text[: length - 1] + "…")


@register.filter
def cut(value: Any) -> showing.Cut:
    """A sender's text in two parts: at once and on demand."""
    return showing.cut(value if isinstance(value, str) else showing.write_out(value))


@register.filter
def written_out(value: Any) -> str:
    """Any value of a report as indented text."""
    return value if isinstance(value, str) else showing.write_out(value)


@register.filter
def short_id(oops_id: str) -> str:
    """The first eight digits of a long id; short ones are left whole."""
    bare = oops_id.removeprefix("OOPS-")
    return f"OOPS-{bare[:8]}" if len(bare) == 32 else showing.reveal(oops_id)


@register.filter
def is_web_address(url: str) -> bool:
    """Whether a link may lead there: a sender may write `javascript:` as well."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


@register.filter
def user(username: str) -> User:
    """Name, number and login in a report's user."""
    return split_user(username)


@register.filter
def spark(series: list[int]) -> charts.Spark:
    """Counts as a word-sized chart."""
    return charts.draw_spark(series)


@register.filter
def block(text: str) -> str:
    """A sender's text with its lines, cut to what a row can hold."""
    return showing.reveal(text[:4_000])


@register.filter
def share_of(part: float, whole: float) -> float | None:
    """A part of a whole, 0 to 1."""
    return part / whole if whole else None


@register.filter
def address_of(found: Whereabouts) -> str:
    """The address for good of an id's page."""
    return lookups.address_of(found)


@register.filter
def look_words(look: str) -> str:
    """`hard time out`."""
    return _LOOK_WORDS.get(look, look)


@register.filter
def oops_address(oops_id: str) -> str:
    """The address for good of a report."""
    return f"/oops/{quote(oops_id, safe='')}"


@register.filter
def people(found: People | None) -> str:
    """`1,204`, `about 1,200` where it is estimated; a dash for nobody who is known."""
    if found is None or not found.count:
        return NONE
    return f"{found.count:,}" if found.is_exact else f"about {found.count:,}"


@register.filter
def count_of(counts: Mapping[str, int], look: str) -> int:
    """How many of one look."""
    return counts.get(look, 0)


@register.simple_tag
def glyph(look: str, size: int = 12) -> SafeString:
    """A class's shape in its colour, with its word for those who do not see it."""
    return format_html(
        '<svg class="i {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<use href="#i-{}"/></svg>',
        look,
        size,
        size,
        _LOOK_WORDS.get(look, look),
        look,
    )


@register.simple_tag
def icon(name: str, size: int = 12) -> SafeString:
    """A shape of the page's own set that only decorates."""
    return format_html(
        '<svg width="{}" height="{}" aria-hidden="true"><use href="#i-{}"/></svg>',
        size,
        size,
        name,
    )


@register.simple_tag(takes_context=True)
def address_with(context: dict[str, Any], **changes: str | None) -> str:
    """This page's address with some parameters changed, from its first page on."""
    return change_address(context["request"], after=None, before=None, **changes)


@register.simple_tag
def problems_with(**asked: str) -> str:
    """The list of problems, narrowed."""
    names = {"class_": "class", "from_": "from"}
    wanted = {names.get(name, name): value for name, value in asked.items() if value}
    return f"/problems/?{urlencode(wanted)}"


@register.filter
def hidden_fields(asked: QueryDict, left_out: str) -> list[tuple[str, str]]:
    """An address's parameters but for some, so that a form can carry them on."""
    return [(name, asked.get(name, "")) for name in asked if name not in left_out.split(",")]


@register.filter
def method_of(report: Report) -> str:
    """`GET`, or a dash outside HTTP."""
    return report.http_method or NONE


def _time_tag(at: datetime, words: str) -> SafeString:
    whole = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return format_html('<time datetime="{}" title="{}">{}</time>', whole, whole, words)


def _moment_words(at: datetime, now: datetime) -> str:
    at = at.astimezone(UTC)
    age = (now - at).total_seconds()
    if -5 <= age < 60:
        return "now"
    if 60 <= age < 3600:
        return f"{age // 60:.0f} min ago"
    if at.date() == now.astimezone(UTC).date():
        return f"{at:%H:%M}"
    if 0 <= age < 7 * 86400:
        return f"{at:%a %H:%M}"
    return _day_words(at, now)


def _day_words(at: datetime, now: datetime) -> str:
    return f"{at:%-d %b}" if at.year == now.year else f"{at:%-d %b %Y}"
