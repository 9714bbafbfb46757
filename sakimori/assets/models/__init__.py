"""The room's tables: the register, the notifications filed for it, the lists handed in."""

from sakimori.assets.forms.models import FilledForm, FormTemplate
from sakimori.assets.interview.models import InterviewDraft, MinistryAnswer, PlanItem, PlanPaper
from sakimori.assets.models.notifications import Notification, NotifiedItem, NotifiedProduct, Reminder
from sakimori.assets.models.products import OperatorProduct, ProductSpread
from sakimori.assets.models.register import Computer, Duty, Finding
from sakimori.assets.models.sources import SourceFile, SourceProfile, SourceSheet
from sakimori.assets.models.supervision import Hint, MapPermission, Matter, NotifiedClause, OfficeSetting
from sakimori.assets.models.upkeep import (
    ComputerChange,
    DueReminder,
    FacilityDerivation,
    OutlineChange,
    Stocktake,
    StocktakeList,
    UpkeepSetting,
)
from sakimori.assets.models.uploads import Upload
from sakimori.assets.models.vendors import VendorItem, VendorRequest
from sakimori.assets.naming.models import NameDecision, NameSource, OfficialName

__all__ = [
    "Computer",
    "ComputerChange",
    "DueReminder",
    "Duty",
    "FacilityDerivation",
    "FilledForm",
    "Finding",
    "FormTemplate",
    "Hint",
    "InterviewDraft",
    "MapPermission",
    "Matter",
    "MinistryAnswer",
    "NameDecision",
    "NameSource",
    "Notification",
    "NotifiedClause",
    "NotifiedItem",
    "NotifiedProduct",
    "OfficeSetting",
    "OfficialName",
    "OperatorProduct",
    "OutlineChange",
    "PlanItem",
    "PlanPaper",
    "ProductSpread",
    "Reminder",
    "SourceFile",
    "SourceProfile",
    "SourceSheet",
    "Stocktake",
    "StocktakeList",
    "UpkeepSetting",
    "Upload",
    "VendorItem",
    "VendorRequest",
]
