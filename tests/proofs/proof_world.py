"""Keys, a small log and documents that the tests of this package share; everything from fixed seeds."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori import proofs
from sakimori.proofs import merkle
from sakimori.proofs.layout import ENTRIES, TILE_WIDTH, level_width, levels, pack_entry, tile_path, tile_width

ORIGIN = "operator.example/log"
WITNESS = "committee.example/witness"
PURPOSES = ("receipt", "log", "envelope", "authority", "witness")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
RECORDED = "2026-11-20T09:00:00+09:00"
SENT = "2026-11-20T09:00:05+09:00"
COSIGNED = 1_795_132_810
ACT = '{"件名":"届出"}'.encode()
SALT = bytes(range(32))
COMMITMENT = proofs.commit(ACT, SALT)


def private(owner: str, purpose: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(proofs.digest(f"{owner} {purpose}".encode())))


def public(owner: str, purpose: str, /, **changes: Any) -> proofs.PublicKey:
    name = {"log": f"{owner}.example/log", "witness": f"{owner}.example/witness"}.get(purpose)
    fields: dict[str, Any] = {
        "owner": owner,
        "purpose": purpose,
        "name": name,
        "public_key": private(owner, purpose).public_key().public_bytes_raw(),
        "valid_from": SINCE,
    }
    return proofs.PublicKey(**{**fields, **changes})


def ring(*without: tuple[str, str]) -> proofs.KeyRing:
    owners = ("operator", "minister", "committee")
    pairs = [(owner, purpose) for owner in owners for purpose in PURPOSES if (owner, purpose) not in without]
    return proofs.KeyRing(public(*pair) for pair in pairs)


def ring_with(changed: proofs.PublicKey) -> proofs.KeyRing:
    return proofs.KeyRing([changed, *(key for key in ring() if key.id != changed.id)])


def receipt(**changes: Any) -> dict[str, Any]:
    fields = {
        "deployment": "operator",
        "origin": ORIGIN,
        "world": "real",
        "act_id": "0193-1",
        "kind": "asset.notify",
        "kind_version": 1,
        "recorded_at": RECORDED,
        "commitment": COMMITMENT.hex(),
    }
    return proofs.sign_receipt({**fields, **changes}, private("operator", "receipt"))


def entries(size: int) -> list[bytes]:
    others = [proofs.digest(str(number).encode()) for number in range(size)]
    return [COMMITMENT if place == 3 else bytes.fromhex(other) for place, other in enumerate(others)]


def checkpoint(leaves: list[bytes], *, cosigned: bool = True) -> bytes:
    root = merkle.root([merkle.leaf_hash(leaf) for leaf in leaves])
    note = proofs.sign_checkpoint(ORIGIN, len(leaves), root, private("operator", "log"))
    if not cosigned:
        return note
    mine = proofs.cosign_checkpoint(note, WITNESS, private("committee", "witness"), COSIGNED)
    return proofs.add_signatures(note, [mine])


def inclusion(size: int = 11) -> dict[str, Any]:
    leaves = entries(size)
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    return proofs.inclusion_block(checkpoint(leaves), 3, merkle.inclusion_proof(hashes, 3, size))


def receipt_file() -> dict[str, Any]:
    return {**receipt(), "inclusion": inclusion(), "act": proofs.act_block(ACT, SALT)}


def envelope(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": "0193-e",
        "from": "operator",
        "to": "minister",
        "sent_at": SENT,
        "world": "real",
        "act": proofs.act_block(ACT, SALT),
        "receipt": receipt(),
        "inclusion": inclusion(),
    }
    return proofs.sign_envelope({**fields, **changes}, private("operator", "envelope"))


def files(*contents: bytes) -> list[dict[str, Any]]:
    """Return the entries of an envelope for files with these contents."""
    return [
        {"digest": proofs.digest(one), "name": f"{place}.txt", "media_type": "text/plain", "size": len(one)}
        for place, one in enumerate(contents)
    ]


def parcel(*contents: bytes, **changes: Any) -> bytes:
    """Return a parcel of files with these contents; `changes` replaces parts of its envelope before it is signed."""
    body = proofs.envelope_bytes(envelope(**{"files": files(*contents), **changes}))
    return b"".join(proofs.parcel_chunks(body, [[one] for one in contents]))


def ack(sent: dict[str, Any], **changes: Any) -> dict[str, Any]:
    fields = {
        "envelope_id": sent["id"],
        "envelope_digest": proofs.digest(proofs.envelope_bytes(sent)),
        "from": "minister",
        "to": "operator",
        "received_at": "2026-11-20T09:01:00+09:00",
        "outcome": "accepted",
        "reason": None,
        "effects": ["0193-2"],
    }
    return proofs.sign_ack({**fields, **changes}, private("minister", "envelope"))


def write_log(path: Path, leaves: list[bytes], partials: tuple[int, ...] = ()) -> None:
    """Write a log's files by definition (c2sp.org/tlog-tiles), slowly, with the partial tiles of smaller trees too."""
    for size in (*partials, len(leaves)):
        _write_tree(path, leaves[:size])
    (path / "checkpoint").write_bytes(checkpoint(leaves))


def _write_tree(path: Path, leaves: list[bytes]) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    for level in (ENTRIES, *range(levels(len(leaves)))):
        for index in range(-(-level_width(level, len(leaves)) // TILE_WIDTH)):
            width, first = tile_width(level, index, len(leaves)), index * TILE_WIDTH
            target = path / tile_path(level, index, width)
            target.parent.mkdir(parents=True, exist_ok=True)
            if level == ENTRIES:
                target.write_bytes(b"".join(map(pack_entry, leaves[first : first + width])))
            else:
                span = TILE_WIDTH**level
                nodes = [
                    merkle.root(hashes[place * span : (place + 1) * span]) for place in range(first, first + width)
                ]
                target.write_bytes(b"".join(nodes))
