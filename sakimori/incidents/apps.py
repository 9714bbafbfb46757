"""The room as Django sees it."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Incident reports."""

    name = "sakimori.incidents"
    label = "incidents"
    default_auto_field = "django.db.models.BigAutoField"
