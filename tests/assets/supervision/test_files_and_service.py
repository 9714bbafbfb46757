"""What comes with an answer, where an order leads, and what a service after the limit means: on the pages of both."""

import hashlib

import pytest
from django.urls import reverse

from sakimori.acts import attaching, door, proposals, reading, sequencer, transport
from sakimori.acts.models import Attachment, Delivery
from sakimori.assets.models import Computer, Matter
from sakimori.parties.models import Organisation, Peer
from sakimori.record import open_door
from tests.acts.listening import listening
from tests.assets.supervision.test_matters import CATEGORY, DUE, arrived, give, matter, now, order
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

pytestmark = pytest.mark.django_db
SCAN = b"%PDF-1.7\nscan\n%%EOF\n"


def page(enter, name, number):
    return enter(*name.split("."), language="ja").get(reverse("assets:matter", args=[number])).content.decode()


def test_the_files_of_an_answer_reach_the_office_that_asked(parties, enter):
    filed = arrived()
    asked = give("assets.question.ask", filing=str(filed.act), due_on=DUE)
    by = viewer("power", "reporter")
    staged = attaching.stage("構成図.pdf", "application/pdf", SCAN, by=by)
    payload = {"number": str(asked), "text": "図のとおり", "attachments": [staged.digest]}
    door.perform("assets.question.answer", payload, by=by)
    assert "構成図.pdf" not in page(enter, "meti.officer", asked)
    carry()
    seen = page(enter, "meti.officer", asked)
    assert "構成図.pdf" in seen
    assert "届いていません" not in seen
    (row,) = reading.read(viewer("meti", "officer"), "acts.attachments", subject=asked)
    assert (Attachment.objects.get(id=row["id"]).owner, attaching.content(WORLD, row["digest"])) == (
        fixed("power"),
        SCAN,
    )
    got = enter("meti", "officer").get(reverse("attachment", args=[row["id"]]))
    assert got.content == SCAN
    assert enter("mlit", "officer").get(reverse("attachment", args=[row["id"]])).status_code == 404
    assert matter("meti", "officer", asked)["answer"]["attachments"] == [hashlib.sha256(SCAN).hexdigest()]


def test_what_an_answer_names_and_did_not_bring_is_said(parties, enter):
    filed = arrived()
    asked = give("assets.question.ask", filing=str(filed.act), due_on=DUE)
    by = viewer("power", "reporter")
    staged = attaching.stage("構成図.pdf", "application/pdf", SCAN, by=by)
    door.perform("assets.question.answer", {"number": str(asked), "text": "x", "attachments": [staged.digest]}, by=by)
    with open_door("test"):
        Attachment.objects.filter(subject=asked).update(organisation=fixed("rail"))
    carry()
    seen = page(enter, "meti.officer", asked)
    assert "1件が届いていません" in seen
    assert hashlib.sha256(SCAN).hexdigest() in seen


def test_an_order_to_notify_a_change_leads_to_where_it_is_filed(parties, enter):
    import_register()
    file_notification()
    carry()
    number = order(what="notify_change")
    waits, draft = f"{reverse('assets:changes')}?state=waiting", reverse("assets:change")
    seen = page(enter, "power.reporter", number)
    assert waits in seen
    assert draft not in seen, "nothing has changed yet: there is nothing to draft"
    assert enter("power", "reporter").get(waits).status_code == 200
    computer = Computer.objects.filter(status="notified").first()
    change = {"computer": str(computer.id), "changed_on": "2026-11-24", "product": "CENTUM VP 7"}
    door.perform("assets.computer.change", change, by=viewer("power", "reporter"))
    seen = page(enter, "power.reporter", number)
    assert draft in seen
    assert enter("power", "reporter").get(draft, {"category": CATEGORY}).status_code == 200
    assert draft not in page(enter, "power.viewer", number)


def test_a_service_after_the_limit_says_what_it_means_to_both(parties, enter, settings):
    import_register()
    number = order()
    with open_door("test"):  # as for an operator whom this system does not reach
        Matter.objects.filter(number=number, side="giver").update(service={}, reached_at=None)
    served = {"number": str(number), "how": "post", "reference": "書留 1"}
    settings.SAKIMORI_DEPLOYMENT = {
        **settings.SAKIMORI_DEPLOYMENT,
        "worlds": {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": "2026-12-15"}},
    }
    step = reverse("assets:matter-serve", args=[number])
    assert "新しい期限で出し直して" in enter("meti", "intake", language="ja").get(step).content.decode()
    door.perform("assets.order.serve", {**served, "served_at": now()}, by=viewer("meti", "intake"))
    assert "の後に事業者に届いています" in page(enter, "meti.officer", number)
    with open_door("test"):  # a first service in time counts, whatever came after it
        first = {"how": "hand", "served_at": "2026-11-25T10:00:00+09:00"}
        Matter.objects.filter(number=number, side="giver").update(content={"services": [first], "text": "x"})
    assert "の後に事業者に届いています" not in page(enter, "meti.officer", number)
    made = proposals.propose(
        "assets.order.withdraw", {"number": str(number), "reason": "期限後の送達"}, by=viewer("meti", "officer")
    )
    proposals.confirm(made.id, by=viewer("meti", "decider"))


def test_an_operator_is_told_in_words_that_the_authority_is_too_old_for_files(parties, enter):
    filed = arrived()
    asked = give("assets.question.ask", filing=str(filed.act), due_on=DUE)
    by = viewer("power", "reporter")
    with open_door("test"):
        Organisation.objects.filter(id=fixed("meti")).update(deployment="old")
    staged = attaching.stage("構成図.pdf", "application/pdf", SCAN, by=by)
    answered = door.perform(
        "assets.question.answer", {"number": str(asked), "text": "図のとおり", "attachments": [staged.digest]}, by=by
    )
    page_of_act = reverse("act", args=[answered.act])
    with listening() as old:
        with open_door("test"):
            Peer.objects.create(world=WORLD, name="old", url=old.url)
        old.answer = lambda _: (422, {"content-type": "application/json"}, b'{"code": "malformed"}')
        sequencer.drain()
        transport.run_once()
        assert len(old.requests) == 1
    said = enter("power", "reporter").get(page_of_act).content.decode()
    assert "of an earlier version, which takes in no files" in said
    Delivery.objects.filter(channel="envelope", status="waiting").update(last_error="ConnectError")
    said = enter("power", "reporter").get(page_of_act).content.decode()
    assert "earlier version" not in said
    assert "tried again by itself" in said
