"""A computer's kind is corrected by a change: recorded, with the law's answer to what must be notified of it."""

import pytest

from sakimori.acts import history
from sakimori.acts.errors import PayloadError
from sakimori.acts.models import Act, Obligation
from sakimori.assets.models import Computer, ComputerChange
from tests.assets.upkeep.test_changes import CHANGE, change, notified
from tests.support.deployment import WORLD

__all__ = ["notified"]
pytestmark = pytest.mark.django_db


def test_a_device_that_is_a_program_asks_for_its_product_name_and_a_given_one_is_notified(notified):
    change(notified["P-002"], unit="os")
    one = ComputerChange.objects.get(computer=notified["P-002"])
    assert one.fields == {"unit": ["appliance", "os"]}
    assert one.outcome == "open"  # is the product name notified still the one to notify? 命令2条1項
    assert not Obligation.objects.filter(world=WORLD, rule=CHANGE).exists()
    change(notified["P-002"], product="FortiOS 7")
    told = ComputerChange.objects.filter(computer=notified["P-002"]).order_by("recorded_at").last()
    assert (told.outcome, told.status) == ("change", "waiting")
    assert Obligation.objects.filter(world=WORLD, rule=CHANGE, status="open").count() == 1
    act = Act.objects.filter(kind="assets.computer.change").order_by("recorded_at").first()
    assert history.load(act.id)["payload"]["unit"] == "os"


@pytest.mark.parametrize(
    ("key", "told", "outcome"),
    [
        ("P-001", {"unit": "middleware"}, "none"),  # each program is one item, whichever it is
        ("P-001", {"unit": "appliance", "product": "架空装置"}, "change"),
        ("P-003", {"unit": "appliance"}, "none"),  # exempt, never notified
    ],
)
def test_what_a_change_of_kind_makes_due(notified, key, told, outcome):
    change(notified[key], **told)
    assert ComputerChange.objects.get(computer=notified[key]).outcome == outcome
    assert Computer.objects.get(id=notified[key].id).unit == told["unit"]


def test_a_kind_that_is_none_is_refused(notified):
    with pytest.raises(PayloadError):
        change(notified["P-001"], unit="fridge")
