"""The classes of failures that the field knows, in their order, as data to edit."""

from django.db import migrations

# slug, name, look, is a time out
CLASSES = [
    ("remote", "Remote Errors", "robot", False),
    ("time-outs", "Time Outs", "hard", True),
    ("soft-time-outs", "Soft Time Outs", "soft", True),
    ("informational", "Informational Only Errors", "robot", False),
    ("user-generated", "User Generated Errors", "user", False),
    ("unauthorized", "Unauthorized Errors", "user", False),
    ("not-found", "Pages Not Found", "user", False),
    ("checkwatches", "Remote Checkwatches Warnings", "robot", False),
    ("exceptions", "Exceptions", "exc", False),
]

# slug, types, reporters, URL holds, informational
RULES = [
    (
        "remote",
        [
            "ConnectionError", "InvalidHttpResponse", "TimeoutError", "NotBranchError",
            "UnsupportedFormatError", "UnknownFormatError", "BranchReferenceForbidden",
            "BranchReferenceValueError", "BranchReferenceLoopError", "InvalidURIError",
        ],
        ["*codehosting*", "*branchscanner*", "*branch-puller*", "*smpm*", "*tcmbranch*"],
        [], False,
    ),
    (
        "time-outs",
        ["RequestExpired", "RequestStatementTimedOut", "TimeoutError", "LaunchpadTimeoutError"],
        [], [], False,
    ),
    ("soft-time-outs", ["SoftRequestTimeout"], [], [], False),
    ("informational", [], [], [], True),
    (
        "user-generated",
        [
            "UnexpectedFormData", "OffsiteFormPostError", "ProtocolErrorException",
            "InvalidBatchSizeError", "UnsupportedFeedFormat", "UntrustedReturnURL",
            "UserRequestOops",
        ],
        [], [], False,
    ),
    (
        "user-generated",
        ["UnicodeEncodeError", "TypeError", "ProgrammingError"],
        [], ["@@", "<non-ascii>"], False,
    ),
    ("unauthorized", ["Unauthorized"], [], [], False),
    ("not-found", ["NotFound", "DeletedProxiedLibraryFileAlias", "GoneError"], [], [], False),
    (
        "checkwatches",
        [
            "BugTrackerConnectError", "BugWatchUpdateWarning", "UnknownRemoteStatusError",
            "InvalidBugId", "BugNotFound",
        ],
        ["*checkwatches*"], [], False,
    ),
    ("exceptions", [], [], [], False),
]


def load(apps, schema_editor):
    Classification = apps.get_model("reports", "Classification")
    Rule = apps.get_model("reports", "ClassificationRule")
    by_slug = {}
    for position, (slug, name, look, is_time_out) in enumerate(CLASSES, start=1):
        by_slug[slug] = Classification.objects.create(
            slug=slug, name=name, position=position * 10, look=look, is_time_out=is_time_out
        )
    for position, (slug, types, reporters, url_holds, informational) in enumerate(RULES, start=1):
        Rule.objects.create(
            classification=by_slug[slug], position=position * 10, types=types,
            reporters=reporters, url_holds=url_holds, is_informational=informational,
        )


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_reports_by_day")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
