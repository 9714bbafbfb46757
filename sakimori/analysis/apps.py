"""The room as Django sees it."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Analysis."""

    name = "sakimori.analysis"
    label = "analysis"
    default_auto_field = "django.db.models.BigAutoField"
