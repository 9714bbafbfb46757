import base64
import contextlib
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from sakimori import proofs
from sakimori.proofs import merkle

# RFC 6962 test leaves and heads, as published with Certificate Transparency implementations
# (transparency-dev/merkle testonly/constants.go): eight leaves, the tree head after each.
LEAVES = [bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes.fromhex("606162636465666768696a6b6c6d6e6f")
]
HEADS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def head(size: int) -> bytes:
    return bytes.fromhex(HEADS[size])


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """The recursive definition of RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 9162, section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: Sequence[bytes], *, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, section 2.1.4.1."""
    if m == len(leaves):
        return [] if known else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, leaves[:k], known=known), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], known=False), naive_root(leaves[:k])]


def test_published_roots() -> None:
    assert [merkle.root(HASHES[:size]).hex() for size in range(9)] == HEADS


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        # transparency-dev/merkle testonly/reference_test.go.
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1,
            5,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_published_inclusion_proofs(index: int, size: int, proof: list[str]) -> None:
    nodes = [bytes.fromhex(node) for node in proof]
    assert merkle.inclusion_proof(HASHES, index, size) == nodes
    proofs.verify_inclusion(HASHES[index], index, size, nodes, head(size))


@pytest.mark.parametrize(
    ("size1", "size2", "proof"),
    [
        # transparency-dev/merkle testonly/reference_test.go.
        (1, 1, []),
        (
            1,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_published_consistency_proofs(size1: int, size2: int, proof: list[str]) -> None:
    nodes = [bytes.fromhex(node) for node in proof]
    assert merkle.consistency_proof(HASHES, size1, size2) == nodes
    proofs.verify_consistency(size1, size2, nodes, head(size1), head(size2))


def test_the_published_case_of_equal_sizes_compares_placeholders() -> None:
    # transparency-dev/merkle testdata/consistency/additional: "sizes are equal (one) and proof is empty".
    proofs.verify_consistency(1, 1, [], base64.b64decode("ZG9uJ3QgY2FyZSAy"), base64.b64decode("ZG9uJ3QgY2FyZSAy"))
    with pytest.raises(proofs.ProofError):
        proofs.verify_consistency(1, 1, [], base64.b64decode("ZG9uJ3QgY2FyZSAx"), base64.b64decode("ZG9uJ3QgY2FyZSAy"))


leaves_of_a_tree = st.lists(st.binary(max_size=8), min_size=1, max_size=80, unique=True)


@given(leaves_of_a_tree, st.data())
def test_against_the_naive_definition(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    index, older = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    root = naive_root(leaves[:size])
    assert merkle.root(hashes[:size]) == root
    path = naive_path(index, leaves[:size])
    assert merkle.inclusion_proof(hashes, index, size) == path
    proofs.verify_inclusion(hashes[index], index, size, path, root)
    growth = naive_subproof(older, leaves[:size], known=True)
    assert merkle.consistency_proof(hashes, older, size) == growth
    proofs.verify_consistency(older, size, growth, naive_root(leaves[:older]), root)


@given(leaves_of_a_tree, st.data())
def test_against_pymerkle(leaves: list[bytes], data: st.DataObject) -> None:
    tree = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    index = data.draw(st.integers(0, len(leaves) - 1))
    older = data.draw(st.integers(1, len(leaves)))
    assert merkle.root(hashes) == tree.get_root()
    # Its proof begins with the leaf itself.
    theirs = [bytes.fromhex(node) for node in tree.prove_inclusion(index + 1).serialize()["path"]]
    assert merkle.inclusion_proof(hashes, index, len(leaves)) == theirs[1:]
    growth = merkle.consistency_proof(hashes, older, len(leaves))
    # Its consistency proofs are of another form than the RFC's; the two heads are the oracle.
    proofs.verify_consistency(older, len(leaves), growth, tree.get_root(older), tree.get_root())


@given(leaves_of_a_tree, st.data())
def test_any_change_to_an_inclusion_proof_is_found(leaves: list[bytes], data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    size, index = len(leaves), data.draw(st.integers(0, len(leaves) - 1))
    good: list[Any] = [hashes[index], index, size, merkle.inclusion_proof(hashes, index, size), merkle.root(hashes)]
    proofs.verify_inclusion(*good)
    for bad in (
        [_flip(good[0], data), *good[1:]],
        [*good[:4], _flip(good[4], data)],
        *([*good[:3], path, good[4]] for path in _spoilt(good[3], data)),
        *([good[0], other, *good[2:]] for other in (index ^ 1, -1, size, index + 2**64)),
    ):
        with pytest.raises(proofs.ProofError):
            proofs.verify_inclusion(*bad)


@given(leaves_of_a_tree, st.data())
def test_any_change_to_a_consistency_proof_is_found(leaves: list[bytes], data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    size, older = len(leaves), data.draw(st.integers(1, len(leaves)))
    path = merkle.consistency_proof(hashes, older, size)
    good: list[Any] = [older, size, path, merkle.root(hashes[:older]), merkle.root(hashes)]
    proofs.verify_consistency(*good)
    for bad in (
        [*good[:3], _flip(good[3], data), good[4]],
        [*good[:4], _flip(good[4], data)],
        *([*good[:2], other, *good[3:]] for other in _spoilt(path, data)),
        *([other, *good[1:]] for other in (0, -1, size + 1)),
    ):
        with pytest.raises(proofs.ProofError):
            proofs.verify_consistency(*bad)


def _flip(data: bytes, draw: st.DataObject) -> bytes:
    bit = draw.draw(st.integers(0, len(data) * 8 - 1))
    return (int.from_bytes(data, "big") ^ (1 << bit)).to_bytes(len(data), "big")


def _spoilt(path: list[bytes], draw: st.DataObject) -> list[list[bytes]]:
    spoilt = [[*path, bytes(32)], [bytes(32), *path], [*path, b""]]
    if path:
        place = draw.draw(st.integers(0, len(path) - 1))
        spoilt += [path[:-1], path[1:], [*path[:place], _flip(path[place], draw), *path[place + 1 :]]]
        spoilt += [[*path, path[-1]], [*path[:place], path[place][:-1], *path[place + 1 :]]]
    return spoilt


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.binary(min_size=32, max_size=32),
    st.lists(st.one_of(st.binary(min_size=32, max_size=32), st.integers(), st.text(), st.none()), max_size=70),
    st.dictionaries(st.integers(), st.binary()),
    st.builds(object),
)


@pytest.mark.parametrize("verify", [proofs.verify_inclusion, proofs.verify_consistency])
@given(arguments=st.lists(junk, min_size=5, max_size=5))
def test_nothing_but_a_proof_error_comes_out(verify: Callable[..., None], arguments: list[Any]) -> None:
    # Sizes and types drawn at random never fit each other, except for equal sizes with equal roots.
    with contextlib.suppress(proofs.ProofError):
        verify(*arguments)


@pytest.mark.parametrize("place", range(5))
@given(value=junk)
def test_one_argument_of_the_wrong_kind_is_a_proof_error(place: int, value: Any) -> None:
    path = merkle.inclusion_proof(HASHES, 2, 7)
    inclusion: list[Any] = [HASHES[2], 2, 7, path, head(7)]
    consistency: list[Any] = [3, 7, merkle.consistency_proof(HASHES, 3, 7), head(3), head(7)]
    for verify, good in ((proofs.verify_inclusion, inclusion), (proofs.verify_consistency, consistency)):
        if value == good[place]:
            continue
        with pytest.raises(proofs.ProofError):
            verify(*good[:place], value, *good[place + 1 :])


def test_proofs_of_absurd_length_are_refused_unread() -> None:
    with pytest.raises(proofs.MalformedError):
        proofs.verify_inclusion(HASHES[2], 2, 7, [b""] * 1_000_000, head(7))


def test_sizes_near_the_limit_take_no_time() -> None:
    size = 2**63 - 1
    with pytest.raises(proofs.MalformedError):
        proofs.verify_inclusion(bytes(32), size - 1, size, [], bytes(32))
    with pytest.raises(proofs.MismatchError):
        proofs.verify_inclusion(bytes(32), 0, size, [bytes(32)] * 63, bytes(32))


def test_a_tree_has_no_proofs_outside_itself() -> None:
    for wrong in (
        lambda: merkle.inclusion_proof(HASHES, 8, 8),
        lambda: merkle.inclusion_proof(HASHES, 0, 9),
        lambda: merkle.consistency_proof(HASHES, 0, 8),
        lambda: merkle.consistency_proof(HASHES, 5, 4),
    ):
        with pytest.raises(proofs.MalformedError):
            wrong()
