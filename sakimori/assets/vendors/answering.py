"""Keeping what a vendor answers: on its desk, by envelope or as a file, the same rules."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sakimori.acts.context import Context
from sakimori.acts.errors import ConflictError
from sakimori.assets.models import Computer, VendorItem, VendorRequest
from sakimori.assets.vendors import facts
from sakimori.assets.vendors import payloads as p
from sakimori.record import Bound
from sakimori.text import Text


def require_open(ctx: Context, request: VendorRequest) -> None:
    """Refuse what comes after a request has ended."""
    if request.status in ("withdrawn", "closed"):
        raise ctx.refuse(
            "assets.request_ended",
            Text("この照会は終わっています。", "This request has ended."),
            where="request",
            mend=Text("尋ねた事業者に連絡してください。", "Get in touch with the operator that asked."),
        )


def keep(ctx: Context, request: VendorRequest, rows: Iterable[p.AnsweredRow], by: str = "") -> None:
    """Keep what is answered; refuses a row or a fact that was not asked, and an answer that was dealt with already."""
    items = {one.position: one for one in request.items.all()}
    for place, row in enumerate(rows):
        item = items.get(row.position)
        if item is None:
            raise ctx.refuse(
                "assets.not_asked",
                Text("尋ねていない行です。", "That row was not asked about."),
                where=f"rows.{place}.position",
            )
        answers = dict(item.answers)
        for one in row.answers:
            if one.fact not in item.asks:
                raise ctx.refuse(
                    "assets.not_asked",
                    Text("尋ねていない事項です。", "That was not asked."),
                    where=f"rows.{place}.answers",
                )
            answers[one.fact] = facts.read(one.fact, one.answer)
        if item.status in ("taken", "declined") and answers != item.answers:
            raise ctx.refuse(
                "assets.answer_used",
                Text("この行の回答は既に処理されています。", "The answer to this row has been dealt with already."),
                where=f"rows.{place}.position",
                mend=Text("尋ねた事業者に連絡してください。", "Get in touch with the operator that asked."),
            )
        if answers != item.answers or (row.note and row.note != item.note):
            done = "answered" if answers and item.status == "asked" else item.status
            ctx.change(item, answers=answers, note=row.note or item.note, status=done)
    whole = all(set(one.asks) <= set(one.answers) for one in items.values())
    fields: dict[str, Any] = {"answered_at": ctx.now, "status": "answered" if whole else "open"}
    if by:
        fields |= {"channel": "file", "reason": f"{by}"}
    ctx.change(request, **fields)


def seen(answers: Mapping[str, Any], asks: Iterable[str], held: Mapping[str, Any]) -> str:
    """Return what tells whether a row is still as it was looked at: its answers, and what the register holds beside.

    `held` gives the present values by field and by fact; a SHA-256 in hex.
    """
    now = {name: held.get(name) for name in asks}
    return hashlib.sha256(json.dumps([answers, now], sort_keys=True, default=str).encode()).hexdigest()


def held(computer: Computer) -> dict[str, Any]:
    """Return what the register holds of a computer that a vendor can be asked for."""
    return {**computer.facts, **{name: getattr(computer, name) for name in facts.FIELDS}}


def require_seen(item: VendorItem, looked_at: str) -> None:
    """Raise `ConflictError` where the vendor's answer or the register's value is no longer the one looked at."""
    present = held(item.computer) if item.computer is not None else {}
    if seen(item.answers, item.asks, present) != looked_at:
        raise ConflictError(
            Text(
                "この画面を開いた後に、供給者の回答か登録簿の値が変わりました。何も記録していません。",
                "The vendor's answer or the register's value has changed since it was looked at; nothing was recorded.",
            ),
            where="seen",
            mend=Text("下の新しい内容を確かめてから選んでください。", "Look at what stands there now, then choose."),
        )


def tell(ctx: Context, request: VendorRequest) -> None:
    """Tell the operator that its vendor has answered."""
    about = Bound("assets.vendor_request", request.id)
    title = Text(f"供給者が照会{request.number}に答えました", f"The vendor has answered request {request.number}")
    ctx.tell("operator", request.organisation, title, about=about)
