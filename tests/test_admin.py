"""The admin site: what an operator may change, and what not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reports.intake.tokens import create_token, find_token
from reports.models import (
    Classification,
    ClassificationRule,
    Instance,
    QuarantinedItem,
    Reporter,
    Token,
)
from tests.making import make_report_dict, process_all, put_in_inbox, take_in

pytestmark = pytest.mark.django_db

LISTS = ["classification", "classificationrule", "instance", "reporter", "token", "quarantineditem"]


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("olga"))
    return client


def change_rule(client: Client, rule: ClassificationRule, **over: str) -> Any:
    form = {
        "classification": str(rule.classification_id),
        "position": str(rule.position),
        "types": "\n".join(rule.types),
        "reporters": "\n".join(rule.reporters),
        "url_holds": "\n".join(rule.url_holds),
    }
    return client.post(f"/admin/reports/classificationrule/{rule.pk}/change/", {**form, **over})


def last_rule() -> ClassificationRule:
    return ClassificationRule.objects.order_by("position").last() or pytest.fail("no rule")


@pytest.mark.parametrize("name", LISTS)
def test_people_who_are_not_of_the_staff_see_nothing(name: str) -> None:
    client = Client()
    client.force_login(User.objects.create_user("ann"))
    assert client.get(f"/admin/reports/{name}/").status_code == 302


@pytest.mark.parametrize("name", LISTS)
def test_each_list_and_each_row_can_be_looked_at(operator: Client, name: str) -> None:
    take_in(make_report_dict())
    put_in_inbox(b"\x00<script>alert(1)</script>", oops_id="OOPS-x1")
    process_all()
    create_token(name="bot", scope="read")
    page = operator.get(f"/admin/reports/{name}/")
    assert page.status_code == 200
    row = re.search(rf'href="(/admin/reports/{name}/\d+/change/)', page.content.decode())
    assert row
    assert operator.get(row[1]).status_code == 200


def test_a_rule_takes_one_entry_a_line_and_spaces_around_it_are_none(operator: Client) -> None:
    rule = ClassificationRule.objects.get(classification__slug="unauthorized")
    answer = change_rule(operator, rule, types=" Unauthorized \r\n\r\nForbidden, really\r\n")
    assert answer.status_code == 302, answer.content
    rule.refresh_from_db()
    assert rule.types == ["Unauthorized", "Forbidden, really"]


def test_the_rule_that_takes_the_rest_can_not_be_narrowed(operator: Client) -> None:
    answer = change_rule(operator, last_rule(), types="ValueError")
    assert answer.status_code == 200
    assert "add one first" in answer.content.decode()
    assert last_rule().types == []


def test_the_rule_that_takes_the_rest_can_not_be_deleted(operator: Client) -> None:
    address = f"/admin/reports/classificationrule/{last_rule().pk}/delete/"
    assert operator.post(address, {"post": "yes"}).status_code == 403
    other = ClassificationRule.objects.earliest("position")
    address = f"/admin/reports/classificationrule/{other.pk}/delete/"
    assert operator.post(address, {"post": "yes"}).status_code == 302
    assert not ClassificationRule.objects.filter(pk=other.pk).exists()


def test_a_class_that_reports_are_in_can_not_be_deleted(operator: Client) -> None:
    take_in(make_report_dict())
    used = Classification.objects.get(slug="exceptions")
    operator.post(f"/admin/reports/classification/{used.pk}/delete/", {"post": "yes"})
    assert Classification.objects.filter(pk=used.pk).exists()


def test_reporters_that_added_themselves_are_claimed(operator: Client) -> None:
    take_in(make_report_dict(reporter="NEW1"), make_report_dict(reporter="NEW2"))
    chosen = Reporter.objects.get(name="NEW1")
    operator.post("/admin/reports/reporter/", {"action": "claim", "_selected_action": [chosen.pk]})
    assert list(Reporter.objects.filter(is_sorted=True)) == [chosen]


def test_a_reporter_moves_to_another_instance(operator: Client) -> None:
    take_in(make_report_dict(reporter="EDGE7"))
    reporter = Reporter.objects.get(name="EDGE7")
    edge = Instance.objects.create(name="edge")
    form = {"name": "EDGE7", "instance": edge.pk, "is_sorted": "on"}
    operator.post(f"/admin/reports/reporter/{reporter.pk}/change/", form)
    reporter.refresh_from_db()
    assert reporter.instance == edge


def test_a_new_token_is_shown_once_and_works(operator: Client) -> None:
    form = {"name": "ci", "scope": "intake"}
    page = operator.post("/admin/reports/token/add/", form, follow=True).content.decode()
    text = re.search(r"<code>(oops_[\w-]+)</code>", page)
    assert text
    token = find_token(text[1])
    assert token is not None
    assert (token.name, token.scope) == ("ci", "intake")
    again = operator.get(f"/admin/reports/token/{token.pk}/change/").content.decode()
    assert text[1] not in again


def test_two_tokens_can_not_have_one_name(operator: Client) -> None:
    create_token(name="ci", scope="read")
    page = operator.post("/admin/reports/token/add/", {"name": "ci", "scope": "intake"})
    assert "already exists" in page.content.decode()
    assert Token.objects.count() == 1


def test_a_token_can_be_revoked_but_gains_no_rights(operator: Client) -> None:
    text = create_token(name="ci", scope="intake")
    token = Token.objects.get(name="ci")
    form = {"name": "other", "scope": "triage", "is_revoked": "on"}
    operator.post(f"/admin/reports/token/{token.pk}/change/", form)
    token.refresh_from_db()
    assert (token.name, token.scope, token.is_revoked) == ("ci", "intake", True)
    assert find_token(text) is None


def test_tokens_are_revoked_together(operator: Client) -> None:
    create_token(name="a", scope="read")
    chosen = list(Token.objects.values_list("pk", flat=True))
    operator.post("/admin/reports/token/", {"action": "revoke", "_selected_action": chosen})
    assert not Token.objects.filter(is_revoked=False).exists()


def test_quarantine_can_only_be_looked_at(operator: Client) -> None:
    put_in_inbox(b"\x00junk")
    process_all()
    item = QuarantinedItem.objects.get()
    address = f"/admin/reports/quarantineditem/{item.pk}"
    assert operator.get("/admin/reports/quarantineditem/add/").status_code == 403
    assert operator.post(f"{address}/change/", {"reason": "x"}).status_code == 403
    assert operator.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert (
        f'href="/intake/quarantine/{item.pk}/"'
        in operator.get(f"{address}/change/").content.decode()
    )
