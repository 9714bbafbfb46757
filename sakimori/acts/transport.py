"""Carrying acts between deployments: envelopes out, envelopes in, signed acknowledgements back.

Sending is retried until an acknowledgement comes; taking in is idempotent by the envelope's id, so that a retry is
answered with the first acknowledgement. An addressee hosted here is served the same way, without the network.
"""

import io
import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings
from django.db import IntegrityError, transaction

from sakimori import proofs
from sakimori.acts import attaching, clock, door, envelopes, failpoints, keys, outbox, parcels, receipts, standing
from sakimori.acts.errors import ReadOnlyError
from sakimori.acts.models import Act, ActContent, Delivery, Dispatch, Received
from sakimori.errors import SakimoriError
from sakimori.parties.models import Peer
from sakimori.record import SYSTEM, open_door
from sakimori.record.turn import turn
from sakimori.text import Text

TIMEOUT_SECONDS = 30
_CODE = re.compile(r"[a-z_.]{1,60}")


def run_once(limit: int = 100) -> int:
    """Send the envelopes that are due; return how many were answered."""
    return outbox.drain({"envelope": _deliver}, limit)


def build(dispatch: Dispatch) -> dict[str, Any]:
    """Return the signed envelope of a dispatch; `outbox.NotYetError` until the log has taken its act in.

    It names the act's files, which travel behind it (`parcels.chunks`).
    """
    act = Act.objects.get(id=dispatch.act)
    content = ActContent.objects.get(id=dispatch.act)
    inclusion = receipts.inclusion_of(dispatch.act)
    if inclusion is None:
        raise outbox.NotYetError(str(dispatch.act))
    files = parcels.manifest(dispatch)
    return proofs.sign_envelope(
        {
            "id": str(dispatch.id),
            "from": settings.SAKIMORI_DEPLOYMENT["name"],
            "to": dispatch.deployment,
            "sent_at": clock.now(dispatch.world).isoformat(),
            "world": dispatch.world,
            "act": proofs.act_block(bytes(content.content), bytes(content.salt)),
            "receipt": act.receipt,
            "inclusion": inclusion,
            **({"files": files} if files else {}),
        },
        keys.private("envelope"),
    )


def _deliver(delivery: Delivery) -> None:
    dispatch = Dispatch.objects.get(id=str(delivery.envelope))
    if dispatch.status in ("arrived", "refused"):
        return
    body = sealed(delivery, dispatch)
    failpoints.reach("envelope.before_post")
    envelope = json.loads(body)
    if dispatch.deployment == settings.SAKIMORI_DEPLOYMENT["name"]:
        channel, answer = "local", receive(parcels.Chunks(parcels.chunks(body, envelope)))
    else:
        channel, answer = "http", _post(dispatch, body, envelope)
    failpoints.reach("envelope.after_post")
    take_acknowledgement(answer, envelope, channel)


def sealed(delivery: Delivery, dispatch: Dispatch) -> bytes:
    """Return the envelope of a delivery: built and signed once, the same bytes at every retry."""
    if delivery.body is None:
        delivery.body = proofs.envelope_bytes(build(dispatch))
        delivery.save(update_fields=["body"])
    return bytes(delivery.body)


def _post(dispatch: Dispatch, body: bytes, envelope: Mapping[str, Any]) -> bytes:
    peer = Peer.objects.filter(world=clock.world(dispatch.world).base, name=dispatch.deployment).first()
    if peer is None or not peer.url:
        raise outbox.DeliveryFailedError("no address: carry the envelope as a file")
    answer = httpx.post(
        f"{peer.url}/envelopes/",
        content=parcels.chunks(body, envelope),
        headers={
            "content-type": "application/octet-stream" if envelope.get("files") else "application/json",
            "content-length": str(parcels.length(body, envelope)),
        },
        timeout=TIMEOUT_SECONDS,
        follow_redirects=False,
    )
    if not answer.is_success:
        raise outbox.DeliveryFailedError(str(answer.status_code), _reason(answer))
    return answer.content


def _reason(answer: httpx.Response) -> str:
    """Return the code of a refusal, as far as it is one: nothing else of an answer is kept."""
    try:
        told = answer.json()["code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return told if isinstance(told, str) and _CODE.fullmatch(told) else ""


def take_acknowledgement(answer: bytes, envelope: Mapping[str, Any], channel: str) -> None:
    """Record an addressee's signed answer to an envelope: the dispatch arrived, or was refused with a reason."""
    dispatch = Dispatch.objects.get(id=envelope["id"])
    proofs.verify_ack(answer, keys.ring(dispatch.world), envelope=envelope)
    acknowledgement = json.loads(answer)
    with transaction.atomic():
        with open_door(str(dispatch.act)):
            Dispatch.objects.filter(id=dispatch.id, status="waiting").update(
                status="sent", channel=channel, sent_at=clock.now(dispatch.world)
            )
        if Dispatch.objects.get(id=dispatch.id).status == "sent":
            door.perform_system(
                "acts.dispatch.arrive",
                {"dispatch": str(dispatch.id), "acknowledgement": acknowledgement},
                world=dispatch.world,
                authorised_by=dispatch.act,
            )


def receive(
    came: bytes | proofs.Readable,
    *,
    limit: int = proofs.MAX_ENVELOPE_BYTES,
    arrived_at: datetime | None = None,
    without_files: bool = False,
) -> bytes:
    """Take in an envelope (of at most `limit` bytes), or a parcel of one and its files; return the signed answer.

    `arrived_at`: when it arrived the first time, for one that was taken in before a loss and comes again; then it may
    come `without_files`. One bad file refuses all of it. Raises `ReadOnlyError` while the deployment only reads (the
    sender tries again later), and `proofs.ProofError` where the envelope or a file's bytes do not verify (nobody is
    answered then). A verified envelope whose act or files are refused here is answered with the refusal; a second copy
    with the first copy's answer.
    """
    standing.require_writable()
    stream = io.BytesIO(came) if isinstance(came, bytes) else came
    body = proofs.open_parcel(stream, limit)
    world = _world_of(body)
    envelope = proofs.verify_envelope(body, keys.ring(world), recipient=settings.SAKIMORI_DEPLOYMENT["name"])
    identity = _identity(envelope.id)
    try:
        return _answer(envelope, identity, body, stream, arrived_at, without_files=without_files)
    finally:
        parcels.discard(stream)


def _answer(
    envelope: proofs.Envelope,
    identity: uuid.UUID,
    body: bytes,
    stream: proofs.Readable,
    arrived_at: datetime | None,
    *,
    without_files: bool,
) -> bytes:
    earlier = Received.objects.filter(id=identity).first()
    if earlier is not None:
        return _again(earlier, envelope.digest)
    try:
        try:
            document = envelopes.opened(envelope)
            parcels.require_fit(envelope.files, document)
            files = () if without_files else envelope.files
            with parcels.spooled(stream, files) as carried, turn(), transaction.atomic():
                effect = _perform(envelope, document, arrived_at, carried)
                answer = _acknowledge(envelope, [str(effect.act)], None)
                _keep(envelope, body, answer, effect.act)
        except ReadOnlyError:
            raise  # nobody is answered: the sender tries again
        except SakimoriError as error:
            answer = _acknowledge(envelope, [], error)
            with transaction.atomic():
                _keep(envelope, body, answer, None)
    except IntegrityError:
        # Another copy was taken in at the same moment.
        return _again(Received.objects.get(id=identity), envelope.digest)
    failpoints.reach("envelope.after_receive")
    return proofs.canonical(answer)


def _identity(named: str) -> uuid.UUID:
    """Return an envelope's id; in one spelling only, for it names the addressee in the act."""
    try:
        found = uuid.UUID(named)
    except ValueError:
        found = None
    if found is None or str(found) != named:
        raise proofs.MalformedError(
            "封筒番号が正しい形ではありません。", "the envelope's id is not of the right form.", where="envelope.id"
        )
    return found


def waiting_files() -> Iterator[tuple[str, bytes]]:
    """Yield id and bytes of every envelope for another deployment that has its proof (to be carried as files)."""
    standing.require_writable()
    for delivery in Delivery.objects.filter(channel="envelope", status="waiting").order_by("next_at"):
        dispatch = Dispatch.objects.get(id=str(delivery.envelope))
        if dispatch.deployment == settings.SAKIMORI_DEPLOYMENT["name"]:
            continue
        try:
            yield str(dispatch.id), sealed(delivery, dispatch)
        except outbox.NotYetError:
            continue


def unproven() -> int:
    """Return how many envelopes for another deployment wait for the log to take their acts in (see `waiting_files`)."""
    waiting = Delivery.objects.filter(channel="envelope", status="waiting", body=None)
    named = [Dispatch.objects.get(id=str(one)) for one in waiting.values_list("envelope", flat=True)]
    elsewhere = [one.act for one in named if one.deployment != settings.SAKIMORI_DEPLOYMENT["name"]]
    return sum(receipts.inclusion_of(act) is None for act in elsewhere)


def receive_file(came: bytes | proofs.Readable) -> bytes:
    """Take in what came as a file; as `receive`, with a spoken error where it does not verify."""
    try:
        return receive(came)
    except proofs.ProofError as error:
        raise SakimoriError(Text(error.ja, error.en), code="envelope.bad", where=error.where) from None


def acknowledge_file(body: bytes) -> None:
    """Take in an acknowledgement that came back as a file: its delivery is done, its dispatch arrived (or refused)."""
    try:
        named = json.loads(body)["envelope_id"]
        delivery = Delivery.objects.get(channel="envelope", envelope=uuid.UUID(str(named)))
        sent = json.loads(bytes(delivery.body or b""))
    except (ValueError, KeyError, TypeError, RecursionError, Delivery.DoesNotExist):
        raise SakimoriError(
            Text("どの封筒への受領確認か分かりません。", "It answers no envelope of ours."), code="envelope.ack"
        ) from None
    try:
        take_acknowledgement(body, sent, "file")
    except proofs.ProofError as error:
        raise SakimoriError(Text(error.ja, error.en), code="envelope.ack", where=error.where) from None
    Delivery.objects.filter(id=delivery.id).update(status="done", done_at=clock.wall())


def _world_of(body: bytes) -> str:
    try:
        named = json.loads(body)["world"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise proofs.MalformedError(
            "封筒ではないか、途中で切れています。",
            "this is no envelope, or one that is cut off before its end.",
            where="envelope",
        ) from None
    if not isinstance(named, str) or named not in clock.worlds():
        raise proofs.MalformedError(
            "封筒の世界がこの設置にありません。", "the envelope's world does not exist here.", where="envelope.world"
        )
    return named


def _again(earlier: Received, digest: str) -> bytes:
    if earlier.digest != digest:
        raise proofs.MismatchError(
            "この封筒番号は別の封筒で使われています。",
            "this envelope id has been used by another envelope.",
            where="envelope.id",
        )
    return proofs.canonical(earlier.acknowledgement)


def _perform(
    envelope: proofs.Envelope,
    document: dict[str, Any],
    arrived_at: datetime | None,
    files: Sequence[attaching.Arriving],
) -> door.Performed:
    said = envelopes.admitted(envelope, document, arrived_at)
    payload = {
        "envelope": envelope.id,
        "sender": str(said.sender),
        "addressee": str(said.addressee),
        "document": document,
    }
    by, cause = SYSTEM(envelope.world), uuid.UUID(envelope.id)
    carried = attaching.Carried(files, said.addressee, said.sender) if files else None
    return door.commit(
        door.Request(said.taken_in_by, payload, by, caused_by=cause, occurred_at=arrived_at, carried=carried)
    )


def _acknowledge(envelope: proofs.Envelope, effects: list[str], error: SakimoriError | None) -> dict[str, Any]:
    reason = {"code": error.code, "ja": error.what.ja, "en": error.what.en} if error else None
    return proofs.sign_ack(
        {
            "envelope_id": envelope.id,
            "envelope_digest": envelope.digest,
            "from": settings.SAKIMORI_DEPLOYMENT["name"],
            "to": envelope.sender,
            "received_at": clock.now(envelope.world).isoformat(),
            "outcome": "refused" if error else "accepted",
            "reason": reason,
            "effects": effects,
        },
        keys.private("envelope"),
    )


def _keep(
    envelope: proofs.Envelope,
    body: bytes,
    answer: dict[str, Any],
    effect: uuid.UUID | None,
) -> None:
    with open_door(envelope.id):
        Received(
            id=uuid.UUID(envelope.id),
            world=envelope.world,
            sender=envelope.sender,
            digest=envelope.digest,
            kind=envelope.receipt.kind[:100],
            content=body,
            acknowledgement=answer,
            received_at=clock.now(envelope.world),
            act=envelopes.number(envelope.receipt.act_id),
            effect=effect,
        ).save(force_insert=True)
