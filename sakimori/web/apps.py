"""The page frame as Django sees it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The frame of all pages."""

    name = "sakimori.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
