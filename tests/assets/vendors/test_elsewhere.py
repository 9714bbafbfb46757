"""A vendor with its own installation: the request travels there by envelope, the answer back; nothing else does."""

import json
import uuid

import pytest
from django.urls import reverse

from sakimori import proofs
from sakimori.acts import door, keys, reading, sequencer, transport
from sakimori.acts.errors import RefusedError
from sakimori.acts.models import Dispatch, Notice
from sakimori.assets.models import VendorItem, VendorRequest
from tests.acts.enrolling import enrol_by_system
from tests.acts.foreign import NORTH, Foreign
from tests.assets.vendors.test_requests import SECRETS, ask, register
from tests.support.deployment import WORLD, fixed, viewer

pytestmark = pytest.mark.django_db
__all__ = ["register"]
NAMED = "北ベンダー"


@pytest.fixture
def north(register):
    """Another deployment, which hosts a vendor."""
    found = Foreign()
    found.vendor = fixed("north.vendor")
    enrol_by_system(
        {"thing": "organisation", "id": str(found.vendor), "type": "vendor", "name_ja": NAMED, "name_en": "North",
         "deployment": NORTH, "fictitious": True}
    )  # fmt: skip
    return found


def waiting():
    """Return the acts in the envelopes that wait, by kind, with their envelopes."""
    sequencer.drain()
    found = {}
    for _, body in transport.waiting_files():
        act = json.loads(proofs.verify_envelope(body, keys.ring(WORLD), recipient=NORTH).act.content)
        found[act["kind"]] = (act, body)
    return found


def come(north, kind, payload, actor, to):
    """Let an act of `north` arrive; return the outcome and the reason."""
    identity = str(uuid.uuid4())
    by = {"person": None, "organisation": actor and str(actor), "on_behalf_of": None, "role": "x", "token": None}
    document = north.document(identity, to, kind=kind, payload=payload, actor=by)
    answer = proofs.verify_ack(
        transport.receive(north.envelope(identity=identity, document=document)), keys.ring(WORLD)
    )
    return answer.outcome, answer.reason and answer.reason.code


def answered(request, version="6.1", position=1):
    return {"request": str(request), "rows": [
        {"position": position, "answers": [{"fact": "version", "answer": version}], "note": ""}
    ]}  # fmt: skip


def test_the_request_travels_and_of_the_register_only_what_the_vendor_may_see(north, register, enter):
    request = ask(register, vendor=str(north.vendor), note="保守のため")
    assert request.channel == "envelope"
    sent = waiting()
    assert set(sent) == {"assets.vendor.send"}, "the act of asking, which names computers, stays here"
    act, body = sent["assets.vendor.send"]
    assert {name for row in act["payload"]["rows"] for name in row} == {"position", "product", "maker", "unit", "asks"}
    told = json.dumps(act, ensure_ascii=False)
    assert "保守のため" in told
    assert not [one for one in (*SECRETS, *(str(row.id) for row in register.values())) if one in told]
    page = enter("power", "reporter", language="ja").get(reverse("assets:vendor_request", args=[request.id]))
    assert "供給者の設置" in page.content.decode()
    transport.acknowledge_file(north.answer(body))
    request.refresh_from_db()
    assert (request.channel, request.status) == ("arrived", "open")


def test_its_answer_comes_back_by_envelope_and_only_from_the_vendor_asked(north, register):
    request = ask(register, vendor=str(north.vendor))
    kind, power = "assets.vendor.answer", fixed("power")
    assert come(north, kind, answered(request.id), north.operator, power) == ("refused", "envelope.actor")
    assert come(north, kind, answered(uuid.uuid4()), north.vendor, power) == ("refused", "not_found")
    assert come(north, kind, answered(request.id, position=9), north.vendor, power) == ("refused", "assets.not_asked")
    assert come(north, kind, {"request": str(request.id)}, north.vendor, power) == ("refused", "assets.payload")
    assert come(north, kind, answered(request.id), north.vendor, power) == ("accepted", None)
    (item, _) = reading.read(viewer("power", "reporter"), "assets.vendor_items", request=request.id)
    assert (item["answers"], item["status"]) == ({"version": "6.1"}, "answered")
    assert Notice.objects.filter(addressee=power, subject=request.id).count() == 1
    withdraw = {"request": str(request.id), "reason": "不要になった"}
    door.perform("assets.vendor.withdraw", withdraw, by=viewer("power", "reporter"))
    recalled, _ = waiting()["assets.vendor.recall"]
    assert "不要になった" not in json.dumps(recalled, ensure_ascii=False)
    assert come(north, kind, answered(request.id, "7"), north.vendor, power) == ("refused", "assets.request_ended")


def carried(north, **changed):
    return {
        "issuer": str(north.operator), "addressee": str(fixed("vendor")), "request": str(uuid.uuid4()),
        "number": "Q2026-0007", "due_on": "2026-12-08", "note": "", "rows": [
            {"position": 1, "product": "CENTUM VP", "maker": "横河電機", "unit": "os", "asks": ["version"]}
        ], **changed,
    }  # fmt: skip


def test_a_vendor_here_is_asked_from_elsewhere_and_answers_by_envelope(north, enter):
    kind, vendor = "assets.vendor.send", fixed("vendor")
    wrong = carried(north, issuer=str(north.ministry))
    assert come(north, kind, {**wrong, "addressee": str(fixed("power"))}, None, vendor)[0] == "refused"
    no_vendor = carried(north, addressee=str(fixed("meti")))
    assert come(north, kind, no_vendor, None, fixed("meti")) == ("refused", "assets.addressee")
    assert come(north, kind, carried(north, rows=[]), None, vendor) == ("refused", "assets.payload")
    strange = [{**carried(north)["rows"][0], "asks": ["the password"]}]
    assert come(north, kind, carried(north, rows=strange), None, vendor) == ("refused", "assets.no_question")
    told = carried(north)
    assert come(north, kind, told, None, vendor) == ("accepted", None)
    assert come(north, kind, told, None, vendor) == ("refused", "assets.no_question"), "it came before"
    assert VendorItem.objects.get(request=told["request"]).computer is None
    page = enter("vendor", "vendor_contact").get(reverse("assets:asked_request", args=[told["request"]]))
    assert "CENTUM VP" in page.content.decode()
    done = door.perform("assets.vendor.answer", answered(told["request"]), by=viewer("vendor", "vendor_contact"))
    dispatch = Dispatch.objects.get(act=done.act)
    assert (dispatch.addressee, dispatch.deployment) == (north.operator, NORTH)
    act, _ = waiting()["assets.vendor.answer"]
    assert act["payload"]["rows"][0]["answers"] == [{"fact": "version", "answer": "6.1"}]
    recall = {name: told[name] for name in ("issuer", "addressee", "request")}
    assert come(north, "assets.vendor.recall", recall, None, vendor) == ("accepted", None)
    assert VendorRequest.objects.get(id=told["request"]).status == "withdrawn"
    assert Notice.objects.filter(addressee=vendor).count() == 2
    with pytest.raises(RefusedError):
        door.perform("assets.vendor.answer", answered(told["request"]), by=viewer("vendor", "vendor_contact"))


def test_a_vendor_is_told_that_its_answer_has_arrived_only_once_it_has(north, enter):
    assert come(north, "assets.vendor.send", carried(north), None, fixed("vendor")) == ("accepted", None)
    client = enter("vendor", "vendor_contact")
    (row,) = reading.read(viewer("vendor", "vendor_contact"), "assets.requests_to_us")
    address = reverse("assets:asked_request", args=[row["id"]])
    done = client.post(address, {"a-1-version": "6.1", "key": "k"})
    assert done.status_code == 302
    page = client.get(done["Location"]).content.decode()
    assert "on their way to the operator’s installation" in page
    assert "have reached the operator" not in page
    _, body = waiting()["assets.vendor.answer"]
    transport.acknowledge_file(north.answer(body))
    assert "Your answers have reached the operator" in client.get(done["Location"]).content.decode()
    for other in ("1", str(uuid.uuid4())):
        assert "have reached the operator" not in client.get(address, {"done": other}).content.decode()


def test_a_vendor_nobody_reaches_is_asked_by_file_as_before(north, register):
    lost = uuid.uuid4()
    enrol_by_system(
        {"thing": "organisation", "id": str(lost), "type": "vendor", "name_ja": "遠いベンダー", "name_en": "Far vendor",
         "deployment": "far", "fictitious": True}
    )  # fmt: skip
    with pytest.raises(RefusedError) as refused:
        ask(register, vendor=str(lost))
    assert refused.value.code == "assets.vendor_elsewhere"
    assert ask(register, vendor=None, vendor_name="遠いベンダー").channel == "file"
    assert ask(register, vendor=None, vendor_name=NAMED).channel == "envelope", "its exact name finds it"


def test_a_reminder_goes_the_way_the_request_went_and_nobody_is_reminded_of_what_has_ended(north, register, enter):
    request = ask(register, vendor=str(north.vendor), note="保守のため")
    assert waiting()["assets.vendor.send"]
    done = door.perform("assets.vendor.remind", {"request": str(request.id)}, by=viewer("power", "reporter"))
    assert not Dispatch.objects.filter(act=done.act).exists(), "the person's own act stays here"
    act, _ = waiting()["assets.vendor.urge"]
    assert set(act["payload"]) == {"issuer", "addressee", "request"}
    request.refresh_from_db()
    assert request.reminded_at is not None
    told, vendor = carried(north), fixed("vendor")
    assert come(north, "assets.vendor.send", told, None, vendor) == ("accepted", None)
    urge = {name: told[name] for name in ("issuer", "addressee", "request")}
    for strange in ({"request": str(uuid.uuid4())}, {"issuer": str(north.ministry)}):
        assert come(north, "assets.vendor.urge", {**urge, **strange}, None, vendor)[0] == "refused"
    assert Notice.objects.filter(addressee=vendor).count() == 1
    assert come(north, "assets.vendor.urge", urge, None, vendor) == ("accepted", None)
    reminded = Notice.objects.filter(addressee=vendor).order_by("created_at").last()
    assert reminded.title_en == "A reminder: request Q2026-0007 waits for your answer (by 2026-12-08)"
    assert come(north, "assets.vendor.recall", urge, None, vendor) == ("accepted", None)
    notices = Notice.objects.filter(addressee=vendor).count()
    assert come(north, "assets.vendor.urge", urge, None, vendor) == ("accepted", None)
    assert Notice.objects.filter(addressee=vendor).count() == notices
