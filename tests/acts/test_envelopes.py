"""Envelopes: what comes in from another deployment, what goes out, and the signed answers both ways."""

import json
import uuid
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori import proofs
from sakimori.acts import clock, door, keys, outbox, sequencer, transport
from sakimori.acts.models import Act, Delivery, Dispatch, Received
from sakimori.assets.models import Computer, Notification
from sakimori.errors import SakimoriError
from sakimori.parties.models import Consent, Organisation
from sakimori.record import open_door
from tests.acts.foreign import NORTH, Foreign
from tests.acts.listening import listening
from tests.support.deployment import NAME, REHEARSAL, WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register

pytestmark = pytest.mark.both_databases


@pytest.fixture
def north(room):
    return Foreign()


def told(answer):
    """Return the verified acknowledgement."""
    return proofs.verify_ack(answer, keys.ring(WORLD))


def refused(body):
    answer = told(transport.receive(body))
    assert answer.outcome == "refused"
    assert answer.reason.ja
    assert answer.reason.en
    assert Act.objects.filter(kind="trial.letter.receive").count() == 0
    assert Received.objects.get(id=json.loads(body)["id"]).effect is None
    return answer.reason.code


# --- coming in ---


def test_taken_in_once_with_a_signed_answer_that_names_the_effect(north, room):
    body = north.envelope()
    answer = told(transport.receive(body))
    act = Act.objects.get(kind="trial.letter.receive")
    assert (answer.outcome, answer.effects) == ("accepted", (str(act.id),))
    assert (answer.sender, answer.recipient) == (NAME, NORTH)
    ((_, payload),) = [run for run in room.runs if run[0] == "trial.letter.receive"]
    assert (payload.sender, payload.addressee) == (north.operator, fixed("meti"))
    assert payload.document["payload"] == {"text": "手紙"}


def test_a_second_copy_is_given_the_first_answer_and_nothing_happens_again(north):
    body = north.envelope()
    answers = [transport.receive(body) for _ in range(3)]
    assert len(set(answers)) == 1
    assert Act.objects.filter(kind="trial.letter.receive").count() == 1
    assert Received.objects.count() == 1


def test_another_envelope_under_the_same_id_is_not_taken_for_a_copy(north):
    identity = str(uuid.uuid4())
    transport.receive(north.envelope(identity=identity))
    with pytest.raises(proofs.MismatchError):
        transport.receive(north.envelope(identity=identity))
    assert Act.objects.filter(kind="trial.letter.receive").count() == 1


def _altered(body, *path):
    changed = json.loads(body)
    place = changed
    for name in path[:-1]:
        place = place[name]
    value = place[path[-1]]
    place[path[-1]] = value + 1 if isinstance(value, int) else value[:-1] + ("0" if value[-1] != "0" else "1")
    return proofs.canonical(changed)


@pytest.mark.parametrize(
    "path",
    [("id",), ("from",), ("to",), ("sent_at",), ("signature",), ("key_id",), ("act", "bytes"), ("act", "salt"),
     ("receipt", "commitment"), ("receipt", "signature"), ("inclusion", "index"), ("inclusion", "checkpoint")],
    ids=".".join,
)  # fmt: skip
def test_an_altered_envelope_is_answered_to_nobody(north, path):
    with pytest.raises(proofs.ProofError):
        transport.receive(_altered(north.envelope(), *path))
    assert Received.objects.count() == 0


def test_a_forged_envelope_is_answered_to_nobody(north):
    for purpose in ("envelope", "receipt", "log"):
        right = north.keys[purpose]
        north.keys[purpose] = Ed25519PrivateKey.generate()
        with pytest.raises(proofs.ProofError):
            transport.receive(north.envelope())
        north.keys[purpose] = right
    north.keys["envelope"] = north.keys["receipt"]
    with pytest.raises(proofs.ProofError):
        transport.receive(north.envelope())
    assert Received.objects.count() == 0


@pytest.mark.parametrize(
    "changed",
    [{"to": "somebody-else"}, {"world": "real"}, {"world": REHEARSAL, "receipt": {"world": WORLD}}, {"id": "no-uuid"},
     {"receipt": {"deployment": NAME}}, {"from": NAME}],
    ids=str,
)  # fmt: skip
def test_wrong_recipient_world_or_sender_is_answered_to_nobody(north, changed):
    with pytest.raises(proofs.ProofError):
        transport.receive(north.envelope(**changed))
    assert Received.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"world": 1}', b'{"world": "sample"}', b"[" * 100_000])
def test_what_is_no_envelope_is_answered_to_nobody(parties, body):
    with pytest.raises(proofs.ProofError):
        transport.receive(body)
    with pytest.raises(SakimoriError):
        transport.receive_file(body)


def test_an_act_of_another_world_is_refused_even_in_a_good_envelope(north):
    identity = str(uuid.uuid4())
    rehearsed = north.document(identity, fixed("meti"), world=REHEARSAL)
    assert refused(north.envelope(identity=identity, document=rehearsed)) == "envelope.act"


@pytest.mark.parametrize("part", ["id", "kind", "kind_version", "deployment"])
def test_an_act_that_is_not_what_the_receipt_speaks_of_is_refused(north, part):
    identity = str(uuid.uuid4())
    told_otherwise = {"id": str(uuid.uuid4()), "kind": "assets.notification.file", "kind_version": 2, "deployment": "x"}
    document = north.document(identity, fixed("meti"))
    receipt = {"act_id": document["id"], "kind": document["kind"]}
    document[part] = told_otherwise[part]
    assert refused(north.envelope(identity=identity, document=document, receipt=receipt)) == "envelope.act"


@pytest.mark.parametrize("without", ["actor", "payload", "sent_to", "id"])
def test_a_malformed_act_is_refused_with_a_signed_answer(north, without):
    identity = str(uuid.uuid4())
    document = north.document(identity, fixed("meti"))
    for broken in ({name: value for name, value in document.items() if name != without}, {**document, without: 5}):
        assert refused(north.envelope(document=broken)) == "envelope.act"


def test_bytes_that_are_no_json_are_refused_with_a_signed_answer(north):
    assert refused(north.envelope(document=b"\x00not json")) == "envelope.act"


def test_without_salt_or_proof_nothing_is_taken_on_trust(north):
    assert refused(north.envelope(salted=False)) == "envelope.act"
    assert refused(north.envelope(proof=False)) == "envelope.proof"


def test_an_unknown_kind_is_refused_with_a_signed_answer_that_stays(north):
    identity = str(uuid.uuid4())
    body = north.envelope(identity=identity, document=north.document(identity, fixed("meti"), kind="trial.note.write"))
    assert refused(body) == "envelope.kind"
    assert transport.receive(body) == transport.receive(body)


def test_a_deployment_speaks_only_for_those_it_hosts(north):
    identity = str(uuid.uuid4())
    for actor in (
        {"organisation": str(fixed("power")), "on_behalf_of": None},
        {"organisation": str(north.operator), "on_behalf_of": str(fixed("power"))},
        {"organisation": None, "on_behalf_of": None},
        {"organisation": "nonsense", "on_behalf_of": None},
    ):
        document = north.document(identity, fixed("meti"), actor=actor)
        document["sent_to"] = {identity: str(fixed("meti"))}
        body = north.envelope(identity=identity, document=document)
        assert refused(body) == "envelope.sender"
        with open_door("test"):
            Received.objects.all().delete()


def word(north, issuer, actor=None, addressee="power", kind="trial.word.send"):
    """Return the answer to what the system of `north` says in somebody's name."""
    identity = str(uuid.uuid4())
    by = {"organisation": actor and str(actor), "on_behalf_of": None}
    payload = {"text": "x", "issuer": str(issuer)}
    document = north.document(identity, fixed(addressee), kind=kind, actor=by, payload=payload)
    answer = told(transport.receive(north.envelope(identity=identity, document=document)))
    return answer.reason.code if answer.reason else answer.outcome


def test_a_system_act_is_sent_by_the_issuer_it_names_and_by_nobody_else(north):
    assert word(north, north.ministry) == "accepted"
    assert word(north, fixed("meti")) == "envelope.sender"
    assert word(north, fixed("meti"), actor=north.operator) == "envelope.sender", "the issuer is not who acts"
    assert word(north, north.operator, actor=north.operator) == "envelope.sender", "the system's own acts have no actor"
    assert word(north, north.operator, kind="trial.letter.send") == "envelope.sender", "nor a person's act an issuer"


def test_only_who_is_hosted_here_is_an_addressee(north):
    for addressee in (north.ministry, uuid.uuid4(), "nonsense"):
        identity = str(uuid.uuid4())
        document = north.document(identity, addressee)
        assert refused(north.envelope(identity=identity, document=document)) == "not_found"
    assert refused(north.envelope(document=north.document("another id", fixed("meti")))) == "not_found"


def test_what_the_room_refuses_comes_back_as_its_refusal_and_leaves_nothing(north, room):
    def reject(ctx, _):
        ctx.create(Consent, organisation_id=fixed("power"), matter="x", given_on=ctx.today)
        raise ctx.refuse("trial.no", transport.Text("いや", "no"))

    room.does("trial.letter.receive", reject)
    assert refused(north.envelope()) == "trial.no"
    assert Consent.objects.count() == 0


# --- going out ---


def send(room, to):
    room.does("trial.letter.send", lambda ctx, _: ctx.send(to) and None)
    done = door.perform("trial.letter.send", {"text": "x"}, by=viewer("power", "reporter"))
    return done.act


def waiting():
    return dict(transport.waiting_files())


def test_an_envelope_waits_for_its_proof_and_is_signed_once(north, room):
    act = send(room, north.ministry)
    assert waiting() == {}
    assert transport.run_once() == 0
    assert Delivery.objects.get(channel="envelope").attempts == 0, "waiting for the proof is no attempt"
    sequencer.drain()
    ((identity, body),) = waiting().items()
    assert list(waiting().values()) == [body]
    envelope = proofs.verify_envelope(body, keys.ring(WORLD), recipient=NORTH)
    assert (envelope.id, envelope.act.committed) == (identity, True)
    assert json.loads(envelope.act.content)["id"] == str(act)
    assert envelope.inclusion is not None
    assert Dispatch.objects.get().status == "waiting"


@pytest.mark.parametrize("outcome", ["accepted", "refused"])
def test_only_the_signed_answer_is_arrival(north, room, outcome):
    act = send(room, north.ministry)
    sequencer.drain()
    ((_, body),) = waiting().items()
    transport.acknowledge_file(north.answer(body, outcome))
    transport.acknowledge_file(north.answer(body, outcome))

    dispatch = Dispatch.objects.get()
    assert dispatch.status == {"accepted": "arrived", "refused": "refused"}[outcome]
    assert (dispatch.arrived_at is not None) == (outcome == "accepted")
    assert ("Not taken" in dispatch.refusal) == (outcome == "refused")
    assert dispatch.channel == "file"
    arrived = Act.objects.get(kind="acts.dispatch.arrive")
    assert arrived.caused_by == act
    followed = [payload.accepted for kind, payload in room.runs if kind == "trial.letter.arrive"]
    assert followed == [outcome == "accepted"]
    assert Delivery.objects.get(channel="envelope").status == "done"
    assert waiting() == {}


@pytest.mark.parametrize("late", [0, -60, 7 * 86_400])
def test_it_arrived_when_the_addressee_says_not_when_its_answer_came_back(north, room, monkeypatch, late):
    """A file with the answer may travel for days; what is signed is held between sending and now, clocks differ."""
    send(room, north.ministry)
    sequencer.drain()
    ((_, body),) = waiting().items()
    sent, now = Dispatch.objects.get().created_at, clock.now
    signed = sent + timedelta(seconds=late + 1)
    monkeypatch.setattr(clock, "now", lambda world: now(world) + timedelta(days=3))
    transport.acknowledge_file(north.answer(body, received_at=signed.isoformat()))
    arrived, recorded = Dispatch.objects.get().arrived_at, Act.objects.get(kind="acts.dispatch.arrive").recorded_at
    assert recorded - sent >= timedelta(days=3)
    assert arrived == {0: signed, -60: sent}.get(late, recorded)


def test_a_wrong_answer_is_no_arrival(north, room):
    send(room, north.ministry)
    send(room, north.ministry)
    sequencer.drain()
    one, two = waiting().values()
    for answer in (
        north.answer(one, key=Ed25519PrivateKey.generate()),
        north.answer(one, key=north.keys["receipt"]),
        north.answer(one, envelope_digest="0" * 64),
        north.answer(two, envelope_id=json.loads(one)["id"]),
        north.answer(one, to="somebody"),
        north.answer(one, **{"from": NAME}, key=keys.private("envelope")),
        _altered(north.answer(one), "received_at"),
    ):
        with pytest.raises(SakimoriError):
            transport.acknowledge_file(answer)
    assert set(Dispatch.objects.values_list("status", flat=True)) == {"waiting"}
    assert Act.objects.filter(kind="acts.dispatch.arrive").count() == 0


@pytest.mark.parametrize(
    "answer",
    [b"", b"[]", b"{}", b'{"envelope_id": 5}', b'{"envelope_id": "x"}', b'{"envelope_id": null}', b"[" * 100_000,
     b'{"envelope_id": "00000000-0000-4000-8000-000000000000"}'],
)  # fmt: skip
def test_what_answers_nothing_is_said_plainly(north, answer):
    with pytest.raises(SakimoriError) as refusal:
        transport.acknowledge_file(answer)
    assert refusal.value.code == "envelope.ack"


def test_an_answer_to_what_was_never_sealed_is_refused(north, room):
    send(room, north.ministry)
    forged = north.answer(north.envelope(), envelope_id=str(Dispatch.objects.get().id))
    with pytest.raises(SakimoriError):
        transport.acknowledge_file(forged)


def test_a_refusal_reopens_what_was_filed(parties):
    import_register()
    file_notification()
    assert Computer.objects.filter(status="filed").exists()
    with open_door("test"):
        # The minister no longer knows the operator as its own.
        from sakimori.parties.models import Designation

        Designation.objects.filter(id=fixed("power.designation")).update(withdrawn_on="2026-11-24")
    sequencer.drain()
    transport.run_once()
    assert Dispatch.objects.get().status == "refused"
    assert Notification.objects.get(side="operator").status == "refused"
    assert not Computer.objects.filter(status="filed").exists()


# --- over HTTP ---


def due_now():
    Delivery.objects.filter(status="waiting").update(next_at="2000-01-01T00:00:00+09:00")


def test_over_http_it_is_tried_until_it_is_answered(room):
    with listening() as server:
        north = Foreign(url=server.url)
        send(room, north.ministry)
        sequencer.drain()
        for status, headers, answer in (
            (500, {}, b""),
            (302, {"location": f"{server.url}/elsewhere"}, b""),
            (200, {}, b"thank you"),
            (200, {}, north.answer(north.envelope())),
        ):
            server.answer = lambda _, reply=(status, headers, answer): reply
            due_now()
            assert transport.run_once() == 0
            assert Dispatch.objects.get().status == "waiting"
        assert {path for path, _, _ in server.requests} == {"/envelopes/"}, "a redirect is not followed"
        server.answer = lambda body: (200, {}, north.answer(body))
        due_now()
        assert transport.run_once() == 1
        assert transport.run_once() == 0
    bodies = {body for _, _, body in server.requests}
    assert (len(server.requests), len(bodies)) == (5, 1), "the same bytes at every attempt"
    assert (Dispatch.objects.get().status, Dispatch.objects.get().channel) == ("arrived", "http")


def test_a_deployment_without_address_is_reached_by_file_only(north, room):
    send(room, north.ministry)
    sequencer.drain()
    assert transport.run_once() == 0
    delivery = Delivery.objects.get(channel="envelope")
    assert (delivery.attempts, delivery.status) == (1, "waiting")
    assert len(waiting()) == 1


def test_one_bad_delivery_does_not_hold_up_the_others(north, room):
    send(room, north.ministry)
    good = send(room, fixed("meti"))
    with open_door("test"):
        Dispatch.objects.exclude(act=good).update(deployment="nowhere")
        Organisation.objects.filter(id=north.ministry).update(deployment="nowhere")
    sequencer.drain()
    assert transport.run_once() == 1
    assert Dispatch.objects.get(act=good).status == "arrived"
    assert Delivery.objects.get(status="waiting").last_error == outbox.DeliveryFailedError.__name__
