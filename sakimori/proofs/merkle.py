"""Merkle tree hashing and proofs of RFC 9162, section 2.1 (the same tree as RFC 6962), with SHA-256.

Bytes in, ProofError out: whatever is passed, the verifiers return None or raise ProofError, nothing else.

- leaf hash = SHA-256(0x00 || data), node hash = SHA-256(0x01 || left || right), empty tree = SHA-256("")
- the left subtree of n > 1 leaves holds k leaves, k the largest power of two smaller than n
- an inclusion proof for (index, size) and a consistency proof for (size1, size2) have exactly one right length
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from sakimori.proofs.encoding import HASH_BYTES
from sakimori.proofs.errors import MalformedError, MismatchError

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves (RFC 9162, section 2.1.1)."""

_MAX_SIZE = 2**63 - 1


def leaf_hash(data: bytes) -> bytes:
    """Return the 32-byte hash of the leaf holding `data` (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of the node over two child hashes (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the 32-byte Merkle tree head over `leaf_hashes` in order (RFC 9162, section 2.1.1)."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaf_hashes:
        height, node = 0, leaf
        while stack and stack[-1][0] == height:
            node = node_hash(stack.pop()[1], node)
            height += 1
        stack.append((height, node))
    return fold_right([node for _, node in stack])


def fold_right(nodes: Sequence[bytes]) -> bytes:
    """Return the root over perfect subtrees of falling size, left to right (32 bytes; the empty root for none)."""
    if not nodes:
        return EMPTY_ROOT
    result = nodes[-1]
    for node in reversed(nodes[:-1]):
        result = node_hash(node, result)
    return result


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int, size: int) -> list[bytes]:
    """Return the inclusion proof of leaf `index` in the tree of the first `size` leaves (RFC 9162, 2.1.3.1).

    For small trees held in memory; a tile store computes its own. Raises MalformedError when there is no such leaf.
    """
    if not 0 <= index < size <= len(leaf_hashes):
        raise _no_such_leaf(index, size)
    low, high = 0, size
    proof: list[bytes] = []
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            proof.append(root(leaf_hashes[middle:high]))
            high = middle
        else:
            proof.append(root(leaf_hashes[low:middle]))
            low = middle
    return proof[::-1]


def consistency_proof(leaf_hashes: Sequence[bytes], size1: int, size2: int) -> list[bytes]:
    """Return the proof that the first `size1` leaves are a prefix of the first `size2` (RFC 9162, 2.1.4.1).

    For small trees held in memory. Raises MalformedError unless 0 < size1 <= size2 <= number of leaves.
    """
    if not 0 < size1 <= size2 <= len(leaf_hashes):
        raise _no_such_sizes(size1, size2)
    low, high, whole = 0, size2, True
    proof: list[bytes] = []
    while high != size1:
        middle = low + split(high - low)
        if size1 <= middle:
            proof.append(root(leaf_hashes[middle:high]))
            high = middle
        else:
            proof.append(root(leaf_hashes[low:middle]))
            low, whole = middle, False
    if not whole:
        proof.append(root(leaf_hashes[low:high]))
    return proof[::-1]


def split(size: int) -> int:
    """Return the largest power of two smaller than `size` (> 1): the leaves of the left subtree."""
    return 1 << (size - 1).bit_length() - 1


def verify_inclusion(leaf_hash: bytes, index: int, tree_size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return None when `proof` shows the leaf at `index` in the tree of `tree_size` with `root` (RFC 9162, 2.1.3.2).

    `leaf_hash`, `root` and every proof element are 32 bytes. Raises MalformedError when an argument cannot be such,
    MismatchError when the hashes do not lead to the root.
    """
    node, wanted = _hash(leaf_hash, "leaf_hash"), _hash(root, "root")
    position, last = _number(index, "index"), _number(tree_size, "tree_size") - 1
    if position > last:
        raise _no_such_leaf(index, tree_size)
    path = _path(proof)
    for sibling in path:
        if last == 0:
            raise _wrong_length()
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        position >>= 1
        last >>= 1
    if last != 0:
        raise _wrong_length()
    if node != wanted:
        raise MismatchError(
            "この記録がログに含まれることの証明が、ルートハッシュと一致しません。",
            "the inclusion proof does not lead to the root hash.",
            where="proof",
        )


def verify_consistency(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    """Return None when `proof` shows the tree (size2, root2) to extend (size1, root1) (RFC 9162, 2.1.4.2).

    Roots and proof elements are 32 bytes, 0 < size1 <= size2; equal sizes need equal roots and an empty proof.
    From an empty tree nothing can be proved, so size1 = 0 is refused. Raises MalformedError or MismatchError.
    """
    first, second = _number(size1, "size1"), _number(size2, "size2")
    if not 0 < first <= second:
        raise _no_such_sizes(size1, size2)
    path = _path(proof)
    # Equal sizes are a plain comparison of bytes; the published vectors compare placeholders shorter than a hash.
    exact = first != second
    old, new = _hash(root1, "root1", exact=exact), _hash(root2, "root2", exact=exact)
    if first == second:
        if path:
            raise _wrong_length()
    elif not path:
        raise _wrong_length()
    else:
        old_again, new_again = _walk_consistency(first, second, path, old)
        if old_again != old:
            raise _not_consistent("root1")
        old = new_again
    if old != new:
        raise _not_consistent("root2")


def _walk_consistency(first: int, second: int, path: list[bytes], old: bytes) -> tuple[bytes, bytes]:
    # Steps 2 to 6 of RFC 9162, section 2.1.4.2; the names fn, sn, fr, sr are the RFC's.
    if first & (first - 1) == 0:
        path = [old, *path]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    fr = sr = path[0]
    for node in path[1:]:
        if sn == 0:
            raise _wrong_length()
        if fn & 1 or fn == sn:
            fr, sr = node_hash(node, fr), node_hash(node, sr)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            sr = node_hash(sr, node)
        fn >>= 1
        sn >>= 1
    if sn != 0:
        raise _wrong_length()
    return fr, sr


def _hash(value: Any, where: str, *, exact: bool = True) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise MalformedError("ハッシュはバイト列であるべきです。", "a hash must be bytes.", where=where)
    data = bytes(value)
    if exact and len(data) != HASH_BYTES:
        raise MalformedError(
            f"ハッシュは{HASH_BYTES}バイトであるべきところ{len(data)}バイトです。",
            f"a hash must be {HASH_BYTES} bytes; this is {len(data)}.",
            where=where,
        )
    return data


def _number(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_SIZE:
        raise MalformedError(
            "0以上2^63未満の整数であるべきです。", "this must be an integer from 0 to 2^63 - 1.", where=where
        )
    return value


def _path(proof: Any) -> list[bytes]:
    if not isinstance(proof, Sequence):
        raise MalformedError(
            "証明はハッシュの列であるべきです。", "a proof must be a sequence of hashes.", where="proof"
        )
    if len(proof) > 2 * _MAX_SIZE.bit_length():
        raise _wrong_length()
    return [_hash(node, f"proof[{place}]") for place, node in enumerate(proof)]


def _wrong_length() -> MalformedError:
    return MalformedError(
        "証明に含まれるハッシュの数が木の大きさに合いません。",
        "the proof has the wrong number of hashes for these sizes.",
        where="proof",
    )


def _no_such_leaf(index: object, size: object) -> MalformedError:
    return MalformedError(
        f"大きさ{size}の木に{index}番の葉はありません。", f"a tree of size {size} has no leaf {index}.", where="index"
    )


def _no_such_sizes(size1: object, size2: object) -> MalformedError:
    return MalformedError(
        f"大きさ{size1}から{size2}への一貫性は証明できません。",
        f"there is no consistency proof from size {size1} to size {size2}.",
        where="size1",
    )


def _not_consistent(where: str) -> MismatchError:
    return MismatchError(
        "ログが追記のみで伸びたことの証明が、ルートハッシュと一致しません。",
        "the consistency proof does not lead to the root hash: the log was not only appended to.",
        where=where,
    )
