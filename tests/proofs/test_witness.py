import pytest

from sakimori import proofs
from sakimori.proofs import merkle
from sakimori.proofs import note as notes
from sakimori.proofs.merkle import EMPTY_ROOT
from tests.proofs.proof_world import ORIGIN, checkpoint, entries, private, ring

HASHES = [merkle.leaf_hash(leaf) for leaf in entries(20)]


def request(old: int, new: int, proof: list[bytes] | None = None, note: bytes | None = None) -> proofs.AddCheckpoint:
    if proof is None:
        proof = merkle.consistency_proof(HASHES, old, new) if old else []
    body = proofs.format_add_checkpoint(old, proof, note or checkpoint(entries(20)[:new], cosigned=False))
    return proofs.parse_add_checkpoint(body)


def head(size: int) -> proofs.Checkpoint:
    return proofs.Checkpoint(ORIGIN, size, merkle.root(HASHES[:size]))


def status(asked: proofs.AddCheckpoint, last: proofs.Checkpoint | None, keys: proofs.KeyRing | None = None) -> int:
    with pytest.raises(proofs.WitnessRefusal) as caught:
        proofs.judge(asked, keys or ring(), last)
    assert caught.value.diagnostics("ja") != caught.value.diagnostics("en")
    return caught.value.status


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (5, 5), (5, 6), (8, 20), (7, 19)])
def test_a_log_that_only_grows_is_cosigned(old: int, new: int) -> None:
    recorded = proofs.judge(request(old, new), ring(), head(old) if old else None)
    assert (recorded.size, recorded.root) == (new, merkle.root(HASHES[:new]))


def test_the_example_request_of_the_specification_is_read() -> None:
    # c2sp.org/tlog-witness, add-checkpoint.
    body = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
""".encode()  # noqa: E501 - published
    read = proofs.parse_add_checkpoint(body)
    assert (read.old_size, len(read.proof)) == (20852014, 4)
    assert proofs.format_add_checkpoint(read.old_size, read.proof, read.checkpoint) == body
    assert status(read, None) == 404


def test_refusals_carry_the_status_of_the_specification() -> None:
    assert status(request(5, 8), head(6)) == 409
    assert status(request(0, 8), head(6)) == 409
    assert status(request(5, 8), None) == 409
    assert status(request(9, 8, [HASHES[0]]), head(9)) == 400
    assert status(request(5, 8, [HASHES[0]]), head(5)) == 422
    assert status(request(0, 8, [HASHES[0]]), None) == 422
    forked = checkpoint([b"other", *entries(20)[1:8]], cosigned=False)
    assert status(request(5, 8, note=forked), head(5)) == 422
    assert status(request(8, 8, [], note=forked), head(8)) == 422
    assert status(request(5, 8), head(5), ring(("operator", "log"))) == 404
    wrong_key = proofs.sign_checkpoint(ORIGIN, 8, merkle.root(HASHES[:8]), private("minister", "log"))
    assert status(request(5, 8, note=wrong_key), head(5)) == 403


def test_a_bad_signature_by_a_known_key_is_forbidden() -> None:
    note = notes.parse_note(checkpoint(entries(8), cosigned=False))
    good = note.signatures[0]
    bad = notes.NoteSignature(good.name, good.key_id, bytes(64))
    spoilt = notes.format_note(notes.Note(note.text, (good, bad)))
    assert status(request(5, 8, note=spoilt), head(5)) == 403


def test_an_empty_tree_has_its_own_root() -> None:
    key = private("operator", "log")
    assert status(request(0, 0, [], proofs.sign_checkpoint(ORIGIN, 0, bytes(32), key)), None) == 422
    proofs.judge(request(0, 0, [], proofs.sign_checkpoint(ORIGIN, 0, EMPTY_ROOT, key)), ring(), None)


def test_a_conflict_tells_the_size() -> None:
    with pytest.raises(proofs.WitnessRefusal) as caught:
        proofs.judge(request(5, 8), ring(), head(6))
    assert caught.value.body == "6\n"


@pytest.mark.parametrize(
    "body",
    [b"", b"old 1\n", b"old 01\n\n", b"old -1\n\n", b"new 1\n\n", b"old 1\nxx\n\n", b"old 0\n\nno note", b"\xff\n\n"],
)
def test_what_is_no_request_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(proofs.WitnessRefusal) as caught:
        proofs.parse_add_checkpoint(body)
    assert caught.value.status == 400


def test_too_many_proof_lines_are_a_bad_request() -> None:
    note = checkpoint(entries(3))
    assert len(proofs.parse_add_checkpoint(proofs.format_add_checkpoint(1, [bytes(32)] * 63, note)).proof) == 63
    with pytest.raises(proofs.WitnessRefusal):
        proofs.parse_add_checkpoint(proofs.format_add_checkpoint(1, [bytes(32)] * 64, note))
