"""The room as Django sees it."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from sakimori.record.triggers import install_triggers, register_door_function


class PartiesConfig(AppConfig):
    """Parties; as the lowest installed room it also arms the guard of all record tables."""

    name = "sakimori.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Arm the guard: the door function on every connection, the triggers after every migration."""
        connection_created.connect(register_door_function, dispatch_uid="sakimori_door_function")
        post_migrate.connect(_install, dispatch_uid="sakimori_door_triggers")


def _install(using: str = "default", **_: object) -> None:
    install_triggers(using)
