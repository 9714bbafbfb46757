"""Staged bulk acts: rows are laid down first, then one act takes them all, or none.

Staging writes desk tables only. The act's document carries the batch's count and the Merkle root of its rows
(RFC 9162 hashing over each row's canonical JSON), so the log binds every row without holding any.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction

from sakimori import proofs
from sakimori.acts import clock, registry
from sakimori.acts.models import Batch, BatchItem, Proposal
from sakimori.record import Viewer
from sakimori.record.laying import stack

CHUNK = 1000


def stage(kind: str, rows: Iterable[Mapping[str, Any]], *, by: Viewer) -> Batch:
    """Stage rows (plain JSON data) for one bulk act of `kind` and return the batch.

    Rows are streamed: memory holds one chunk and 32 bytes a row. Nothing counts until the act is performed. Raises what
    the kind's handler raises for a row that may not be staged here; then nothing is kept.
    """
    handler = registry.handlers().get(kind)
    require_row = handler.require_row if handler else None
    hashes: list[bytes] = []
    with transaction.atomic():
        batch = Batch.objects.create(
            world=by.world,
            kind=kind,
            organisation=by.acting_organisation,
            count=0,
            root="",
            staged_at=clock.now(by.world),
        )

        def items() -> Iterator[dict[str, Any]]:
            for position, row in enumerate(rows):
                if require_row is not None:
                    require_row(row)
                content = proofs.canonical(dict(row))
                hashes.append(proofs.leaf_hash(content))
                yield {"batch": batch, "position": position, "content": content}

        stack(BatchItem, items(), CHUNK)
        batch.count = len(hashes)
        batch.root = proofs.root(hashes).hex()
        batch.save(update_fields=["count", "root"])
    return batch


def root_of(batch: uuid.UUID) -> tuple[str, int]:
    """Return the Merkle root (hex) over a batch's rows as they stand now, and their number."""
    rows = BatchItem.objects.filter(batch_id=batch).order_by("position").values_list("content", flat=True)
    hashes = [proofs.leaf_hash(bytes(content)) for content in rows.iterator(chunk_size=CHUNK)]
    return proofs.root(hashes).hex(), len(hashes)


def holds(batch: uuid.UUID, rows: Iterable[Mapping[str, Any]], *, by: Viewer) -> bool:
    """Return whether a batch was staged from exactly these rows in this order, by its Merkle root."""
    found = Batch.objects.filter(id=batch, world=by.world, organisation=by.acting_organisation).first()
    if found is None:
        return False
    hashes = [proofs.leaf_hash(proofs.canonical(dict(row))) for row in rows]
    return (found.count, found.root) == (len(hashes), proofs.root(hashes).hex())


def discard(batch: uuid.UUID, *, by: Viewer) -> None:
    """Drop a staged batch that no act has used; one that an open proposal rests on stays."""
    if Proposal.objects.filter(batch=batch, status="open").exists():
        return
    Batch.objects.filter(id=batch, world=by.world, organisation=by.acting_organisation, used_by=None).delete()
