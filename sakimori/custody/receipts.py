"""Holding an engine's receipt against the committee's authority: signature, direction, period, conditions."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sakimori import proofs
from sakimori.acts.errors import PreconditionError
from sakimori.errors import SakimoriError
from sakimori.selection import Authority, check_order, load_order, verify_receipt
from sakimori.selection.receipt import FORM, MACHINE, within
from sakimori.text import Text


def digest(receipt: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of the receipt's RFC 8785 JSON; `SakimoriError` where it holds what JSON cannot."""
    try:
        return proofs.digest(proofs.canonical(dict(receipt)))
    except (ValueError, proofs.ProofError):
        raise _refuse("receipt", "証明として読めません", "is no receipt", None) from None


def signed_by(receipt: Mapping[str, Any], public_key: str) -> bool:
    """Return whether the engine with this public key (hex) signed exactly this receipt."""
    try:
        return verify_receipt(receipt, Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)))
    except (ValueError, InvalidSignature):
        return False


def times(receipt: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Return when the run began and ended; `SakimoriError` where the receipt does not say so."""
    try:
        start, end = (datetime.fromisoformat(str(receipt[name])) for name in ("start", "end"))
    except (KeyError, ValueError):
        raise _refuse("receipt", "開始・終了の時刻がありません", "does not say when it ran", None) from None
    if start.tzinfo is None or end.tzinfo is None or end < start:
        raise _refuse("receipt", "開始・終了の時刻が正しくありません", "names impossible times", None)
    return start, end


def fault(receipt: Mapping[str, Any], order: str, authority: Authority, *, rehearsal: bool) -> SakimoriError | None:
    """Return why this run was not done under this authority, or None where it was.

    The order is read again, must be the one the receipt names, and is checked against the authority for the time the
    run began; reading must have ended within the period too.
    """
    return next(_faults(receipt, order, authority, rehearsal=rehearsal), None)


def _faults(
    receipt: Mapping[str, Any], order_text: str, authority: Authority, *, rehearsal: bool
) -> Iterator[SakimoriError]:
    if receipt.get("form") != FORM:
        yield _refuse("receipt", "選別の証明ではありません", "is no receipt of a selection", None)
    if bool(receipt.get("stamp")) != rehearsal or authority.rehearsal != rehearsal:
        yield _refuse("stamp", "訓練と実施の別が合いません", "mixes rehearsal and reality", "強化法22(1)")
    named, ran = _part(receipt, "authority"), _part(receipt, "order")
    if (named.get("id"), named.get("digest"), named.get("signed")) != (authority.id, authority.digest, True):
        yield _refuse("authority", "この承認書によるものではありません", "names another authority", "強化法18")
    if named.get("equipment") != authority.equipment:
        yield _refuse("equipment", "承認された設備と違います", "names other equipment", "強化法17(1)")
    if (ran.get("basis"), ran.get("direction")) != (authority.basis, authority.direction):
        yield _refuse("direction", "根拠か方向が承認と違います", "has another basis or direction", "強化法22(1)")
    if not rehearsal and receipt.get("clock") != MACHINE:  # receipts before the field was added do not say: as told
        yield _refuse("clock", "日時が計算機の時計によるものではありません", "has a time that was told", "強化法17(3)")
    start, _ = times(receipt)
    if not within(receipt, authority):
        yield _refuse("period", "承認された期間の外です", "ran outside the approved period", "強化法17(3)")
    order = load_order(order_text)
    if order.digest != ran.get("digest"):
        yield _refuse("order", "証明にある命令ではありません", "is not of this order", "強化法22(2)")
    if set(_part(receipt, "by_condition")) != {condition.id for condition in order.conditions}:
        yield _refuse("by_condition", "条件が命令と違います", "names other conditions", "強化法22(2)")
    yield from check_order(order, authority, start)


def _part(receipt: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = receipt.get(name)
    return part if isinstance(part, dict) else {}


def _refuse(where: str, ja: str, en: str, article: str | None) -> SakimoriError:
    return PreconditionError(
        Text(f"選別の証明: {ja}。", f"The receipt {en}."), code=f"custody.{where}", where=where, article=article
    )
