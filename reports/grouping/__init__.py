"""Grouping: which problem a report belongs to, and in plain words why.

Pure functions of a report. *Frames* reads tracebacks, *places* says whose code a
frame is in, *stack* picks the calls to blame, *normalise*, *wording* and
*statements* leave the data out of messages and of SQL, *exceptions* and
*time_outs* find what counts, *signing* puts a signature together.
"""

from reports.grouping.frames import Traceback, parse_chain, parse_traceback
from reports.grouping.normalise import normalise_value
from reports.grouping.places import is_application_frame
from reports.grouping.signature import Signature
from reports.grouping.signing import sign
from reports.grouping.statements import normalise_statement
from reports.grouping.versions import CURRENT_VERSION

__all__ = [
    "CURRENT_VERSION",
    "Signature",
    "Traceback",
    "is_application_frame",
    "normalise_statement",
    "normalise_value",
    "parse_chain",
    "parse_traceback",
    "sign",
]
