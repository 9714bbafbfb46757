"""What anybody has in ten minutes: a Django admin list of any table, with `list_display` and `search_fields`."""

from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.db import models

_MOST = 8
_SEARCHED = 4


class Open(AdminSite):
    """An admin site anybody may look at: the bench measures lists, not log-ins."""

    def has_permission(self, request: Any) -> bool:
        return True


class Plain(ModelAdmin):  # type: ignore[type-arg]
    """A list with Django's defaults."""

    def has_module_permission(self, request: Any) -> bool:
        return True

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return True

    has_change_permission = has_view_permission

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


site = Open(name="admin")
for _model in apps.get_models():
    if _model.__module__.startswith("sakimori."):
        # The first columns that people can read, and a search in its texts.
        _fields = [one for one in _model._meta.concrete_fields if one.name not in ("id", "world", "owner", "labels")]  # noqa: SLF001
        _shown = [one.name for one in _fields if not isinstance(one, models.JSONField | models.BinaryField)][:_MOST]
        _texts = [one.name for one in _fields if isinstance(one, models.CharField | models.TextField)][:_SEARCHED]
        _admin = type(f"{_model.__name__}Plain", (Plain,), {"list_display": _shown, "search_fields": _texts})
        site.register(_model, _admin)
