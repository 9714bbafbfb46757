"""The room as Django sees it."""

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """Specified critical computers."""

    name = "sakimori.assets"
    label = "assets"
    default_auto_field = "django.db.models.BigAutoField"
