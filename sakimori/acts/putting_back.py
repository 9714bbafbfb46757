"""Putting back what the database lost: leaves from the log's files, our own acts from others' copies.

Runs inside the act `acts.log.clear`, so that all of it stands or falls with that act.
"""

import json
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from sakimori import proofs
from sakimori.acts import epochs, keys, refetching, standing
from sakimori.acts.models import Act, ActContent, Dispatch, Leaf
from sakimori.acts.tiles import TileLog
from sakimori.parties.models import Organisation
from sakimori.record import open_door

FILE = "catch-up.json"
LOST = "lost"
"""What a leaf is whose act or reading nobody has any more; the log keeps its commitment."""


def run(way: str) -> None:
    """Put back leaves and acts (inside a transaction, in the act that clears); write what was done to `FILE`."""
    with open_door("recovery"):
        acts = [_act(one) for one in refetching.kept() if one.own]
        put_back = sum(acts)
        tiles = _closed_tiles() if way == "epoch" else TileLog(settings.SAKIMORI_LOG)
        lost = _leaves(tiles)
        if way == "epoch":
            _promise_anew()
    report = json.dumps({"lost": lost, "put_back": put_back})
    (Path(settings.SAKIMORI_HOME) / FILE).write_text(report, encoding="utf-8")


def _closed_tiles() -> TileLog:
    return TileLog(Path(settings.SAKIMORI_HOME) / epochs.closed()[-1].directory)


def _leaves(tiles: TileLog) -> int:
    """Give every leaf of the log's files its row; return how many are of acts or readings nobody has."""
    first = standing.leaves()
    waiting = {
        bytes(commitment): row
        for row, commitment in Leaf.objects.filter(position__isnull=True).values_list("id", "commitment")
    }
    lost = []
    for position, entry in enumerate(tiles.entries(first, tiles.size) if first < tiles.size else [], start=first):
        row = waiting.pop(entry, None)
        if row is not None:
            Leaf.objects.filter(id=row).update(position=position)
        else:
            name = uuid.uuid5(uuid.NAMESPACE_OID, f"{keys.origin()}/{position}/{entry.hex()}")
            lost.append(Leaf(of=name, what=LOST, commitment=entry, position=position))
    Leaf.objects.bulk_create(lost, batch_size=1000)
    return len(lost)


def _act(one: refetching.Refetched) -> int:
    """Put back one of our own acts with its dispatches, word for word; 0 where we have it."""
    envelope = proofs.verify_envelope(one.body, keys.ring(one.world))
    document = json.loads(envelope.act.content)
    identity = uuid.UUID(document["id"])
    if Act.objects.filter(id=identity).exists() or not envelope.act.committed or envelope.act.salt is None:
        return 0
    receipt = json.loads(one.body)["receipt"]
    commitment = bytes.fromhex(receipt["commitment"])
    leaf = Leaf(of=identity, what="act", commitment=commitment)
    leaf.save(force_insert=True)
    _row(document, receipt, leaf.id).save(force_insert=True)
    salt = envelope.act.salt
    ActContent(id=identity, world=one.world, content=envelope.act.content, salt=salt).save(force_insert=True)
    for dispatch, addressee in document["sent_to"].items():
        _dispatch(uuid.UUID(dispatch), uuid.UUID(str(addressee)), document).save(force_insert=True)
    return 1


def _row(document: dict[str, Any], receipt: dict[str, Any], number: int) -> Act:
    actor = document["actor"]
    return Act(
        id=uuid.UUID(document["id"]),
        world=document["world"],
        number=number,
        kind=document["kind"],
        kind_version=document["kind_version"],
        deployment=document["deployment"],
        person=actor["person"],
        organisation=actor["organisation"],
        organisation_type=actor["organisation_type"] or "",
        role=actor["role"] or "",
        on_behalf_of=actor["on_behalf_of"],
        proposed_by=document["proposed_by"],
        proposal=document["proposal"],
        caused_by=document["caused_by"],
        subject_type=document["subject"]["type"],
        subject=document["subject"]["id"],
        occurred_at=datetime.fromisoformat(document["occurred_at"]),
        recorded_at=datetime.fromisoformat(document["recorded_at"]),
        basis=document["basis"],
        law_digest=document["law_digest"],
        commitment=receipt["commitment"],
        receipt=receipt,
    )


def _dispatch(identity: uuid.UUID, addressee: uuid.UUID, document: dict[str, Any]) -> Dispatch:
    host = Organisation.objects.filter(id=addressee).values_list("deployment", flat=True).first() or ""
    return Dispatch(
        id=identity,
        world=document["world"],
        act=uuid.UUID(document["id"]),
        kind=document["kind"],
        sender=document["actor"]["on_behalf_of"] or document["actor"]["organisation"],
        addressee=addressee,
        deployment=host,
        created_at=datetime.fromisoformat(document["recorded_at"]),
    )


def _promise_anew() -> None:
    """Sign receipts anew, for the new log, of acts that the closed log never took in."""
    waiting = Leaf.objects.filter(what="act", position__isnull=True).values_list("of", flat=True)
    for act in Act.objects.filter(id__in=list(waiting)).exclude(receipt__origin=keys.origin()):
        act.receipt = keys.sign_receipt(
            deployment=act.deployment,
            world=act.world,
            act=act.id,
            kind=act.kind,
            kind_version=act.kind_version,
            recorded_at=datetime.fromisoformat(act.receipt["recorded_at"]),
            commitment=bytes.fromhex(act.commitment),
        )
        act.save(update_fields=["receipt"])
