"""The page frame as Django sees it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The frame of all pages."""

    name = "sakimori.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have every log-in noted."""
        from sakimori.web.access import entry  # noqa: PLC0415 - models are not loaded before

        entry.connect()
