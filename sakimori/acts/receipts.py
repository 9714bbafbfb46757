"""What a person keeps of an act: the receipt (記録証明), with its proof as soon as the log has taken the act in."""

import base64
import uuid
from typing import Any

from sakimori import proofs
from sakimori.acts import epochs
from sakimori.acts.errors import NotFoundError
from sakimori.acts.models import Act, ActContent, Head, Leaf
from sakimori.acts.sequencer import directory
from sakimori.acts.tiles import TileLog
from sakimori.record import Viewer


def proven(act: uuid.UUID) -> dict[str, Any]:
    """Return the receipt of an act with `act` (bytes and salt) and, once sequenced, `inclusion`."""
    row = Act.objects.get(id=act)
    receipt = dict(row.receipt)
    content = ActContent.objects.filter(id=act).first()
    if content is not None:
        receipt["act"] = {
            "bytes": base64.b64encode(bytes(content.content)).decode(),
            "salt": base64.b64encode(bytes(content.salt)).decode(),
        }
    inclusion = inclusion_of(act)
    if inclusion is not None:
        receipt["inclusion"] = inclusion
    return receipt


def inclusion_of(act: uuid.UUID) -> dict[str, Any] | None:
    """Return the inclusion block of an act in the log its receipt promised, or None while it waits for the sequencer.

    An act of a log that was closed (see `epochs`) is proven there.
    """
    position = Leaf.objects.get(of=act).position
    head = Head.objects.order_by("-size").first()
    if position is None or head is None or head.size <= position:
        return None
    promised = Act.objects.values_list("receipt__origin", flat=True).get(id=act)
    if promised != epochs.origin():
        return epochs.proof_of(position, promised)
    proof = TileLog(directory()).inclusion_proof(position, head.size)
    return proofs.inclusion_block(head.note.encode(), position, proof)


def receipt_file(viewer: Viewer, act: uuid.UUID) -> dict[str, Any]:
    """Return the receipt file of an act of the viewer's own organisation; `NotFoundError` for any other."""
    row = Act.objects.filter(id=act, world=viewer.world).first()
    mine = {viewer.organisation, viewer.acting_organisation}
    if row is None or not mine & {row.organisation, row.on_behalf_of}:
        raise NotFoundError(str(act))
    return proven(act)
