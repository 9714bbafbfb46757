"""The witness protocol's messages and judgement (c2sp.org/tlog-witness, add-checkpoint), without the HTTP around them.

A witness keeps, per log, the latest checkpoint it cosigned. It judges a request against that and, when it is good,
first records the new checkpoint and then answers with its cosignature; both in one transaction, or a rollback slips
through. Each refusal carries the HTTP status the specification names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sakimori.proofs.blocks import verify_with_ring
from sakimori.proofs.checkpoint import Checkpoint, parse_checkpoint
from sakimori.proofs.encoding import b64decode, b64encode
from sakimori.proofs.errors import MalformedError, ProofError
from sakimori.proofs.keyring import KeyRing
from sakimori.proofs.merkle import EMPTY_ROOT, verify_consistency

MAX_REQUEST_BYTES = 1 << 20
"""A longer request is refused unread (house rule)."""

_MAX_PROOF = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)
_BAD_REQUEST, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _UNPROCESSABLE = 400, 403, 404, 409, 422


class WitnessRefusal(ProofError):  # noqa: N818 - a refusal, as the protocol speaks
    """The witness does not cosign; `status` is the HTTP status, `body` the answer's body (empty unless 409)."""

    code = "witness"

    def __init__(self, status: int, ja: str, en: str, body: str = "") -> None:
        super().__init__(ja, en, where="add-checkpoint")
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request to cosign: the size the log believes was cosigned last, the proof from there, the checkpoint file."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: bytes


def format_add_checkpoint(old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
    """Return the body of an add-checkpoint request; `proof` is empty when `old_size` is 0."""
    lines = [f"old {old_size}", *(b64encode(node) for node in proof), ""]
    return "".join(line + "\n" for line in lines).encode() + checkpoint


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """Return the request in `data`; WitnessRefusal with status 400 when it is not one."""
    head, gap, checkpoint = bytes(data).partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
        old = _OLD.fullmatch(lines[0])
        if old is None or not gap or len(lines) > _MAX_PROOF + 1 or len(data) > MAX_REQUEST_BYTES:
            raise _bad_request()
        proof = tuple(b64decode(line, "proof") for line in lines[1:])
        parse_checkpoint(checkpoint)
    except (UnicodeDecodeError, MalformedError) as error:
        raise _bad_request() from error
    return AddCheckpoint(int(old[1]), proof, checkpoint)


def judge(request: AddCheckpoint, ring: KeyRing, last: Checkpoint | None) -> Checkpoint:
    """Return the checkpoint to record and cosign; WitnessRefusal with its status otherwise.

    `last` is the latest checkpoint this witness cosigned for the request's origin, None when it never did.
    """
    head = parse_checkpoint(request.checkpoint)
    if head.origin not in ring.origins():
        raise WitnessRefusal(_NOT_FOUND, "このログは知りません。", "this log is not known.")
    try:
        verify_with_ring(request.checkpoint, origin=head.origin, ring=ring)
    except ProofError as error:
        raise WitnessRefusal(_FORBIDDEN, error.ja, error.en) from error
    if request.old_size > head.size:
        raise _bad_request()
    known = 0 if last is None else last.size
    if request.old_size != known:
        raise WitnessRefusal(
            _CONFLICT,
            f"最後に連署したのは大きさ{known}です。",
            f"the size cosigned last is {known}.",
            body=f"{known}\n",
        )
    _check_growth(request, head, last)
    return head


def _check_growth(request: AddCheckpoint, head: Checkpoint, last: Checkpoint | None) -> None:
    if last is None or last.size == 0:
        # From nothing, anything follows; only the empty tree has a root that is known.
        if request.proof or (head.size == 0 and head.root != EMPTY_ROOT):
            raise _unprocessable()
        return
    try:
        verify_consistency(last.size, head.size, request.proof, last.root, head.root)
    except ProofError as error:
        raise _unprocessable() from error


def _bad_request() -> WitnessRefusal:
    return WitnessRefusal(_BAD_REQUEST, "連署の依頼の形ではありません。", "this is not an add-checkpoint request.")


def _unprocessable() -> WitnessRefusal:
    return WitnessRefusal(
        _UNPROCESSABLE,
        "前に連署した木の続きであることが証明されていません。",
        "it is not proved that this tree continues the one cosigned before.",
    )
