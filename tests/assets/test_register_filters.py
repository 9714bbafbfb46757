"""The register by facility and by open question; the desk, the register and the facility pages count the same."""

import re

import pytest
from django.urls import reverse

from sakimori.acts import door, proposals, reading
from sakimori.assets.forms import drafts
from sakimori.assets.models import Computer
from sakimori.parties.models import Facility
from tests.support.deployment import viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.scenes import remembered
from tests.support.warning import carry

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


def change(key, **told):
    computer = Computer.objects.get(key=key)
    payload = {"computer": str(computer.id), "changed_on": "2026-11-20", **told}
    return door.perform("assets.computer.change", payload, by=viewer("power", "reporter"))


@remembered
def changed():
    """P-001 and P-002 have changed since they were notified; the change of P-001 is filed."""
    import_register()
    file_notification()
    carry()
    change("P-001", maker="別の製造者")
    reporter = viewer("power", "reporter")
    (waiting,) = reading.read(reporter, "assets.changes_to_notify")
    made = proposals.propose(
        "assets.change_notification.file", drafts.changes(reporter, waiting["category"]), by=reporter
    )
    proposals.confirm(made.id, by=viewer("power", "approver"))
    change("P-002", product="FortiOS NG")


def keys(**wanted):
    return {row["key"]: row["change"] for row in reading.read(viewer("power", "reporter"), "assets.register", **wanted)}


def test_a_computer_of_which_a_change_waits_is_found_by_it(enter):
    changed()
    assert keys(change="waiting") == {"P-002": "waiting"}
    assert keys(change="filed") == {"P-001": "filed"}
    assert keys(change="any") == {"P-001": "filed", "P-002": "waiting"}
    assert keys(change="nonsense") == {}
    assert keys()["P-003"] == ""
    assert {"P-001", "P-002"} <= set(keys(status="notified"))  # notified they are all the same
    client = enter("power", "reporter")
    page = text(client.get(reverse("assets:register")))
    assert re.search(r'href="\?change=waiting">a change of 1 computer is not filed yet<', page)
    found = text(client.get(reverse("assets:register"), {"change": "waiting"}))
    assert ("P-002" in found, "P-001" in found) == (True, False)
    assert "notified; a change since is not filed yet" in found


def test_the_register_is_searched_and_sorted_by_the_state_it_shows(enter):
    changed()
    client = enter("power", "reporter", language="ja")
    found = text(client.get(reverse("assets:register"), {"q": "変更は未届出"}))
    assert ("P-002" in found, "P-001" in found) == (True, False)
    arriving = text(client.get(reverse("assets:register"), {"q": "変更の届出が到達待ち"}))
    assert ("P-002" in arriving, "P-001" in arriving) == (False, True)
    shown = text(client.get(reverse("assets:register"), {"sort": "status"}))
    states = re.findall(r"(?:登録のみ|届出済み（[^）]*）)(?=</td>)", shown)
    assert len(set(states)) > 2
    assert states == sorted(states)


def test_the_api_says_beside_the_state_that_a_change_waits(enter):
    changed()
    client = enter("power", "reporter")
    answer = client.get("/api/v1/queries/assets.register", {"change": "any"}).json()
    said = {row["key"]: (row["status"], row["change"]) for row in answer["rows"]}
    assert said == {"P-001": ("notified", "filed"), "P-002": ("notified", "waiting")}
    one = Computer.objects.get(key="P-002").id
    (row,) = client.get("/api/v1/queries/assets.computer", {"computer": str(one)}).json()["rows"]
    assert row["change"] == "waiting"


def test_what_waits_is_counted_by_itself_not_as_what_is_left_of_others(enter):
    import_register()
    file_notification()
    carry()
    outside = {"part_of_facility": False, "sends_unrouted": False, "connection": "none"}
    change("P-001", facts=outside)  # notified, and needs no notification any more
    assert Computer.objects.get(key="P-001").notify != "yes"
    import_register((ROWS[0].replace("P-001", "P-101"),))
    waiting = Computer.objects.filter(notify="yes", status="registered").count()
    notified = Computer.objects.filter(notify="yes", status="notified").count()
    assert waiting == 1
    page = text(enter("power", "reporter").get(reverse("assets:register")))
    assert f"1 not filed · 0 on their way · {notified} arrived" in page
    assert "Draft the notification" in page
