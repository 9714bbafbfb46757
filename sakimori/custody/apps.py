"""The room as Django sees it."""

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """Custody of selected information."""

    name = "sakimori.custody"
    label = "custody"
    default_auto_field = "django.db.models.BigAutoField"
