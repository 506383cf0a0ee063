"""Addresses of the pages. Those of reports and problems are promises: old links use them."""

from django.contrib.auth.views import (
    LoginView,
    LogoutView,
    PasswordChangeDoneView,
    PasswordChangeView,
)
from django.urls import path, re_path

from reports.web import health, intake, lookups, oops, overview, problems, search, sign_in, topics

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("problems/", problems.problem_list, name="problems"),
    path("problems/<int:number>/", problems.problem, name="problem"),
    path("topics/", topics.topic_list, name="topics"),
    path("topics/<int:number>/", topics.topic, name="topic"),
    path("oops/", lookups.old_link),
    re_path(r"^oops\.py/?$", lookups.old_link),
    path("oops/<path:oops_id>", oops.oops, name="oops"),
    re_path(r"^(?P<oops_id>(?i:oops)-[^/]+)/?$", lookups.bare_id),
    path("search", search.search, name="search"),
    path("intake/", intake.intake, name="intake"),
    path("intake/quarantine/<int:number>/", intake.quarantined, name="quarantined"),
    path("intake/quarantine/<int:number>/retry/", intake.retry_quarantined, name="retry"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/login/", LoginView.as_view(template_name="reports/login.html"), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path(
        "accounts/password/",
        PasswordChangeView.as_view(template_name="reports/password.html"),
        name="password_change",
    ),
    path(
        "accounts/password/done/",
        PasswordChangeDoneView.as_view(template_name="reports/password_done.html"),
        name="password_change_done",
    ),
    path("sign-in/<str:uid>/<str:token>/", sign_in.sign_in, name="sign_in"),
]
