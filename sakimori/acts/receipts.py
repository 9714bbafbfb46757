"""What a person keeps of an act: the receipt (記録証明), with its proof as soon as the log has taken the act in."""

import base64
import uuid
from typing import Any

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
    position = Leaf.objects.get(of=act).position
    head = Head.objects.filter(size__gt=position).order_by("-size").first() if position is not None else None
    if head is not None and position is not None:
        proof = TileLog(directory()).inclusion_proof(position, head.size)
        receipt["inclusion"] = {
            "index": position,
            "checkpoint": head.note,
            "proof": [base64.b64encode(node).decode() for node in proof],
        }
    return receipt


def receipt_file(viewer: Viewer, act: uuid.UUID) -> dict[str, Any]:
    """Return the receipt file of an act of the viewer's own organisation; `NotFoundError` for any other."""
    row = Act.objects.filter(id=act, world=viewer.world).first()
    mine = {viewer.organisation, viewer.acting_organisation}
    if row is None or not mine & {row.organisation, row.on_behalf_of}:
        raise NotFoundError(str(act))
    return proven(act)
