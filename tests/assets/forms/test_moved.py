"""A computer that moves to a facility of another category: what leaves of it is seen wherever the change is shown."""

import io
import uuid

import openpyxl
import pytest
from django.urls import reverse

from sakimori.acts import batches, door, proposals
from sakimori.assets.forms import drafts
from sakimori.assets.models import Computer, Notification
from sakimori.parties.models import Facility
from sakimori.record import open_door
from tests.assets.forms.test_other_filings import APPROVER, CATEGORY, REPORTER, carry
from tests.support.deployment import WORLD, fixed
from tests.support.filing import file_notification, import_register
from tests.web.conftest import enter

__all__ = ["enter"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parties", "operator_edition")]
OTHER = "送電設備の監視制御システム"
MOVED = f"{CATEGORY} → {OTHER}"


def text(answer):
    return answer.content.decode()


@pytest.fixture
def moved():
    """P-002, notified, and since then moved to a facility of another category; P-001 has another product."""
    import_register()
    file_notification()
    carry()
    other = Facility.objects.get(id=fixed("power.facility"))
    old = str(other.id)
    other.id, other.name, other.category = uuid.uuid4(), "power 第二", OTHER
    with open_door("test"):
        other.save(force_insert=True)
    computer = Computer.objects.get(world=WORLD, key="P-002")
    row = {"op": "change", "_line": 2, "computer": str(computer.id), "was": {"facility": old},
           "now": {"facility": str(other.id), "product": "FortiOS NG"}}  # fmt: skip
    batch = batches.stage("assets.register.update", [row], by=REPORTER)
    told = {"source": "台帳", "changed_on": "2026-11-24", "left_out": []}
    door.perform("assets.register.update", told, by=REPORTER, batch=batch.id)
    return computer


@pytest.mark.parametrize("name", ["change", "change_otherwise"])
def test_the_draft_and_the_paper_show_the_category_it_had(enter, moved, name):
    page = enter("power", "reporter").get(reverse(f"assets:{name}"), {"category": OTHER})
    assert page.context["letter"].payload["rows"][0]["category_before"] == CATEGORY
    assert MOVED in text(page)
    assert "FortiOS → FortiOS NG" in text(page)


def test_the_files_the_list_and_the_history_show_it_too(enter, moved):
    client = enter("power", "reporter")
    content = client.get(reverse("assets:change"), {"category": OTHER, "format": "xlsx"}).content
    cells = {str(cell.value) for row in openpyxl.load_workbook(io.BytesIO(content)).active for cell in row}
    assert {CATEGORY, OTHER} <= cells
    assert client.get(reverse("assets:change"), {"category": OTHER, "format": "pdf"}).content.startswith(b"%PDF")
    assert MOVED in text(client.get(reverse("assets:changes")))
    assert MOVED in text(client.get(reverse("assets:computer", args=[moved.id])))


def test_the_proposal_and_both_sides_records_show_it(enter, moved):
    made = proposals.propose("assets.change_notification.file", drafts.changes(REPORTER, OTHER), by=REPORTER)
    assert MOVED in text(enter("power", "approver").get(reverse("assets:filing", args=[made.id])))
    proposals.confirm(made.id, by=APPROVER)
    carry()
    for side, who in (("operator", ("power", "reporter")), ("minister", ("meti", "officer"))):
        filed = Notification.objects.get(side=side, what="change")
        assert MOVED in text(enter(*who).get(reverse("assets:notification", args=[filed.id]))), side


def test_a_change_within_a_category_says_nothing_of_categories(enter, moved):
    computer = Computer.objects.get(world=WORLD, key="P-001")
    changed = {"computer": str(computer.id), "changed_on": "2026-11-24", "product": "CENTUM 2"}
    door.perform("assets.computer.change", changed, by=REPORTER)
    page = enter("power", "reporter").get(reverse("assets:change"), {"category": CATEGORY})
    assert "CENTUM VP → CENTUM 2" in text(page)
    assert "Facility category" not in [head.label for head in page.context["table"].heads]
    assert f"{CATEGORY} →" not in text(page)
