"""Classes: the preset that the field knows, in its order, and what operators may add."""

import pytest

from reports.models import Classification, ClassificationRule
from reports.pipeline.classify import _rules_of, classify, is_robot
from reports.report import Report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_rules():
    _rules_of.cache_clear()
    yield
    _rules_of.cache_clear()


def class_of(**fields):
    classified = classify(Report(id="x", **fields), _rules_of(0))
    return Classification.objects.get(pk=classified.classification_id).name


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "Exceptions"),
        ({"type": "KeyError"}, "Exceptions"),
        ({"type": "TimeoutError", "reporter": "CODEHOSTING3"}, "Remote Errors"),
        ({"type": "TimeoutError", "reporter": "LPNET1"}, "Time Outs"),
        ({"type": "lp.services.RequestExpired"}, "Time Outs"),
        ({"type": "SoftRequestTimeout"}, "Soft Time Outs"),
        ({"type": "SoftRequestTimeout", "is_informational": True}, "Soft Time Outs"),
        ({"type": "KeyError", "is_informational": True}, "Informational Only Errors"),
        ({"type": "UnexpectedFormData"}, "User Generated Errors"),
        ({"type": "TypeError", "url": "http://x/@@page"}, "User Generated Errors"),
        ({"type": "TypeError", "url": "http://x/%40%40page"}, "User Generated Errors"),
        ({"type": "TypeError", "url": "http://x/\u00fc"}, "User Generated Errors"),
        ({"type": "TypeError", "url": "http://x/%C3%BC"}, "User Generated Errors"),
        ({"type": "TypeError", "url": "http://x/plain%20"}, "Exceptions"),
        ({"type": "Unauthorized"}, "Unauthorized Errors"),
        ({"type": "GoneError"}, "Pages Not Found"),
        ({"type": "BugNotFound"}, "Exceptions"),
        ({"type": "BugNotFound", "reporter": "checkwatches"}, "Remote Checkwatches Warnings"),
    ],
)
def test_the_preset_classes_are_those_of_the_field(fields, name):
    assert class_of(**fields) == name


def test_a_rule_that_an_operator_puts_first_wins():
    user = Classification.objects.get(slug="user-generated")
    ClassificationRule.objects.create(classification=user, position=1, types=["KeyError"])
    assert class_of(type="KeyError") == "User Generated Errors"


def test_without_any_rule_the_last_class_takes_all():
    ClassificationRule.objects.all().delete()
    assert class_of(type="TimeoutError") == "Exceptions"


@pytest.mark.parametrize(
    ("agent", "robot"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("msnbot/2.0b", True),
        ("curl/8.5.0", True),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", False),
        ("Mozilla/5.0 (Linux; Android 12; CUBOT X30) Chrome/118 Mobile", False),
        ("", False),
    ],
)
def test_robots_are_known_by_what_they_call_themselves(agent, robot):
    assert is_robot(agent) is robot
