from __future__ import annotations

import stat
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from reports.intake.tokens import create_token, find_token
from reports.management import first_start
from reports.models import Token

pytestmark = pytest.mark.django_db


def test_the_first_account_has_no_password() -> None:
    account = first_start.find_or_make_account()
    assert account is not None
    assert account.username == "admin"
    assert not account.has_usable_password()


def test_where_there_is_an_account_none_is_made() -> None:
    User.objects.create_user("someone")
    assert first_start.find_or_make_account() is None


def test_each_start_finds_the_same_token(tmp_path: Path) -> None:
    text = first_start.find_or_make_token(tmp_path)
    assert text is not None
    assert first_start.find_or_make_token(tmp_path) == text
    token = find_token(text)
    assert token is not None
    assert token.scope == Token.Scope.INTAKE
    assert stat.S_IMODE((tmp_path / "intake-token").stat().st_mode) == 0o600


def test_no_token_is_made_beside_others(tmp_path: Path) -> None:
    create_token(name="mine", scope="intake")
    assert first_start.find_or_make_token(tmp_path) is None
    assert not (tmp_path / "intake-token").exists()


def test_a_kept_token_of_another_store_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "intake-token").write_text("oops_of_another_store\n")
    assert first_start.find_or_make_token(tmp_path) != "oops_of_another_store"


def test_a_migrated_store_needs_no_migration() -> None:
    assert first_start.migrate() is False


def test_a_store_without_reports_is_empty() -> None:
    assert first_start.is_empty()


def test_a_link_for_an_unknown_account_is_refused() -> None:
    with pytest.raises(CommandError, match="no active account 'nobody'"):
        call_command("sign_in_link", "nobody")


def test_a_link_is_printed_alone() -> None:
    User.objects.create_superuser("admin")
    out = StringIO()
    call_command("sign_in_link", stdout=out)
    assert out.getvalue().startswith("http://127.0.0.1:8000/sign-in/")
    assert out.getvalue().count("\n") == 1
