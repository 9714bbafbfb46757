import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori import proofs
from tests.fuzz.fuzz_proofs import TARGETS
from tests.proofs.proof_world import ack, checkpoint, entries, envelope, parcel, receipt_file, ring

NOTE = checkpoint(entries(5))
# Good inputs, from which the interesting bad ones are a few changed bytes away.
SEEDS = [
    NOTE,
    json.dumps(receipt_file()).encode(),
    json.dumps(envelope()).encode(),
    json.dumps(ack(envelope())).encode(),
    parcel(b"a scan"),
    parcel(b"one", b"and another"),
    proofs.format_keyring(ring()),
    proofs.format_add_checkpoint(1, [bytes(32)], NOTE),
    ring().log_keys("operator.example/log")[0].vkey().encode(),
    b"\x02\0\x01a\0\0",
    NOTE + b"\0" + bytes(32),
]
# Pieces a JSON parser, a number or a text reader may stumble over.
PIECES = [
    b"null",
    b"-1",
    b"1e999",
    b"NaN",
    b"[]",
    b"{}",
    b'""',
    b"\n\n",
    b"\xe2\x80\x94 ",
    b"\xff",
    b"\\ud800",
    b"0",
    b"true",
]


@st.composite
def spoilt_seeds(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 12)))
        data = data[:start] + draw(st.sampled_from(PIECES) | st.binary(max_size=4)) + data[end:]
    return data


@pytest.mark.parametrize("fuzz_one", TARGETS, ids=lambda target: str(target.__name__))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=200) | st.text(max_size=80).map(str.encode) | spoilt_seeds())
def test_no_bytes_make_anything_but_a_proof_error(fuzz_one: Callable[[bytes], None], data: bytes) -> None:
    fuzz_one(data)


@pytest.mark.parametrize("fuzz_one", TARGETS, ids=lambda target: str(target.__name__))
def test_good_inputs_and_their_halves_go_through(fuzz_one: Callable[[bytes], None]) -> None:
    for seed in SEEDS:
        for data in (seed, seed[: len(seed) // 2], seed + seed, b""):
            fuzz_one(data)
