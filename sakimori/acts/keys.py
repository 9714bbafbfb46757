"""The deployment's own keys: private halves as files of mode 0600 in the home, public halves in the key ring.

Purposes: `receipt` (every process that performs acts), `log` (the sequencer alone), `envelope` (transport),
`authority` (selection authorities, on the deployment that issues them).
"""

import os
import uuid
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from sakimori import proofs
from sakimori.acts import clock, epochs
from sakimori.errors import SakimoriError
from sakimori.parties.models import Peer
from sakimori.text import Text

PURPOSES = ("receipt", "log", "envelope", "authority", "witness")


def origin() -> str:
    """Return the log's origin line: what this deployment's checkpoints and receipts are named after."""
    return epochs.origin()


def directory() -> Path:
    """Return where the private keys are kept."""
    return Path(settings.SAKIMORI_HOME) / "keys"


def create(purpose: str) -> Ed25519PrivateKey:
    """Create and store this deployment's key for a purpose; an existing one is never overwritten."""
    path = directory() / f"{purpose}.pem"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(encoded)
    return key


@cache
def private(purpose: str) -> Ed25519PrivateKey:
    """Return this deployment's private key for a purpose; `SakimoriError` where it has none."""
    path = directory() / f"{purpose}.pem"
    if not path.exists():
        raise SakimoriError(
            Text(f"鍵「{purpose}」がありません。", f"The key “{purpose}” is missing."),
            code="keys.missing",
            where=path.name,
            mend=Text("`sakimori init` を実行してください。", "Run `sakimori init`."),
        )
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SakimoriError(Text("Ed25519 の鍵ではありません。", "Not an Ed25519 key."), where=path.name)
    return key


def public_row(purpose: str, valid_from: datetime) -> proofs.PublicKey:
    """Return the public half of this deployment's key for a purpose, as a key ring entry."""
    raw = private(purpose).public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    name = origin() if purpose == "log" else None
    return proofs.PublicKey(settings.SAKIMORI_DEPLOYMENT["name"], purpose, name, raw, valid_from)


def rotate(purpose: str, at: datetime) -> proofs.PublicKey:
    """Replace this deployment's key for a purpose from `at` on and return the new public key.

    The old private half is destroyed; its public half stays in the ring, good for what it signed before `at`. Restart
    the processes of the deployment and hand the new ring to the peers (`parties.peer.rekey`).
    """
    old = private(purpose)
    raw = old.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    kept = [
        replace(key, valid_until=at) if key.public_key == raw and key.valid_until is None else key for key in own_ring()
    ]
    (directory() / f"{purpose}.pem").unlink()
    private.cache_clear()
    create(purpose)
    fresh = public_row(purpose, at)
    own_ring_path().write_bytes(proofs.format_keyring(proofs.KeyRing([*kept, fresh])))
    return fresh


def replace_all(at: datetime) -> None:
    """Make every private key anew from `at` on, where the old ones are gone; their public halves stay in the ring."""
    for purpose in PURPOSES[:4]:
        (directory() / f"{purpose}.pem").unlink(missing_ok=True)
        create(purpose)
    private.cache_clear()
    kept = [key if key.valid_until is not None else replace(key, valid_until=at) for key in own_ring()]
    fresh = [public_row(purpose, at) for purpose in PURPOSES[:4]]
    own_ring_path().write_bytes(proofs.format_keyring(proofs.KeyRing([*kept, *fresh])))


def own_ring_path() -> Path:
    """Return the file that holds this deployment's own public keys, to be handed to others."""
    return Path(settings.SAKIMORI_HOME) / "keyring.json"


def own_ring() -> proofs.KeyRing:
    """Return the key ring of this deployment's own public keys."""
    return proofs.parse_keyring(own_ring_path().read_bytes())


def ring(world: str) -> proofs.KeyRing:
    """Return every public key trusted in a world: our own and those of the enrolled peers."""
    peers = Peer.objects.filter(world=clock.world(world).base).values_list("keys", flat=True)
    rows = [row for keys in peers for row in keys]
    given = proofs.parse_keyring({"type": "sakimori.keyring/1", "keys": rows})
    own = {key.id: key for key in own_ring()}
    return proofs.KeyRing([*own.values(), *(key for key in given if key.id not in own)])


def sign_receipt(
    *,
    deployment: str,
    world: str,
    act: uuid.UUID,
    kind: str,
    kind_version: int,
    recorded_at: datetime,
    commitment: bytes,
) -> dict[str, Any]:
    """Return the signed receipt of an act: a promise that the log will take it in."""
    return proofs.sign_receipt(
        {
            "deployment": deployment,
            "origin": origin(),
            "world": world,
            "act_id": str(act),
            "kind": kind,
            "kind_version": kind_version,
            "recorded_at": recorded_at.isoformat(),
            "commitment": commitment.hex(),
        },
        private("receipt"),
    )
