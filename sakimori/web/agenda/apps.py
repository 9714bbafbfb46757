"""The Django application of this package."""

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    """Calendar, time lines, dossiers."""

    name = "sakimori.web.agenda"
    label = "agenda"
    default_auto_field = "django.db.models.BigAutoField"
