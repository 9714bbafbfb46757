"""The register by facility and by open question; the desk, the register and the facility pages count the same."""

import re

import pytest
from django.urls import reverse

from sakimori.acts import reading
from sakimori.assets.models import Computer
from sakimori.parties.models import Facility
from tests.support.deployment import viewer
from tests.support.filing import ROWS, import_register
from tests.support.scenes import remembered

pytestmark = pytest.mark.django_db
UNKNOWN = ROWS[0].replace("P-001", "P-006").replace(",専用,", ",,").replace("その他,○", "その他,")


@remembered
def scene():
    import_register((*ROWS, UNKNOWN))


def text(answer):
    return answer.content.decode()


def test_one_count_of_open_questions_everywhere(enter):
    scene()
    reporter = viewer("power", "reporter")
    one = Computer.objects.get(key="P-006")
    assert (one.scope, one.notify) == ("open", "open")  # open in two ways, one computer all the same
    client = enter("power", "reporter")
    assert reading.read_one(reporter, "assets.summary")["open"] == 1
    assert sum(row["open"] for row in reading.read(reporter, "assets.scoping")) == 1
    assert "1 computer has an open question" in text(client.get(reverse("desk")))
    page = text(client.get(reverse("assets:register")))
    assert re.search(r'href="\?open=1">1 computer<', page)
    found = text(client.get(reverse("assets:register"), {"open": "1"}))
    assert "P-006" in found
    assert "P-001" not in found


def test_the_register_is_cut_by_facility(enter):
    scene()
    here = Facility.objects.get(name="power 第一")
    client = enter("power", "reporter")
    assert "P-001" in text(client.get(reverse("assets:register"), {"facility": str(here.id)}))
    reporter = viewer("power", "reporter")
    assert len(reading.read(reporter, "assets.register", facility=here.id)) == 6
    other = Facility.objects.exclude(organisation=here.organisation).first()
    if other is not None:
        assert reading.read(reporter, "assets.register", facility=other.id) == []
    assert client.get(reverse("assets:register"), {"facility": "x", "open": "y"}).status_code == 200
