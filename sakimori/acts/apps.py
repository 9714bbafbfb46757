"""The room as Django sees it."""

from django.apps import AppConfig


class ActsConfig(AppConfig):
    """The door and the log."""

    name = "sakimori.acts"
    label = "acts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have every start check that law and handlers agree."""
        from sakimori.acts import checks  # noqa: F401, PLC0415 - Django registers checks on import
