"""The room as Django sees it."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class PartiesConfig(AppConfig):
    """Parties; as the lowest installed room it also arms the guard of all record tables."""

    name = "sakimori.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give every connection the functions of the guard and of searches; put triggers in after every migration."""
        from sakimori.record.fences import install_fences  # noqa: PLC0415 - needs models
        from sakimori.record.folding import register_fold_function  # noqa: PLC0415 - needs models
        from sakimori.record.triggers import install_triggers, register_door_function  # noqa: PLC0415 - needs models

        connection_created.connect(register_door_function, dispatch_uid="sakimori_door_function")
        connection_created.connect(register_fold_function, dispatch_uid="sakimori_fold_function")
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="sakimori_door_triggers")
        post_migrate.connect(install_fences, sender=self, dispatch_uid="sakimori_fences")
