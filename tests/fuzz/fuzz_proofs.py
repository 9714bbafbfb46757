"""Fuzz targets for what comes to the proofs package from outside; each takes any bytes and raises nothing.

Every function has the form libFuzzer-style engines (atheris) call: `fuzz_one(data: bytes) -> None`. With such an engine
at hand: `atheris.Setup(sys.argv, fuzz_receipt); atheris.Fuzz()`. `test_fuzz_proofs.py` runs them under hypothesis.
"""

import contextlib
import io
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sakimori import proofs
from sakimori.proofs.layout import parse_tile_path, unpack_entries
from sakimori.proofs.note import format_note, parse_note, verify_note
from sakimori.proofs.parcel import PARCEL
from tests.proofs.proof_world import ORIGIN, ring


@cache
def _ring() -> proofs.KeyRing:
    return ring()


def fuzz_note(data: bytes) -> None:
    """A note that can be read is written again to the same bytes."""
    with contextlib.suppress(proofs.ProofError):
        note = parse_note(data)
        if format_note(note) != data:
            raise AssertionError("a note was read as something else")
        verify_note(note, _ring().log_keys(ORIGIN))


def fuzz_checkpoint(data: bytes) -> None:
    """A checkpoint that can be read is written again to the same text."""
    with contextlib.suppress(proofs.ProofError):
        if proofs.parse_checkpoint(data).text() != parse_note(data).text:
            raise AssertionError("a checkpoint was read as something else")
        proofs.verify_with_ring(data, origin=ORIGIN, ring=_ring())


def fuzz_receipt(data: bytes) -> None:
    """Any bytes are a good receipt or a ProofError."""
    with contextlib.suppress(proofs.ProofError):
        proofs.verify_receipt(data, _ring())


def fuzz_envelope(data: bytes) -> None:
    """Any bytes are a good envelope or acknowledgement, or a ProofError."""
    with contextlib.suppress(proofs.ProofError):
        proofs.verify_envelope(data, _ring())
    with contextlib.suppress(proofs.ProofError):
        proofs.verify_ack(data, _ring())


def fuzz_parcel(data: bytes) -> None:
    """Any bytes are a parcel that is written again to the same bytes, a bare envelope, or a ProofError."""
    stream = io.BytesIO(data)
    with contextlib.suppress(proofs.ProofError):
        body = proofs.open_parcel(stream, 1 << 16)
        rest = data[stream.tell() :]
        if data.startswith(PARCEL):
            if b"".join(proofs.parcel_chunks(body, [[rest]])) != data:
                raise AssertionError("a parcel was read as something else")
        elif body != data:
            raise AssertionError("a bare envelope was not read whole")
        envelope = proofs.verify_envelope(body, _ring())
        proofs.verify_parcel_files(stream, envelope.files)
        if proofs.digest(rest) not in {one.digest for one in envelope.files} and len(envelope.files) == 1:
            raise AssertionError("a file was taken for another one")


def fuzz_keyring(data: bytes) -> None:
    """A key ring that can be read is written and read again as the same."""
    with contextlib.suppress(proofs.ProofError):
        read = proofs.parse_keyring(data)
        if list(proofs.parse_keyring(proofs.format_keyring(read))) != list(read):
            raise AssertionError("a key ring was read as something else")


def fuzz_witness(data: bytes) -> None:
    """A request that can be read is written again to the same bytes, and judged."""
    with contextlib.suppress(proofs.ProofError):
        request = proofs.parse_add_checkpoint(data)
        if proofs.format_add_checkpoint(request.old_size, request.proof, request.checkpoint) != data:
            raise AssertionError("a request was read as something else")
        proofs.judge(request, _ring(), None)


def fuzz_vkey(data: bytes) -> None:
    """A verifier key or tile path that can be read is written again to the same text."""
    text = data.decode("utf-8", "replace")
    parse_tile_path(text)
    with contextlib.suppress(proofs.ProofError):
        if proofs.parse_vkey(text).vkey() != text:
            raise AssertionError("a key was read as something else")
    with contextlib.suppress(proofs.ProofError):
        proofs.parse_signature_lines(text)


def fuzz_bundle(data: bytes) -> None:
    """A bundle of the width its first byte says is read whole or not at all."""
    with contextlib.suppress(proofs.ProofError):
        entries = unpack_entries(data[1:], data[0] if data else 1, "bundle")
        if sum(map(len, entries)) + 2 * len(entries) != len(data) - 1:
            raise AssertionError("a bundle was read as something else")


def fuzz_log(data: bytes) -> None:
    """A directory whose checkpoint and first files are these bytes is inspected without an error."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        head, _, rest = data.partition(b"\0")
        (path / "tile" / "0" / "000.p").mkdir(parents=True)
        (path / "checkpoint").write_bytes(head)
        (path / "tile" / "0" / "000.p" / "1").write_bytes(rest)
        proofs.inspect_log(path, _ring())


TARGETS: tuple[Callable[[bytes], None], ...] = (
    *(fuzz_note, fuzz_checkpoint, fuzz_receipt, fuzz_envelope, fuzz_parcel, fuzz_keyring),
    *(fuzz_witness, fuzz_vkey, fuzz_bundle, fuzz_log),
)
