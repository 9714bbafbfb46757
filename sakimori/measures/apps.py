"""The room as Django sees it."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Measures on communications."""

    name = "sakimori.measures"
    label = "measures"
    default_auto_field = "django.db.models.BigAutoField"
