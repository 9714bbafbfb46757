"""An operator designated for several businesses: a filing says the one its category's facilities stand under."""

import json
import uuid
from datetime import date

import pytest

from sakimori.acts.models import ActContent
from sakimori.assets import drafting
from sakimori.assets.forms import drafts
from sakimori.assets.models import Notification
from sakimori.parties.models import Designation, Facility
from sakimori.record import open_door
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
CATEGORY = "発電設備の監視制御システム"


def designate(business, minister, number, *, withdrawn=None):
    """Designate the power operator for another business; ids sort before and after every other."""
    with open_door("x"):
        return Designation.objects.create(
            id=uuid.UUID(int=number), world=WORLD, organisation_id=fixed("power"), minister_id=fixed(minister),
            business_type=business, designated_on=date(2024, 6, 1), withdrawn_on=withdrawn,
        )  # fmt: skip


@pytest.mark.parametrize("number", [1, 2**128 - 1])
def test_what_leaves_says_the_business_of_the_categorys_facility(parties, number):
    import_register()
    designate("gas", "meti", number)
    reporter = viewer("power", "reporter")
    assert drafting.draft(reporter, CATEGORY).outline.business_type == "electricity"
    filed = file_notification()
    left = json.loads(bytes(ActContent.objects.get(id=filed.act).content))
    assert left["payload"]["outline"]["business_type"] == "electricity"
    carry()
    wrong = Notification.objects.get(side="operator")
    assert drafts.correction(reporter, wrong.id, "誤記").outline.business_type == "electricity"


def test_a_withdrawn_designation_gives_way_to_the_one_that_stands(parties):
    import_register()
    old = designate("gas", "mlit", 1, withdrawn=date(2026, 4, 1))
    with open_door("x"):
        Facility.objects.create(
            id=uuid.UUID(int=1), world=WORLD, organisation_id=fixed("power"), designation=old, name="旧設備",
            category=CATEGORY,
        )  # fmt: skip
    assert drafting.draft(viewer("power", "reporter"), CATEGORY).outline.business_type == "electricity"
    file_notification()
    assert Notification.objects.get(side="operator").minister == fixed("meti")
