"""Signing in by a link that works once.

Opening the link only shows a button, since mail programs and chats open links
by themselves. Pressing it signs in, and that is what makes the link void: the
token in it is bound to the time of the account's last sign-in.
"""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

MAX_UID_LENGTH = 40  # of the encoded account number; longer ones are nobody's


class _LinkTokens(PasswordResetTokenGenerator):
    """Django's tokens, under a salt of their own: a link resets no password."""

    key_salt = "reports.web.sign_in"


link_tokens = _LinkTokens()


def make_link(user: User) -> str:
    """The path of a page that signs `user` in, once, within PASSWORD_RESET_TIMEOUT seconds."""
    uid = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("sign_in", args=[uid, link_tokens.make_token(user)])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """GET: a page with one button. POST: signed in. 410 where the link has had its day."""
    with transaction.atomic():
        user = _find_user(uid)
        if user is None or not link_tokens.check_token(user, token):
            return render(request, "reports/sign_in_expired.html", status=410)
        if request.method != "POST":
            return render(request, "reports/sign_in.html", {"account": user})
        login(request, user)
    return redirect("/")


def _find_user(uid: str) -> User | None:
    """The active account of that number, locked: of two who press at once one is late."""
    try:
        number = int(urlsafe_base64_decode(uid[:MAX_UID_LENGTH]).decode())
        return User.objects.select_for_update().filter(pk=number, is_active=True).first()
    except (ValueError, OverflowError):
        return None
