"""Refetching after a loss: what other deployments hold of us, asked for and handed over.

`POST /envelopes/catch-up/`: a request signed with the asker's envelope key (type `sakimori.catchup/1`), good for ten
minutes and for one addressee. The answer holds only what the asker itself sent (envelopes and our acknowledgements) and
what was sent to the asker and acknowledged by it: nothing it did not have before. The files of such an envelope are
asked for one by one (type `sakimori.catchup-file/1`).
"""

import base64
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from sakimori import proofs
from sakimori.acts import clock, keys
from sakimori.acts.models import AttachedContent, Delivery, Dispatch, Received
from sakimori.errors import SakimoriError
from sakimori.text import Text

TYPE = "sakimori.catchup/1"
FRESH_SECONDS = 600
ASKED_AT_ONCE = 20
MAX_ANSWER_BYTES = 24 << 20
_NEWEST = 50
FILE_TYPE = "sakimori.catchup-file/1"
_COMMON = {"type", "from", "to", "world", "at", "key_id", "signature"}
_FIELDS = {TYPE: {*_COMMON, "ids"}, FILE_TYPE: {*_COMMON, "id", "digest"}}


class CatchUpError(SakimoriError):
    """A request to hand over what we hold of another deployment cannot be answered."""

    code = "catchup.refused"


def request(peer: str, world: str, ids: Sequence[str] | None = None) -> bytes:
    """Return a signed request to `peer`: for the list of what it holds of us, or for the envelopes with these ids."""
    return _signed(peer, world, {"type": TYPE, "ids": list(ids) if ids is not None else None})


def file_request(peer: str, world: str, envelope: str, digest: str) -> bytes:
    """Return a signed request to `peer` for a file of an envelope that it sent us or had from us."""
    return _signed(peer, world, {"type": FILE_TYPE, "id": envelope, "digest": digest})


def _signed(peer: str, world: str, what: Mapping[str, Any]) -> bytes:
    own = settings.SAKIMORI_DEPLOYMENT["name"]
    fields = {"from": own, "to": peer, "world": world, "at": clock.wall().isoformat(), **what}
    return proofs.canonical(proofs.sign_document(fields, keys.private("envelope")))


def answer(body: bytes) -> dict[str, Any] | bytes:
    """Return what a verified request asks for; `CatchUpError` where it does not verify. A file comes as its bytes.

    The list: `{checkpoint, held: [[id, digest]], sent: [id]}`; envelopes: `{envelopes: [{id, envelope, ack}]}`, as
    many as fit an answer (base64), so that the asker asks again for the rest.
    """
    asked = _verified(body)
    asker, world = str(asked["from"]), str(asked["world"])
    if asked["type"] == FILE_TYPE:
        return _file(asker, world, asked["id"], asked["digest"])
    if asked["ids"] is None:
        return _listed(asker, world)
    return {"envelopes": list(_envelopes(asker, world, asked["ids"]))}


def _verified(body: bytes) -> Mapping[str, Any]:
    try:
        asked = json.loads(body)
        at = datetime.fromisoformat(asked["at"])
        formed = set(asked) == _FIELDS[asked["type"]] and at.tzinfo is not None
        formed = formed and asked["to"] == settings.SAKIMORI_DEPLOYMENT["name"] and asked["world"] in clock.worlds()
        ids = [asked["id"]] if asked["type"] == FILE_TYPE else asked["ids"]
        formed = formed and (ids is None or (isinstance(ids, list) and _are_ids(ids)))
    except (ValueError, KeyError, TypeError, RecursionError):
        formed = False
    if not formed:
        raise CatchUpError(Text("取り戻しの依頼の形が正しくありません。", "The request is not of the right form."))
    if abs((clock.wall() - at).total_seconds()) > FRESH_SECONDS:
        raise CatchUpError(
            Text("取り戻しの依頼の時刻が離れすぎています。", "The request's time is too far from ours."),
            mend=Text("双方の時計を合わせてください。", "Set both clocks right."),
        )
    ring = keys.ring(asked["world"])
    try:
        proofs.verify_document(asked, ring, purpose="envelope", owner=str(asked["from"]), at=at)
    except proofs.ProofError as error:
        raise CatchUpError(Text(error.ja, error.en)) from None
    return dict(asked)


def _are_ids(ids: list[Any]) -> bool:
    return len(ids) <= ASKED_AT_ONCE and all(uuid.UUID(one) for one in ids)


def _listed(asker: str, world: str) -> dict[str, Any]:
    held = Received.objects.filter(sender=asker, world=world)
    sent = Dispatch.objects.filter(deployment=asker, world=world).exclude(acknowledgement=None)
    return {
        "checkpoint": _newest_checkpoint(held.order_by("-received_at").values_list("content", flat=True)[:_NEWEST]),
        "held": [[str(row), digest] for row, digest in held.values_list("id", "digest")],
        "sent": [str(row) for row in sent.values_list("id", flat=True)],
    }


def _newest_checkpoint(contents: Iterable[bytes]) -> str:
    """Return the largest checkpoint of the asker's log that its own envelopes brought us; empty where none did."""
    notes = [json.loads(bytes(content)).get("inclusion", {}).get("checkpoint", "") for content in contents]
    return max(filter(None, notes), key=lambda note: proofs.parse_checkpoint(note.encode()).size, default="")


def _envelopes(asker: str, world: str, ids: list[str]) -> Iterable[dict[str, Any]]:
    size = 0
    for identity in ids:
        found = _held(asker, world, identity) or _sent(asker, world, identity)
        if found is None:
            continue
        body, acknowledgement = found
        size += len(body)
        if size > MAX_ANSWER_BYTES and size != len(body):
            return
        yield {"id": identity, "envelope": base64.b64encode(body).decode(), "ack": acknowledgement}


def _file(asker: str, world: str, identity: str, digest: Any) -> bytes:
    """Return a file that an envelope of the asker's, or one to it, names; refused where it names no such file."""
    found = _held(asker, world, identity) or _sent(asker, world, identity)
    named = json.loads(found[0]).get("files", []) if found else []
    kept = None
    if digest in [one["digest"] for one in named]:
        kept = AttachedContent.objects.filter(world=world, digest=digest).first()
    if kept is None:
        raise CatchUpError(Text("そのファイルはここにありません。", "There is no such file here."))
    return bytes(kept.content)


def _held(asker: str, world: str, identity: str) -> tuple[bytes, Any] | None:
    row = Received.objects.filter(id=identity, sender=asker, world=world).first()
    return (bytes(row.content), row.acknowledgement) if row else None


def _sent(asker: str, world: str, identity: str) -> tuple[bytes, Any] | None:
    row = Dispatch.objects.filter(id=identity, deployment=asker, world=world).exclude(acknowledgement=None).first()
    if row is None:
        return None
    body = Delivery.objects.filter(envelope=row.id).values_list("body", flat=True).first()
    return (bytes(body), row.acknowledgement) if body is not None else None
