"""The room's tables: the register, the notifications filed for it, the lists handed in."""

from sakimori.assets.models.notifications import Notification, NotifiedItem, NotifiedProduct, Reminder
from sakimori.assets.models.register import Computer, Duty, Finding
from sakimori.assets.models.uploads import Upload

__all__ = ["Computer", "Duty", "Finding", "Notification", "NotifiedItem", "NotifiedProduct", "Reminder", "Upload"]
