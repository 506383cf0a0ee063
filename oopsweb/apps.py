"""The project as an app, so that Celery is set up in every process that loads Django."""

from django.apps import AppConfig


class OopswebConfig(AppConfig):
    """Loads the Celery app, to which tasks bind themselves."""

    name = "oopsweb"

    def ready(self) -> None:
        """Without this, a task sent by a web process would go to Celery's default broker."""
        import oopsweb.celery  # noqa: F401
