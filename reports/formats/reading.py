"""Reading: which format bytes are in, and the Report that they hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from hashlib import md5
from typing import Any

from reports.formats import oops_bson, oops_json, oops_rfc822, writing_rfc822
from reports.formats.errors import MAX_PACKED, MAX_UNPACKED, TooLarge, Undecodable
from reports.formats.fields import build_report
from reports.formats.ids import is_usable_id
from reports.formats.packing import unpack
from reports.formats.values import make_safe
from reports.report import Report

_READERS = {"bson": oops_bson.decode, "json": oops_json.decode, "rfc822": oops_rfc822.decode}
_BY_MEDIA_TYPE = {
    "application/bson": "bson",
    "application/json": "json",
    "message/rfc822": "rfc822",
}


def sniff(content: bytes) -> str:
    """`bson`, `json` or `rfc822`. Raises Undecodable for anything else."""
    if not content:
        raise Undecodable("empty", "There is nothing in it.")
    if oops_bson.is_document(content):
        return "bson"
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return "json"
    if oops_rfc822.looks_like(content):
        return "rfc822"
    raise Undecodable(*_guess_what_is_wrong(content))


def split(content: bytes, media_type: str) -> list[bytes | Undecodable]:
    """The reports in a body: lines, documents in a row, or the body itself."""
    if media_type == "application/x-ndjson":
        return list(oops_json.split_lines(content))
    if media_type == "application/bson-seq":
        return oops_bson.split_sequence(content)
    return [content]


def read_report(content: bytes, media_type: str = "") -> Report:
    """The report in `content`, packed or not. Raises Undecodable, and nothing else.

    The format is found from the bytes where `media_type` does not name it. The
    id is the sender's if it can be used, else `OOPS-` and the md5 of the BSON.
    """
    content = _unpack_one(content)
    data, notes = _decode(content, media_type)
    return report_from(data, id=_id_of(data, content), notes=notes)


def read_data(content: bytes, media_type: str = "") -> dict[str, Any]:
    """The report's dict alone, where that is enough. Raises Undecodable as `read_report` does."""
    return _decode(_unpack_one(content), media_type)[0]


def identify(content: bytes, media_type: str = "") -> str:
    """The id that `read_report` would give. Raises Undecodable where it would."""
    content = _unpack_one(content)
    data, _ = _decode(content, media_type)
    return _id_of(data, content)


def report_from(data: Mapping[str, Any], *, id: str, notes: tuple[str, ...] = ()) -> Report:
    """A report made from a dict that is safe already, under the given id."""
    report = build_report(data, id)
    if not notes:
        return report
    return dataclasses.replace(report, notes=tuple(dict.fromkeys(notes + report.notes)))


def as_bson(data: Mapping[str, Any]) -> bytes:
    """A report's dict as BSON, whatever is in it."""
    return oops_bson.encode(make_safe(dict(data)))


def as_json(data: Mapping[str, Any]) -> bytes:
    """A report's dict as JSON, whatever is in it."""
    return oops_json.encode(make_safe(dict(data)))


def as_rfc822(data: Mapping[str, Any]) -> bytes:
    """A report's dict in the old form, as far as that goes."""
    return writing_rfc822.encode(make_safe(dict(data)))


def _unpack_one(content: bytes) -> bytes:
    if len(content) > MAX_PACKED and not _is_plain(content):
        raise TooLarge("too-large", f"It has more than {MAX_PACKED:,} bytes as it was sent.")
    return unpack(content, max_unpacked=MAX_UNPACKED)


def _is_plain(content: bytes) -> bool:
    # What came packed may be longer once it is unpacked.
    return oops_bson.is_document(content) or content.lstrip()[:1] == b"{"


def _decode(content: bytes, media_type: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    if not content:
        raise Undecodable("empty", "There is nothing in it.")
    data, notes = _READERS[_kind_of(content, media_type)](content)
    return make_safe(data), notes


def _kind_of(content: bytes, media_type: str) -> str:
    """What the bytes say, since senders mislabel; the type only where the bytes say nothing."""
    try:
        return sniff(content)
    except Undecodable:
        if media_type not in _BY_MEDIA_TYPE:
            raise
        return _BY_MEDIA_TYPE[media_type]


def _id_of(data: Mapping[str, Any], content: bytes) -> str:
    given = data.get("id")
    if is_usable_id(given):
        return str(given).strip()
    bson = content if oops_bson.is_document(content) else oops_bson.encode(data)
    return f"OOPS-{md5(bson, usedforsecurity=False).hexdigest()}"


def _guess_what_is_wrong(content: bytes) -> tuple[str, str]:
    length = int.from_bytes(content[:4], "little")
    if len(content) < length <= MAX_UNPACKED and content[4:5] and content[4] <= 0x13:
        return "truncated", f"A BSON document of {length:,} bytes ends after {len(content):,}."
    if content.lstrip()[:1] == b"[":
        return "not-a-report", "A report is one object; send several as application/x-ndjson."
    return "not-a-report", "It is neither BSON nor JSON nor the old mail-like form."
