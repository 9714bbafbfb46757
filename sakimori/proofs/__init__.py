"""Proofs: Merkle trees, checkpoints, receipts, envelopes and the keys behind them.

Pure (no database, no network, no clock) and shipped alone as the console script `sakimori-verify`.
Whatever is passed in, what comes out is a result or ProofError.
"""

from sakimori.proofs.canonical import canonical, digest
from sakimori.proofs.commitment import commit, commitment_leaf, verify_commitment
from sakimori.proofs.errors import KeyRingError, MalformedError, MismatchError, ProofError, SignatureError
from sakimori.proofs.merkle import leaf_hash, node_hash, verify_consistency, verify_inclusion

__all__ = [
    "KeyRingError",
    "MalformedError",
    "MismatchError",
    "ProofError",
    "SignatureError",
    "canonical",
    "commit",
    "commitment_leaf",
    "digest",
    "leaf_hash",
    "node_hash",
    "verify_commitment",
    "verify_consistency",
    "verify_inclusion",
]
