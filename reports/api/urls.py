"""Addresses of the API, all below /api/."""

from django.urls import path, re_path

from reports.api import views
from reports.api.errors import answer_not_found

urlpatterns = [
    path("reports/", views.Reports.as_view(), name="api-reports"),
    path("reports/<path:oops_id>/", views.OneReport.as_view(), name="api-report"),
    path("problems/", views.Problems.as_view(), name="api-problems"),
    path("problems/<int:number>/", views.OneProblem.as_view(), name="api-problem"),
    path("resolve/", views.Resolve.as_view(), name="api-resolve"),
    path("ledger/", views.LedgerView.as_view(), name="api-ledger"),
    path("schema/", views.Schema.as_view(), name="api-schema"),
    # An address without its last slash is left to Django, which sends readers on to it.
    re_path(r"^(?:.*/)?$", answer_not_found),
]
