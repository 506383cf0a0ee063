"""Bytes to reports: pure, and safe with whatever comes in."""

from reports.formats.errors import (
    MAX_DEPTH,
    MAX_PACKED,
    MAX_UNPACKED,
    TooLarge,
    Undecodable,
)
from reports.formats.ids import canonical_id, find_ids, reporter_of_id
from reports.formats.packing import unpack
from reports.formats.reading import (
    as_bson,
    as_json,
    as_rfc822,
    identify,
    read_data,
    read_report,
    report_from,
    sniff,
    split,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_PACKED",
    "MAX_UNPACKED",
    "TooLarge",
    "Undecodable",
    "as_bson",
    "as_json",
    "as_rfc822",
    "canonical_id",
    "find_ids",
    "identify",
    "read_data",
    "read_report",
    "report_from",
    "reporter_of_id",
    "sniff",
    "split",
    "unpack",
]
