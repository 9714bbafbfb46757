"""What anybody has in ten minutes: a Django admin list of each table, with `list_display` and `search_fields`."""

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin

from sakimori.acts.models import Act, Notice, Obligation, Proposal
from sakimori.analysis.models import Advisory, Finding
from sakimori.assets.models import Computer, Notification, NotifiedItem
from sakimori.custody.models import Selection
from sakimori.incidents.models import Case, Report
from sakimori.measures.models import Measure
from sakimori.oversight.models import HandlingNotice, Matter
from sakimori.warnings.models import IssuedWarning, Received, Recipient


class Open(AdminSite):
    """An admin site anybody may look at: the bench measures lists, not log-ins."""

    def has_permission(self, request: Any) -> bool:
        return True


class Plain(ModelAdmin):
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
LISTS = (
    (Computer, "key name maker product scope clause notify status", "key name maker product"),
    (NotifiedItem, "position clause product maker", "product maker clause"),
    (Notification, "filed_at organisation minister facility_category count arrived_at status", "facility_category"),
    (Act, "number kind person role recorded_at", "kind"),
    (Notice, "created_at title_ja basis kind opened_at", "title_ja basis"),
    (Obligation, "due_on title_ja bearer begins is_target status settled_at", "title_ja begins"),
    (Proposal, "kind person proposed_at expires_at status", "kind"),
    (Case, "title nature attack aware_at status", "title"),
    (Report, "reporter lane stage version form received_at status", "stage lane"),
    (Advisory, "identifier title vendor product published known_exploited source", "identifier title vendor product"),
    (Finding, "advisory reach operator maker product grade reason_ja minister", "maker product"),
    (IssuedWarning, "released_at title_ja basis tlp", "title_ja basis"),
    (Received, "received_at sender answer", "content"),
    (Recipient, "organisation reason_ja arrived_at answer answered_at", "reason_ja"),
    (Matter, "number basis received_at status", "number"),
    (HandlingNotice, "happened_at what authority kept_flows retained_until", "authority"),
    (Measure, "filed_at number basis equipment status valid_until", "number equipment"),
    (Selection, "ended_at authority kept_flows retained_until status", "authority"),
)
for _model, _shown, _searched in LISTS:
    site.register(
        _model,
        type(f"{_model.__name__}Plain", (Plain,), {"list_display": _shown.split(), "search_fields": _searched.split()}),
    )
