"""`manage.py create_token`: the token alone, once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reports.intake.tokens import find_token

pytestmark = pytest.mark.django_db


def test_it_prints_the_token_alone():
    out = StringIO()
    call_command("create_token", "web", "--scope", "intake", stdout=out)
    token = find_token(out.getvalue().strip())
    assert (token.name, token.scope) == ("web", "intake")


def test_a_name_that_is_taken_is_refused_with_what_to_do():
    call_command("create_token", "web", "--scope", "read", stdout=StringIO())
    with pytest.raises(CommandError, match="choose another name"):
        call_command("create_token", "web", "--scope", "read", stdout=StringIO())


def test_a_scope_that_is_none_is_wrong_usage():
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("create_token", "web", "--scope", "all", stdout=StringIO())
