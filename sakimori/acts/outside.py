"""What is known of our log outside this home: the anchor, a copy of the newest checkpoint kept elsewhere.

`SAKIMORI_ANCHOR` names a directory that is not put back together with the home (another disk, a share, a write-once
medium). The sequencer writes every checkpoint it published there; a home that was rolled back finds out by it.
"""

import logging
import os
from pathlib import Path

from django.conf import settings

from sakimori import proofs
from sakimori.acts import epochs, keys

_log = logging.getLogger("sakimori.anchor")


def anchor_path() -> Path | None:
    """Return the file of this deployment's anchor, or None where no anchor is set up."""
    directory = os.environ.get("SAKIMORI_ANCHOR", "")
    return Path(directory) / f"{settings.SAKIMORI_DEPLOYMENT['name']}.checkpoint" if directory else None


def anchor(note: bytes) -> None:
    """Keep a published checkpoint in the anchor. A fault is logged, not raised: the doctor looks after it."""
    path = anchor_path()
    if path is None:
        return
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_bytes(note)
        temporary.replace(path)
    except OSError as error:
        _log.error("anchor: %s", type(error).__name__)


def anchored() -> proofs.Checkpoint | None:
    """Return the checkpoint in the anchor once it is signed by our own log key; None where there is none.

    A file that does not verify, or is of a log that was closed, is as good as none: it proves nothing about our log.
    """
    path = anchor_path()
    try:
        note = path.read_bytes() if path else b""
    except OSError:
        return None
    return own_checkpoint(note)


def own_checkpoint(note: bytes) -> proofs.Checkpoint | None:
    """Return the checkpoint in `note` once our log key signed it for the log that runs now, else None."""
    ring = keys.own_ring()
    try:
        origin = epochs.origin()
        found = proofs.verify_checkpoint(note, origin=origin, keys=ring.log_keys(origin))
    except proofs.ProofError:
        return None
    return found.checkpoint
