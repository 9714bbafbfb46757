"""Parcels: an envelope and its files as one stream, read and compared piece by piece."""

import io

import pytest

from sakimori import proofs
from tests.proofs.proof_world import envelope, files, parcel, ring

CONTENTS = (b"scan " * 20_000, b"", b"short")
LIMIT = proofs.MAX_ENVELOPE_BYTES


class Dribble:
    """A stream that gives a few bytes at a time, as a network does."""

    def __init__(self, data, most=7):
        self._file, self._most = io.BytesIO(data), most

    def read(self, size=-1, /):
        return self._file.read(min(size, self._most) if size >= 0 else self._most)


def read(stream):
    """Return the files of a parcel, verified."""
    found = proofs.verify_envelope(proofs.open_parcel(stream, LIMIT), ring())
    contents = [b"".join(proofs.file_chunks(stream, one)) for one in found.files]
    proofs.require_end(stream)
    return found, contents


@pytest.mark.parametrize("stream", [io.BytesIO, Dribble])
def test_what_was_put_in_comes_out(stream):
    found, contents = read(stream(parcel(*CONTENTS)))
    assert contents == list(CONTENTS)
    assert [one.as_dict() for one in found.files] == files(*CONTENTS)
    body = proofs.envelope_bytes(envelope(files=files(*CONTENTS)))
    assert proofs.parcel_length(body, files(*CONTENTS)) == len(parcel(*CONTENTS))


def test_an_envelope_without_files_is_no_parcel_and_keeps_its_type():
    body = proofs.envelope_bytes(envelope())
    found, contents = read(io.BytesIO(body))
    assert (found.files, contents) == ((), [])
    assert (envelope()["type"], envelope(files=files(b"x"))["type"]) == ("sakimori.envelope/1", "sakimori.envelope/2")


def _swapped(whole):
    return whole[:-1] + bytes([whole[-1] ^ 1])


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda whole: whole[:-1], proofs.MalformedError),
        (lambda whole: whole + b"x", proofs.MalformedError),
        (_swapped, proofs.MismatchError),
        (lambda whole: whole[: len(whole) // 2], proofs.MalformedError),
        (lambda whole: whole.replace(b"scan ", b"scam ", 1), proofs.MismatchError),
        (lambda whole: whole.replace(b'"0.txt"', b'"1.txt"'), proofs.ProofError),
        (lambda whole: whole.replace(b"parcel/1\n", b"parcel/1\n0", 1), proofs.MalformedError),
        (lambda whole: whole.replace(b"parcel/1\n", b"parcel/1\n9", 1), proofs.ProofError),
        (lambda whole: whole.replace(b"parcel/1", b"parcel/2", 1), proofs.MalformedError),
    ],
)
def test_one_changed_byte_anywhere_is_seen(spoil, error):
    whole = parcel(*CONTENTS)
    assert spoil(whole) != whole
    with pytest.raises(error):
        read(io.BytesIO(spoil(whole)))


@pytest.mark.parametrize(
    "named",
    [
        [],
        files(b"x") * 2,
        [{**files(b"x")[0], "size": -1}],
        [{**files(b"x")[0], "digest": "AB" * 32}],
        [{**files(b"x")[0], "name": "a\nb"}],
        [{**files(b"x")[0], "path": "x"}],
        files(*(str(one).encode() for one in range(101))),
    ],
)
def test_a_list_of_files_that_cannot_be_is_not_even_signed(named):
    with pytest.raises(proofs.MalformedError):
        envelope(files=named)


def test_a_long_envelope_is_refused_unread():
    for body in (b"sakimori.parcel/1\n101\n" + b"x" * 200, b"x" * 200):
        stream = io.BytesIO(body)
        with pytest.raises(proofs.TooLargeError):
            proofs.open_parcel(stream, 100)
        assert stream.tell() <= 101
