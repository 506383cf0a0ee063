"""Signing: from a report to its signature. The steps, from the best evidence to none:

1. A time out goes by type, topic and most expensive statement: where the limit
   struck is chance.
2. A traceback: by type, raising function with its caller, the line of code in
   it, and fixed words.
3. A message: by type and fixed words, else by type and topic.
4. Type and topic, one of them, or the reporter.
"""

from __future__ import annotations

from dataclasses import replace

from reports.grouping.exceptions import Raised, find_raised
from reports.grouping.normalise import normalise_value
from reports.grouping.signature import Signature, make_key, make_title
from reports.grouping.stack import Blame, Call
from reports.grouping.time_outs import most_expensive
from reports.grouping.versions import CURRENT_VERSION
from reports.grouping.wording import (
    find_line,
    find_names,
    find_words,
    find_words_beside_stack,
)
from reports.report import Report


def sign(report: Report, *, is_time_out: bool = False) -> Signature:
    """The signature of a report: the same for two reports of one problem. Never fails."""
    raised = find_raised(report)
    if is_time_out:
        signature = _sign_time_out(report, raised)
        if signature is not None:
            return signature
    if raised.blame is not None:
        return _sign_traceback(report, raised, raised.blame)
    return _sign_value(report, raised)


def _sign_time_out(report: Report, raised: Raised) -> Signature | None:
    """By statement, else by topic; None where the report knows neither."""
    slowest = most_expensive(report.timeline)
    topic = report.topic
    if slowest is None and not topic:
        return None
    why = [_say_type(raised.type), _say_topic(topic)]
    if slowest is None:
        why.append(
            "A time out without a timeline: where it was stopped is chance and does not count"
        )
        return _make("topic", report, raised, topic, ("time out", raised.type, topic), why)
    why += (
        f"The same {slowest.what} took the most time in all: {_cut(slowest.shape)}",
        "Where a time out strikes is chance: traceback and message do not count",
    )
    parts = ("statement", raised.type, topic, slowest.shape)
    signature = _make("statement", report, raised, topic, parts, why)
    return replace(signature, statement=slowest.shape)


def _sign_traceback(report: Report, raised: Raised, blame: Blame) -> Signature:
    source = blame.raising.source
    words = find_words_beside_stack(
        raised.type, raised.value, source, is_innermost=blame.is_innermost
    )
    names = find_names(raised.value, source)
    line = "" if blame.is_library else find_line(raised.type, source)
    calls = [part for call in blame.calls for part in call.identity]
    why = [_say_type(raised.type), *_say_calls(blame)]
    if line:
        why.append(f"In the same line of code: {_cut(source)}")
    why += _say_message(raised.value, words, names)
    why.append("Line numbers, deployment paths and calls inside libraries do not count")
    parts = ("traceback", raised.type, *calls, "", line, "", *words, "", *names)
    return _make("traceback", report, raised, blame.raising.name, parts, why)


def _sign_value(report: Report, raised: Raised) -> Signature:
    """Without a traceback: by message, else by topic, else by reporter."""
    words = find_words(raised.value)
    if words:
        why = [_say_type(raised.type), "No traceback: grouped by the message"]
        why += _say_message(raised.value, words, ())
        return _make("value", report, raised, report.topic, ("value", raised.type, *words), why)
    why = [_say_type(raised.type), "No traceback, and no message that would tell more"]
    shape = normalise_value(raised.value)
    if report.topic or raised.type:
        why.append(_say_topic(report.topic))
        parts = ("topic", raised.type, report.topic, "" if report.topic else shape)
        return _make("topic", report, raised, report.topic, parts, why)
    why.append(f"All such reports of the reporter {report.reporter or '(not named)'} are together")
    return _make("reporter", report, raised, "", ("reporter", report.reporter, shape), why)


def _make(
    kind: str,
    report: Report,
    raised: Raised,
    culprit: str,
    parts: tuple[str, ...],
    why: list[str],
) -> Signature:
    return Signature(
        version=CURRENT_VERSION,
        key=make_key(*parts),
        kind=kind,
        type=raised.type,
        value=normalise_value(raised.value),
        culprit=culprit,
        title=make_title(raised.type, raised.value, culprit or report.reporter),
        why=tuple(sentence for sentence in why if sentence),
    )


def _say_type(type_: str) -> str:
    return f"Same exception type {type_}" if type_ else "No exception type given"


def _say_topic(topic: str) -> str:
    return f"Same topic {topic}" if topic else "No topic given"


def _say_calls(blame: Blame) -> list[str]:
    first, *callers = (_name(call) for call in blame.calls)
    said = f"Raised from {first}"
    if callers:
        said += ", called from " + ", from ".join(callers)
    if blame.is_library:
        return [f"{said} (all calls are in libraries)"]
    return [said]


def _name(call: Call) -> str:
    return _cut(call.name)


def _say_message(value: str, words: tuple[str, ...], names: tuple[str, ...]) -> list[str]:
    said = []
    if words:
        said.append(f"Same words in the message: {' '.join(words)}")
    if names:
        said.append(f"The failing line itself names {', '.join(names)}")
    kinds = sorted({part.split(">")[0] for part in normalise_value(value).split("<")[1:]})
    if kinds:
        listed = ", ".join(f"<{kind}>" for kind in kinds if kind.isalpha())
        said.append(f"Data in the message is left out: {listed}")
    return said


def _cut(text: str) -> str:
    return text if len(text) <= 300 else text[:299] + "…"
