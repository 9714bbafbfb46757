"""The room as Django sees it."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The committee's desk."""

    name = "sakimori.oversight"
    label = "oversight"
    default_auto_field = "django.db.models.BigAutoField"
