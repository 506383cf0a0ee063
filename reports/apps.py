"""The one app of this project."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reports, their problems, and the way in and out of both."""

    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "OOPS reports"
