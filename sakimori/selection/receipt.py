"""The receipt of a selection: what went in, what was kept, that the rest is gone; Ed25519 over RFC 8785 JSON.

It tells nothing of what was erased but counts the semantics ask for: packets and bytes, flows by direction, and what
was not read (QUIC, bytes before a stream's start, windows that overflowed); by condition over kept flows only (§8).
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sakimori.selection.authority import Authority, key_id
from sakimori.selection.direction import Countries, special_ranges
from sakimori.selection.order import Order
from sakimori.selection.records import REHEARSAL, Row, canonical
from sakimori.text import Text

FORM = "sakimori-selection-receipt/1"
REFERENCE, FAST = "reference", "fast"
INPUT, AUTHORITY = "input", "authority"  # what ended the reading
MACHINE, TOLD = "machine", "told"  # where the time of a run came from
ENGINE_VERSION, SEMANTICS_VERSION = "1", "1"
_ERASURE = Text(
    "選別の終了とともに、記録したもの以外の通信情報をすべて破棄した(強化法22(3)、35(3))。",
    "At the end of the selection everything but the records was given up (22(3), 35(3)). ",
)
_UNWRITTEN = Text("選別エンジンは入力を記憶装置に書いていない。", "The engine wrote no input to storage.")
_SPOOLED = Text(
    "選別を待つ入力は、暗号化して名前のないファイルに置いた。鍵は工程のメモリだけにあり、工程とともに失われた。",
    "Input that waited for the engine lay encrypted in a file without a name; the key was in the memory of a process "
    "only, and was lost with it.",
)


@dataclass(slots=True)
class Amount:
    """Packets and captured bytes."""

    packets: int = 0
    bytes: int = 0

    def add(self, packets: int, size: int) -> None:
        """Count more."""
        self.packets += packets
        self.bytes += size

    def as_dict(self) -> dict[str, int]:
        """Return plain data."""
        return {"packets": self.packets, "bytes": self.bytes}


@dataclass(slots=True)
class Account:
    """Everything the engine counts."""

    captures: int = 0
    damaged: Counter[str] = field(default_factory=Counter)
    grown: int = 0  # files
    unfinished: int = 0  # captures not read, or not to their end: the authority's period was over
    read_at: float = field(default=0.0, compare=False)  # when reading ended, by the monotonic clock
    input: Amount = field(default_factory=Amount)
    decoded: Amount = field(default_factory=Amount)
    undecodable: dict[str, Amount] = field(default_factory=dict)
    backwards: int = 0
    flows: Counter[str] = field(default_factory=Counter)
    before_start: int = 0
    window_overflows: int = 0
    evictions: int = 0
    facts_left_out: int = 0  # of kept flows, beyond the limits of `facts`
    not_decoded: Counter[str] = field(default_factory=Counter)
    by_condition: Counter[str] = field(default_factory=Counter)

    def lose(self, reason: str, packets: int, size: int) -> None:
        """Count packets that could not be decoded."""
        self.undecodable.setdefault(reason, Amount()).add(packets, size)


def output_digest(rows: Sequence[Row]) -> str:
    """Return the SHA-256 (hex) over the sorted rows' canonical JSON, each followed by a line feed."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(canonical(row) + b"\n")
    return digest.hexdigest()


def build(
    account: Account,
    rows: Sequence[Row],
    *,
    order: Order,
    authority: Authority | None,
    countries: Countries,
    start: datetime,
    end: datetime,
    read_until: datetime,
    clock: str,
    rehearsal: bool,
    sealed: bytes | None,
    engine: str = REFERENCE,
    confinement: Mapping[str, Any],
    spooled: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return the receipt as plain data, not yet signed; `clock` is MACHINE or TOLD."""
    _, compiled, ranges_digest = special_ranges()
    storage = _UNWRITTEN if spooled is None else _SPOOLED
    return {
        "form": FORM,
        "stamp": REHEARSAL if rehearsal else None,
        "engine": {"name": engine, "version": ENGINE_VERSION, "semantics": SEMANTICS_VERSION},
        "confinement": dict(confinement),
        "spool": None if spooled is None else [dict(one) for one in spooled],
        "authority": {
            "id": order.authority,
            "signed": authority is not None,
            "digest": None if authority is None else authority.digest,
            "equipment": None if authority is None else authority.equipment,
        },
        "order": {
            "digest": order.digest,
            "basis": order.basis.key,
            "direction": order.direction,
            "article": order.basis.article,
            "domestic": sorted(order.domestic),
            "address_overrides": {str(network): code for network, code in order.address_overrides},
        },
        "country_data": [{"sha256": digest} for digest in countries.digests],
        "special_ranges": {"compiled": compiled, "sha256": ranges_digest},
        "start": start.astimezone(UTC).isoformat(),
        "end": end.astimezone(UTC).isoformat(),
        "reading": _reading(account, authority, max(start, min(read_until, end))),
        "clock": clock,
        "captures": {
            "read": account.captures,
            "damaged": dict(sorted(account.damaged.items())),
            "grown": account.grown,
            "unfinished": account.unfinished,
        },
        "input": account.input.as_dict(),
        "decoded": account.decoded.as_dict(),
        "undecodable": {reason: amount.as_dict() for reason, amount in sorted(account.undecodable.items())},
        "timestamps_going_back": account.backwards,
        "flows": dict(sorted(account.flows.items())),
        "not_decoded": dict(sorted(account.not_decoded.items())),
        "stream_bytes_before_start": account.before_start,
        "evictions": account.evictions,
        "overflows": {"stream_window": account.window_overflows, "facts": account.facts_left_out},
        "degraded": account.window_overflows + account.evictions + account.facts_left_out > 0,
        "by_condition": {condition.id: account.by_condition[condition.id] for condition in order.conditions},
        "kept_flows": len(rows),
        "output": {
            "digest": output_digest(rows),
            "over": "SHA-256 of RFC 8785 JSON rows, each with a line feed",
            "identities_sha256": None if sealed is None else hashlib.sha256(sealed).hexdigest(),
        },
        "erasure": {"ja": _ERASURE.ja + storage.ja, "en": _ERASURE.en + storage.en},
    }


def _reading(account: Account, authority: Authority | None, until: datetime) -> dict[str, str]:
    """Return when reading ended, and by what: the input's end, or the authority's period (then at its last moment)."""
    stopped = account.unfinished > 0 and authority is not None
    ended = authority.valid_until if stopped and authority is not None else until
    return {"ended": ended.astimezone(UTC).isoformat(), "by": AUTHORITY if stopped else INPUT}


def within(receipt: Mapping[str, Any], authority: Authority) -> bool:
    """Say whether a run began, and read, within the authority's period; times that cannot be read are not inside.

    A run that was stopped by the period's end read until then; to decide on what it had it may take longer. Receipts
    without `reading` (before it was added) must have ended inside.
    """
    reading = receipt.get("reading")
    stopped = isinstance(reading, Mapping) and reading.get("by") == AUTHORITY
    ended = reading.get("ended") if isinstance(reading, Mapping) else receipt.get("end")
    try:
        first, last, end = (
            datetime.fromisoformat(str(one)) for one in (receipt.get("start"), ended, receipt.get("end"))
        )
        begun = authority.valid_from <= first < authority.valid_until and first <= last <= end
        inside = last == authority.valid_until if stopped else last < authority.valid_until
    except (ValueError, TypeError):
        return False
    return begun and inside


def sign(receipt: Mapping[str, Any], key: Ed25519PrivateKey | None) -> dict[str, Any]:
    """Return the receipt with its signature; without a key the signature is null (rehearsals only)."""
    plain = {name: value for name, value in receipt.items() if name != "signature"}
    if key is None:
        return {**plain, "signature": None}
    signature = {
        "algorithm": "Ed25519",
        "key": key_id(key.public_key()),
        "value": key.sign(rfc8785.dumps(plain)).hex(),
    }
    return {**plain, "signature": signature}


def verify(receipt: Mapping[str, Any], key: Ed25519PublicKey) -> bool:
    """Say whether this key signed exactly this receipt."""
    signature = receipt.get("signature")
    plain = {name: value for name, value in receipt.items() if name != "signature"}
    if not isinstance(signature, dict):
        return False
    try:
        key.verify(bytes.fromhex(str(signature.get("value"))), rfc8785.dumps(plain))
    except (InvalidSignature, ValueError, rfc8785.CanonicalizationError):
        return False
    return True
