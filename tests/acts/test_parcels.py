"""Files of acts that go to another deployment: they travel with the envelope, whole or not at all."""

import base64
import json
import shutil
import uuid

import pytest
from django.conf import settings
from django.test import Client

from sakimori import proofs
from sakimori.acts import attaching, catchup, clock, door, keys, parcels, recovery, refetching, sequencer, transport
from sakimori.acts.errors import LabelError
from sakimori.acts.models import Act, AttachedContent, Attachment, Delivery, Dispatch, Received, StagedFile
from sakimori.acts.outbox import DeliveryFailedError
from sakimori.errors import SakimoriError
from sakimori.record import open_door
from sakimori.text import Text
from tests.acts.foreign import Foreign
from tests.acts.listening import listening
from tests.acts.room import note
from tests.support.deployment import WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases
SCAN, MEMO = b"%PDF-1.7\nscan\n%%EOF\n", "控え\n".encode()
NAMED = (("受領書.pdf", "application/pdf", SCAN), ("memo.txt", "text/plain", MEMO))


@pytest.fixture
def north(room):
    return Foreign()


def entries(named=NAMED):
    return [proofs.Carried(proofs.digest(one), name, kind, len(one)).as_dict() for name, kind, one in named]


def parcel(north, named=NAMED, *, says=None, carries=None, **changed):
    """Return a parcel `north` sends; the act names what it `says`, behind the envelope comes what it `carries`."""
    identity = str(uuid.uuid4())
    digests = [proofs.digest(one) for _, _, one in (named if says is None else says)]
    document = north.document(identity, fixed("meti"), payload={"text": "x", "attachments": digests})
    body = north.envelope(identity=identity, document=document, files=changed.get("files", entries(named)))
    return b"".join(proofs.parcel_chunks(body, [[one] for _, _, one in (named if carries is None else carries)]))


def nothing_was_kept():
    assert Act.objects.filter(kind="trial.letter.receive").count() == 0
    assert (Attachment.objects.count(), AttachedContent.objects.count()) == (0, 0)


# --- coming in ---


def test_files_arrive_with_the_act_and_the_addressee_alone_holds_them(north):
    whole = parcel(north)
    answers = {transport.receive(whole) for _ in range(2)}
    (answer,) = answers
    assert proofs.verify_ack(answer, keys.ring(WORLD)).outcome == "accepted"
    act = Act.objects.get(kind="trial.letter.receive")
    held = {row.name: row for row in Attachment.objects.all()}
    assert {name: attaching.content(WORLD, row.digest) for name, row in held.items()} == {
        name: content for name, _, content in NAMED
    }
    for row in held.values():
        assert (row.act, row.organisation, row.owner) == (act.id, fixed("meti"), north.operator)
        assert row.subject == act.subject
    assert len(list(attaching.listed(viewer("meti", "intake"), act=act.id))) == len(NAMED)
    assert not list(attaching.listed(viewer("power", "reporter"), act=act.id))
    assert bytes(Received.objects.get().content).startswith(b"{"), "of the parcel the envelope alone is kept"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: whole[:-1],
        lambda whole: whole + b"x",
        lambda whole: whole[:-1] + b"?",
        lambda whole: whole[: -len(MEMO)],
        lambda whole: whole.replace(b"scan", b"scam"),
    ],
)
def test_one_bad_byte_is_answered_to_nobody_and_the_whole_comes_again(north, spoil):
    whole = parcel(north)
    with pytest.raises(proofs.ProofError):
        transport.receive(spoil(whole))
    with pytest.raises(SakimoriError) as said:
        transport.receive_file(spoil(whole))
    assert said.value.what.ja
    nothing_was_kept()
    assert Received.objects.count() == 0
    assert proofs.verify_ack(transport.receive(whole), keys.ring(WORLD)).outcome == "accepted"
    assert Attachment.objects.count() == len(NAMED)


PROGRAM = ("tool.txt", "text/plain", b"MZ\x90\x00")
OTHER = "他\n".encode()
DISGUISED = ("letter.pdf", "application/pdf", OTHER)
UNKNOWN = ("tool.exe", "application/octet-stream", b"MZ")
ELSEWHERE = ("../memo.txt", "text/plain", OTHER)
MISCALLED = ("other.txt", "application/pdf", OTHER)
EMPTY = ("empty.txt", "text/plain", b"")


@pytest.mark.parametrize("bad", [PROGRAM, DISGUISED, UNKNOWN, ELSEWHERE, MISCALLED, EMPTY], ids=lambda one: one[0])
def test_one_file_that_is_not_what_it_says_refuses_all_with_a_signed_reason(north, bad):
    answer = transport.receive(parcel(north, (*NAMED, bad)))
    told = proofs.verify_ack(answer, keys.ring(WORLD))
    assert (told.outcome, told.reason.code) == ("refused", "envelope.files")
    assert bad[0] in told.reason.ja
    assert bad[0] in told.reason.en
    nothing_was_kept()


def test_files_the_act_does_not_name_and_too_many_or_too_large_ones_are_refused(north):
    large = [{**entries()[0], "size": attaching.limit("largest") * 2**20 + 1}]
    many = tuple((f"{one}.txt", "text/plain", str(one).encode()) for one in range(attaching.limit("most") + 1))
    for whole in (
        parcel(north, says=NAMED[:1]),
        parcel(north, NAMED[:1], says=NAMED),
        parcel(north, NAMED[:1], files=large),
        parcel(north, many),
    ):
        assert proofs.verify_ack(transport.receive(whole), keys.ring(WORLD)).reason.code == "envelope.files"
    nothing_was_kept()


def test_an_act_of_a_deployment_that_sends_no_files_yet_is_taken_in(north):
    identity = str(uuid.uuid4())
    payload = {"text": "x", "attachments": [proofs.digest(SCAN)]}
    document = north.document(identity, fixed("meti"), payload=payload)
    answer = transport.receive(north.envelope(identity=identity, document=document))
    assert proofs.verify_ack(answer, keys.ring(WORLD)).outcome == "accepted"
    assert Attachment.objects.count() == 0


def test_what_the_room_refuses_leaves_no_file(north, room):
    def reject(ctx, _):
        raise ctx.refuse("trial.no", Text("いや", "no"))

    room.does("trial.letter.receive", reject)
    assert proofs.verify_ack(transport.receive(parcel(north)), keys.ring(WORLD)).reason.code == "trial.no"
    nothing_was_kept()


# --- going out ---


def send(room, to, named=NAMED):
    """Let an operator send a letter with files to an organisation; return the act."""
    by = viewer("power", "reporter")

    def run(ctx, payload):
        about = note(ctx, payload)
        attaching.bind(ctx, payload.attachments, about)
        ctx.send(to)
        return about

    room.does("trial.letter.send", run)
    digests = [attaching.stage(name, kind, content, by=by).digest for name, kind, content in named]
    return door.perform("trial.letter.send", {"text": "x", "attachments": digests}, by=by).act


def test_the_signed_envelope_names_the_files_and_they_follow_it(north, room, tmp_path):
    send(room, north.ministry)
    sequencer.drain()
    ((_, body),) = transport.waiting_files()
    path = tmp_path / "one.parcel"
    path.write_bytes(b"".join(parcels.chunks(body, json.loads(body))))
    assert path.stat().st_size == parcels.length(body, json.loads(body))
    with path.open("rb") as stream:
        found = proofs.verify_envelope(proofs.open_parcel(stream, 2**20), keys.ring(WORLD))
        assert {one.name for one in found.files} == {name for name, _, _ in NAMED}
        proofs.verify_parcel_files(stream, found.files)


def test_over_http_the_parcel_is_sent_whole_until_it_is_answered(room):
    with listening() as server:
        north = Foreign(url=server.url)
        send(room, north.ministry)
        sequencer.drain()
        server.answer = lambda _: (422, {}, b'{"code": "mismatch", "what": "secret words"}')
        assert transport.run_once() == 0
        delivery = Delivery.objects.get(channel="envelope")
        assert delivery.last_error == "DeliveryFailedError: mismatch", "the code of the reason, and nothing else"
        Delivery.objects.update(next_at="2000-01-01T00:00:00+09:00")

        ring = keys.ring(WORLD)

        def take(body):
            stream = parcels.Chunks([body])
            envelope = proofs.open_parcel(stream, 2**20)
            proofs.verify_parcel_files(stream, proofs.verify_envelope(envelope, ring).files)
            return 200, {}, north.answer(envelope)

        server.answer = take
        assert transport.run_once() == 1
    first, second = (body for _, _, body in server.requests)
    assert first == second
    assert Dispatch.objects.get().status == "arrived"


def test_between_two_hosted_here_both_hold_the_file_and_its_bytes_are_kept_once(room):
    act = send(room, fixed("meti"))
    sequencer.drain()
    assert transport.run_once() == 1
    assert Dispatch.objects.get(act=act).status == "arrived"
    assert AttachedContent.objects.count() == len(NAMED)
    holders = set(Attachment.objects.values_list("name", "organisation"))
    assert holders == {(name, one) for name, _, _ in NAMED for one in (fixed("power"), fixed("meti"))}


def test_a_file_erased_before_it_left_is_not_sent_as_something_else(north, room):
    act = send(room, north.ministry)
    sequencer.drain()
    ((_, body),) = transport.waiting_files()
    with open_door("test"):
        attaching.erase(WORLD, [act])
    with pytest.raises(DeliveryFailedError):
        b"".join(parcels.chunks(body, json.loads(body)))
    assert transport.run_once() == 0
    assert Dispatch.objects.get().status == "waiting"


def test_files_above_the_recipients_ceiling_do_not_leave(north, room, monkeypatch):
    by = viewer("power", "reporter")
    digest = attaching.stage(*NAMED[0], by=by).digest

    def run(ctx, payload):
        about = note(ctx, payload)
        (file,) = attaching.bind(ctx, payload.attachments, about)
        ctx.change(file, labels={"all": ["secret"]})
        ctx.send(north.operator)
        return about

    room.does("trial.letter.send", run)
    with pytest.raises(LabelError):
        door.perform("trial.letter.send", {"text": "x", "attachments": [digest]}, by=by)
    assert Dispatch.objects.count() == 0
    assert StagedFile.objects.count() == 1


# --- over the site ---


@pytest.mark.django_db
def test_the_site_takes_a_parcel_and_says_why_it_does_not(north, client):
    whole = parcel(north)
    post = lambda body: client.post("/envelopes/", body, content_type="application/octet-stream")  # noqa: E731
    spoilt = post(whole.replace(b"scan", b"scam"))
    assert (spoilt.status_code, spoilt.json()["code"]) == (422, "mismatch")
    nothing_was_kept()
    assert proofs.verify_ack(post(whole).content, keys.ring(WORLD)).outcome == "accepted"
    too_large = client.post(
        "/envelopes/", b"x", content_type="application/octet-stream", headers={"content-length": str(10**9)}
    )
    assert too_large.status_code == 413


# --- after a loss ---


def lost_request(north, what, key="envelope"):
    fields = {"from": "north", "to": settings.SAKIMORI_DEPLOYMENT["name"], "world": WORLD,
              "at": clock.wall().isoformat(), "type": "sakimori.catchup-file/1", **what}  # fmt: skip
    return proofs.canonical(proofs.sign_document(fields, north.keys[key]))


def test_whoever_lost_a_file_is_given_it_back_and_no_other(north):
    whole = parcel(north)
    transport.receive(whole)
    sent = json.loads(proofs.open_parcel(parcels.Chunks([whole]), 2**20))
    wanted = {"id": sent["id"], "digest": proofs.digest(SCAN)}
    assert catchup.answer(lost_request(north, wanted)) == SCAN
    post = Client().post("/envelopes/catch-up/", lost_request(north, wanted), content_type="application/json")
    assert (post.status_code, post.content) == (200, SCAN)
    own = send_here(b"%PDF-1.7\nour own\n%%EOF\n")
    for other in ({**wanted, "digest": own}, {**wanted, "id": str(uuid.uuid4())}, {**wanted, "digest": None}):
        with pytest.raises(catchup.CatchUpError):
            catchup.answer(lost_request(north, other))
    for key in ("receipt", "log"):
        with pytest.raises(catchup.CatchUpError):
            catchup.answer(lost_request(north, wanted, key))


def send_here(content):
    """Keep a file that has nothing to do with `north`; return its digest."""
    with open_door("test"):
        AttachedContent(world=WORLD, digest=proofs.digest(content), content=content).save()
    return proofs.digest(content)


@pytest.mark.parametrize("files_came", [True, False])
def test_what_is_taken_in_again_after_a_loss_has_its_files_or_says_that_they_did_not_come(north, files_came):
    whole = parcel(north)
    body = proofs.open_parcel(parcels.Chunks([whole]), 2**20)
    first = json.loads(transport.receive(whole))
    with open_door("test"):
        for model in (Received, Attachment, AttachedContent):
            model.objects.all().delete()
    refetching.directory().mkdir(exist_ok=True)
    try:
        kept = {"own": False, "world": WORLD, "envelope": base64.b64encode(body).decode(), "ack": first}
        (refetching.directory() / f"{first['envelope_id']}.envelope.json").write_text(json.dumps(kept))
        for _, _, content in NAMED if files_came else ():
            (refetching.directory() / f"{proofs.digest(content)}.file").write_bytes(content)
        cleared = recovery.Cleared(uuid.uuid4(), "continue", 0, 0)
        recovery._deliver_again(cleared)
    finally:
        shutil.rmtree(refetching.directory())
    assert cleared.taken_in == [first["envelope_id"]]
    assert Attachment.objects.count() == (len(NAMED) if files_came else 0)
    assert bool(cleared.to_look_after) != files_came
