"""The room as Django sees it."""

from django.apps import AppConfig


class WarningsConfig(AppConfig):
    """Warnings."""

    name = "sakimori.warnings"
    label = "warnings"
    default_auto_field = "django.db.models.BigAutoField"
