"""Proofs: Merkle trees, checkpoints, receipts, envelopes and the keys behind them.

Pure (no database, no network, no clock) and shipped alone as the console script `sakimori-verify`.
Whatever is passed in, what comes out is a result or ProofError.
"""

from sakimori.proofs.blocks import Act, Inclusion, act_block, inclusion_block, verify_with_ring
from sakimori.proofs.canonical import canonical, digest
from sakimori.proofs.checkpoint import (
    Checkpoint,
    VerifiedCheckpoint,
    add_signatures,
    cosign_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from sakimori.proofs.commitment import commit, commitment_leaf, verify_commitment
from sakimori.proofs.document import sign_document, verify_document
from sakimori.proofs.envelope import (
    MAX_ENVELOPE_BYTES,
    Ack,
    Envelope,
    Reason,
    envelope_bytes,
    sign_ack,
    sign_envelope,
    verify_ack,
    verify_envelope,
)
from sakimori.proofs.errors import (
    KeyRingError,
    MalformedError,
    MismatchError,
    ProofError,
    SignatureError,
    TooLargeError,
)
from sakimori.proofs.keyring import KeyRing, PublicKey, Revocation, format_keyring, key_id, parse_keyring
from sakimori.proofs.logdir import LogReport, inspect_log
from sakimori.proofs.merkle import leaf_hash, node_hash, root, verify_consistency, verify_inclusion
from sakimori.proofs.note import NoteSignature, VerifierKey, parse_signature_lines, parse_vkey
from sakimori.proofs.parcel import (
    Carried,
    Readable,
    file_chunks,
    open_parcel,
    parcel_chunks,
    parcel_length,
    require_end,
    verify_parcel_files,
)
from sakimori.proofs.receipt import Receipt, sign_receipt, verify_receipt
from sakimori.proofs.webhook import ReplayError, Webhook, verify_webhook
from sakimori.proofs.witness import AddCheckpoint, WitnessRefusal, format_add_checkpoint, judge, parse_add_checkpoint

__all__ = [
    "MAX_ENVELOPE_BYTES",
    "Ack",
    "Act",
    "AddCheckpoint",
    "Carried",
    "Checkpoint",
    "Envelope",
    "Inclusion",
    "KeyRing",
    "KeyRingError",
    "LogReport",
    "MalformedError",
    "MismatchError",
    "NoteSignature",
    "ProofError",
    "PublicKey",
    "Readable",
    "Reason",
    "Receipt",
    "ReplayError",
    "Revocation",
    "SignatureError",
    "TooLargeError",
    "VerifiedCheckpoint",
    "VerifierKey",
    "Webhook",
    "WitnessRefusal",
    "act_block",
    "add_signatures",
    "canonical",
    "commit",
    "commitment_leaf",
    "cosign_checkpoint",
    "digest",
    "envelope_bytes",
    "file_chunks",
    "format_add_checkpoint",
    "format_keyring",
    "inclusion_block",
    "inspect_log",
    "judge",
    "key_id",
    "leaf_hash",
    "node_hash",
    "open_parcel",
    "parcel_chunks",
    "parcel_length",
    "parse_add_checkpoint",
    "parse_checkpoint",
    "parse_keyring",
    "parse_signature_lines",
    "parse_vkey",
    "require_end",
    "root",
    "sign_ack",
    "sign_checkpoint",
    "sign_document",
    "sign_envelope",
    "sign_receipt",
    "verify_ack",
    "verify_checkpoint",
    "verify_commitment",
    "verify_consistency",
    "verify_document",
    "verify_envelope",
    "verify_inclusion",
    "verify_parcel_files",
    "verify_receipt",
    "verify_webhook",
    "verify_with_ring",
]
