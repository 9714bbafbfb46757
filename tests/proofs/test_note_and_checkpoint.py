# ruff: noqa: E501 - published examples keep their lines

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori import proofs
from sakimori.proofs import note as notes
from sakimori.proofs.checkpoint import Checkpoint, parse_checkpoint_text
from tests.proofs.proof_world import COSIGNED, ORIGIN, WITNESS, checkpoint, entries, private, ring

# The examples of c2sp.org/signed-note and c2sp.org/tlog-checkpoint.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
""".encode()
POEM = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
""".encode()
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
""".encode()
LOG_KEYS = [key.verifier() for key in ring() if key.purpose == "log"]
WITNESSES = [key.verifier() for key in ring() if key.purpose == "witness"]


def test_the_published_note_verifies_under_the_published_key() -> None:
    key = proofs.parse_vkey(VKEY)
    assert key.vkey() == VKEY
    verified = notes.verify_note(notes.parse_note(NOTE), [key])
    assert verified.text == "This is an example message.\n"


def test_a_text_may_hold_empty_lines() -> None:
    note = notes.parse_note(POEM)
    assert note.text.endswith("ed è subito sera.\n")
    assert note.text.count("\n") == 4
    assert notes.format_note(note) == POEM


def test_the_published_checkpoint_is_read() -> None:
    head = proofs.parse_checkpoint(EXAMPLE)
    assert (head.origin, head.size, len(head.root)) == ("example.com/behind-the-sofa", 20852163, 32)
    signature = notes.parse_note(EXAMPLE).signatures[1]
    assert int.from_bytes(signature.signature[:8], "big") == 1679315147
    assert notes.format_note(notes.parse_note(EXAMPLE)) == EXAMPLE


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        NOTE[:-1],
        NOTE + b"\n",
        NOTE.replace(b"\n\n", b"\n"),
        NOTE.replace(b"message", b"mess\tage"),
        NOTE.replace(b"message", b"mess\xffage"),
        NOTE.replace(b"\n", b"\r\n"),
        NOTE.replace("— ".encode(), b"- "),
        NOTE.replace(b"example.com/foo U", b"example.com/foo  U"),
        NOTE.replace(b"example.com/foo", b"example.com+foo"),
        NOTE.replace(b"example.com/foo", "example.com　foo".encode()),
        NOTE.replace(b"example.com/foo U", b" U"),
        NOTE.replace(b"yaQM=", b"yaQM"),
        NOTE.replace(b"yaQM=", b"yaQN="),
        NOTE + "— example.com/foo AAAA\n".encode(),
        NOTE + "— example.com/foo AAAAAA==\n".encode(),
        NOTE + "— example.com/foo AAAAAAA=\n".encode() * 64,
        b"x" * (1 << 20) + NOTE,
    ],
)
def test_what_is_no_note_is_malformed(bad: bytes) -> None:
    with pytest.raises(proofs.MalformedError):
        notes.parse_note(bad)


def test_sixteen_signatures_are_accepted() -> None:
    assert len(notes.parse_note(NOTE + "— a.example/b AAAAAAA=\n".encode() * 15).signatures) == 16


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "example.com/foo",
        VKEY.replace("530d", "530D"),
        VKEY.replace("530d", "530e"),
        VKEY[:-4],
        VKEY.replace("+Aek", "+Aul"),
        "+" + VKEY.split("+", 1)[1],
    ],
)
def test_what_is_no_vkey_is_malformed(bad: str) -> None:
    with pytest.raises(proofs.MalformedError):
        proofs.parse_vkey(bad)


def test_unknown_signatures_are_ignored_but_one_known_must_be_good() -> None:
    key = proofs.parse_vkey(VKEY)
    stranger = notes.sign_text("This is an example message.\n", "stranger.example/x", private("minister", "log")).line()
    verified = notes.verify_note(notes.parse_note(NOTE + stranger.encode()), [key])
    assert [signature.name for signature in verified.unknown] == ["stranger.example/x"]
    with pytest.raises(proofs.SignatureError):
        notes.verify_note(notes.parse_note(NOTE), [])
    bad = notes.NoteSignature(key.name, key.key_id, bytes(64)).line()
    with pytest.raises(proofs.SignatureError):
        notes.verify_note(notes.parse_note(NOTE + bad.encode()), [key])


def test_a_key_sharing_the_name_only_is_unknown() -> None:
    note = notes.sign_text("text\n", "example.com/foo", private("minister", "log"))
    data = notes.format_note(notes.Note("text\n", (note,)))
    with pytest.raises(proofs.SignatureError):
        notes.verify_note(notes.parse_note(data), [proofs.parse_vkey(VKEY)])


def test_a_checkpoint_is_signed_cosigned_and_verified() -> None:
    verified = proofs.verify_checkpoint(
        checkpoint(entries(9)), origin=ORIGIN, keys=LOG_KEYS, witnesses=WITNESSES, quorum=1
    )
    assert verified.checkpoint.size == 9
    assert [good.key.name for good in verified.cosignatures] == [WITNESS]
    assert verified.cosignatures[0].timestamp == COSIGNED
    assert verified.unknown == ()


def test_the_cosigned_message_is_that_of_the_specification() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    made = notes.cosign_text(text, "witness.example.com/w1", private("committee", "witness"), 1679315147)
    message = f"cosignature/v1\ntime 1679315147\n{text}".encode()
    assert made.signature == (1679315147).to_bytes(8, "big") + private("committee", "witness").sign(message)
    assert made.key_id != notes.sign_text(text, "witness.example.com/w1", private("committee", "witness")).key_id


def test_a_witness_alone_does_not_make_a_checkpoint() -> None:
    note = notes.parse_note(checkpoint(entries(3)))
    only_witness = notes.format_note(notes.Note(note.text, note.signatures[1:]))
    with pytest.raises(proofs.SignatureError):
        proofs.verify_checkpoint(only_witness, origin=ORIGIN, keys=LOG_KEYS, witnesses=WITNESSES)


def test_one_witness_counts_once_however_often_it_signs() -> None:
    data = checkpoint(entries(3))
    again = proofs.cosign_checkpoint(data, WITNESS, private("committee", "witness"), COSIGNED + 1)
    twice = proofs.add_signatures(data, [again])
    with pytest.raises(proofs.SignatureError):
        proofs.verify_checkpoint(twice, origin=ORIGIN, keys=LOG_KEYS, witnesses=WITNESSES, quorum=2)
    assert proofs.add_signatures(twice, [again]) == twice


def test_a_changed_timestamp_spoils_a_cosignature() -> None:
    data = checkpoint(entries(3))
    note = notes.parse_note(data)
    mine = note.signatures[1]
    later = notes.NoteSignature(mine.name, mine.key_id, (COSIGNED + 1).to_bytes(8, "big") + mine.signature[8:])
    spoilt = notes.format_note(notes.Note(note.text, (note.signatures[0], later)))
    with pytest.raises(proofs.SignatureError):
        proofs.verify_checkpoint(spoilt, origin=ORIGIN, keys=LOG_KEYS, witnesses=WITNESSES)
    with pytest.raises(proofs.MalformedError):
        proofs.cosign_checkpoint(data, WITNESS, private("committee", "witness"), 1 << 63)


def test_a_timestamp_beyond_the_specification_spoils_a_cosignature() -> None:
    note = notes.parse_note(checkpoint(entries(3)))
    late = 1 << 63
    signature = private("committee", "witness").sign(f"cosignature/v1\ntime {late}\n{note.text}".encode())
    forged = notes.NoteSignature(WITNESS, note.signatures[1].key_id, late.to_bytes(8, "big") + signature)
    with pytest.raises(proofs.SignatureError):
        notes.verify_note(notes.Note(note.text, (note.signatures[0], forged)), [*LOG_KEYS, *WITNESSES])


def test_a_witness_with_two_keys_counts_once() -> None:
    data = checkpoint(entries(3))
    second = private("minister", "witness")
    data = proofs.add_signatures(data, [proofs.cosign_checkpoint(data, WITNESS, second, COSIGNED)])
    keys = [*WITNESSES, proofs.VerifierKey(WITNESS, notes.COSIGNATURE, second.public_key().public_bytes_raw())]
    verified = proofs.verify_checkpoint(data, origin=ORIGIN, keys=LOG_KEYS, witnesses=keys, quorum=1)
    assert len(verified.cosignatures) == 2
    with pytest.raises(proofs.SignatureError):
        proofs.verify_checkpoint(data, origin=ORIGIN, keys=LOG_KEYS, witnesses=keys, quorum=2)


def test_another_log_is_refused() -> None:
    with pytest.raises(proofs.MismatchError):
        proofs.verify_checkpoint(checkpoint(entries(3)), origin="minister.example/log", keys=LOG_KEYS)


@given(st.data())
def test_any_flipped_bit_spoils_a_checkpoint(data: st.DataObject) -> None:
    good = checkpoint(entries(3), cosigned=False)
    bit = data.draw(st.integers(0, len(good) * 8 - 1))
    bad = (int.from_bytes(good, "big") ^ (1 << bit)).to_bytes(len(good), "big")
    with pytest.raises(proofs.ProofError):
        proofs.verify_checkpoint(bad, origin=ORIGIN, keys=LOG_KEYS, witnesses=WITNESSES)


@pytest.mark.parametrize(
    "bad",
    [
        "a.example/l\n1\n",
        "a.example/l\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a.example/l\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a.example/l\n１\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a.example/l\n9999999999999999999\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a.example/l\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a.example/l\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n",
        "a.example/l\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    ],
)
def test_what_is_no_checkpoint_is_malformed(bad: str) -> None:
    with pytest.raises(proofs.MalformedError):
        parse_checkpoint_text(bad)


def test_extension_lines_are_kept() -> None:
    head = Checkpoint("a.example/l", 0, bytes(32), ("more", "and more"))
    assert parse_checkpoint_text(head.text()) == head
    for wrong in (Checkpoint("a\nb", 1, bytes(32)), Checkpoint("a", -1, bytes(32)), Checkpoint("a", 1, b"")):
        with pytest.raises(proofs.MalformedError):
            wrong.text()
