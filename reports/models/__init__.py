"""What lasts: one noun a file."""

from reports.models.attempt import Attempt
from reports.models.body_dictionary import BodyDictionary
from reports.models.classification import Classification, ClassificationRule
from reports.models.count import AttributeCount, ClassCount, SignatureCount, TopicCount
from reports.models.facet import Facet, Revision, Topic
from reports.models.inbox import InboxItem
from reports.models.ledger import LedgerEntry
from reports.models.measure import (
    PendingFacts,
    PeopleKey,
    PeopleSketch,
    TopicMeasure,
    UnmeasuredDay,
)
from reports.models.problem import Problem, Signature
from reports.models.quarantine import QuarantinedItem
from reports.models.reporter import Instance, Reporter
from reports.models.scanned_file import ScannedFile, ScannedFolder
from reports.models.source import Source
from reports.models.stored_report import ReportKey, StoredReport
from reports.models.token import Token

__all__ = [
    "Attempt",
    "AttributeCount",
    "BodyDictionary",
    "ClassCount",
    "Classification",
    "ClassificationRule",
    "Facet",
    "InboxItem",
    "Instance",
    "LedgerEntry",
    "PendingFacts",
    "PeopleKey",
    "PeopleSketch",
    "Problem",
    "QuarantinedItem",
    "ReportKey",
    "Reporter",
    "Revision",
    "ScannedFile",
    "ScannedFolder",
    "Signature",
    "SignatureCount",
    "Source",
    "StoredReport",
    "Token",
    "Topic",
    "TopicCount",
    "TopicMeasure",
    "UnmeasuredDay",
]
