"""Addresses of the pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from reports.web import health, sign_in

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/login/", LoginView.as_view(template_name="reports/login.html"), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("sign-in/<str:uid>/<str:token>/", sign_in.sign_in, name="sign_in"),
]
