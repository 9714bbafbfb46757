"""The room's tables: the register, the notifications filed for it, the lists handed in."""

from sakimori.assets.interview.models import InterviewDraft, MinistryAnswer, PlanItem, PlanPaper
from sakimori.assets.models.notifications import Notification, NotifiedItem, NotifiedProduct, Reminder
from sakimori.assets.models.products import OperatorProduct, ProductSpread
from sakimori.assets.models.register import Computer, Duty, Finding
from sakimori.assets.models.sources import SourceFile, SourceProfile, SourceSheet
from sakimori.assets.models.uploads import Upload

__all__ = [
    "Computer",
    "Duty",
    "Finding",
    "InterviewDraft",
    "MinistryAnswer",
    "Notification",
    "NotifiedItem",
    "NotifiedProduct",
    "OperatorProduct",
    "ProductSpread",
    "PlanItem",
    "PlanPaper",
    "Reminder",
    "Upload",
]
