"""Stocktakes (棚卸し): one list a responsible person and facility, answered by saying only what changed (house rule).

A list is not kept: its computers are those the register gives that person and facility, so it is never out of date.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Q

from sakimori.acts import outbox
from sakimori.acts.context import Context
from sakimori.acts.models import Notice
from sakimori.assets import saying
from sakimori.assets.models import Computer, ComputerChange, Stocktake, StocktakeList
from sakimori.assets.upkeep import payloads as p
from sakimori.assets.upkeep.applying import Applying
from sakimori.assets.upkeep.days import require_coming
from sakimori.assets.upkeep.reminding import addresses
from sakimori.parties.models import Facility, Membership, Person
from sakimori.record import Bound
from sakimori.text import Text


def computers_of(world: str, organisation: uuid.UUID, facility: uuid.UUID, responsible: str) -> Any:
    """Return the computers in use on a responsible person's list of one facility."""
    return Computer.objects.filter(
        world=world, organisation=organisation, facility=facility, responsible=responsible
    ).exclude(status="retired")


def on_list(world: str, one: StocktakeList) -> Any:
    """Return the computers on a list, as the register has them now."""
    return computers_of(world, one.organisation, one.facility, one.responsible)


def listed(computers: Iterable[uuid.UUID]) -> str:
    """Return what tells which computers were on a list that was looked at: a SHA-256 over their ids, in hex."""
    return hashlib.sha256("\n".join(sorted(str(one) for one in computers)).encode()).hexdigest()


def start(ctx: Context, payload: p.StartStocktake) -> Bound:
    """Start a stocktake: a list for each responsible person and facility; only one runs at a time."""
    own = ctx.actor.acting_organisation
    if Stocktake.objects.filter(world=ctx.world.name, organisation=own, status="open").exists():
        raise ctx.refuse(
            "assets.stocktake_runs",
            Text("棚卸しが既に行われています。", "A stocktake is under way already."),
            mend=Text("その棚卸しを終えてから始めてください。", "Close that one first."),
        )
    require_coming(ctx, payload.answer_by, "answer_by")
    facilities = set(Facility.objects.filter(world=ctx.world.base, organisation_id=own).values_list("id", flat=True))
    if set(payload.facilities) - facilities:
        raise ctx.refuse(
            "assets.facility", Text("他の事業者の設備です。", "That facility is not yours."), where="facilities"
        )
    wanted = set(payload.facilities) or facilities
    stocktake = ctx.create(
        Stocktake, organisation=own, act=ctx.act, title=payload.title, started_at=ctx.now, answer_by=payload.answer_by
    )
    people = _people(ctx, own)
    rows = [
        {
            "stocktake": stocktake,
            "organisation": own,
            "facility": facility,
            "responsible": responsible,
            "person": people.get(_folded(responsible)),
            "computers": count,
        }
        for facility, responsible, count in lists_of(ctx.world.name, own, wanted)
    ]
    if not rows:
        raise ctx.refuse(
            "assets.nothing_to_count",
            Text("登録簿に棚卸しするものがありません。", "The register has nothing to take stock of."),
            mend=Text("先に登録簿へ取り込んでください。", "Import your list of computers first."),
        )
    ctx.create_many(StocktakeList, rows)
    about = Bound("assets.stocktake", stocktake.id)
    day = payload.answer_by
    told = Text(
        f"棚卸しが始まりました（回答は{day.month}月{day.day}日まで）", f"A stocktake has begun: answer by {day}"
    )
    ctx.tell("operator", own, told, about=about)
    _mail(ctx, own, stocktake)
    return about


def lists_of(world: str, organisation: uuid.UUID, facilities: Iterable[uuid.UUID]) -> Any:
    """Return facility, responsible person and number of computers of each list there would be."""
    found = Computer.objects.filter(world=world, organisation=organisation, facility__in=list(facilities))
    counted = found.exclude(status="retired").values_list("facility", "responsible").annotate(Count("id"))
    return counted.order_by("responsible", "facility")


def _folded(name: str) -> str:
    return "".join(name.split()).casefold()


def _people(ctx: Context, organisation: uuid.UUID) -> dict[str, uuid.UUID]:
    """Return the organisation's people by name, those whose name nobody shares."""
    held = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=ctx.today), valid_from__lte=ctx.today, world=ctx.world.base,
        organisation_id=organisation,
    )  # fmt: skip
    named: dict[str, set[uuid.UUID]] = {}
    for person in Person.objects.filter(id__in=held.values_list("person", flat=True)):
        for name in (person.name_ja, person.name_en):
            if name:
                named.setdefault(_folded(name), set()).add(person.id)
    return {name: next(iter(found)) for name, found in named.items() if len(found) == 1}


def _mail(ctx: Context, organisation: uuid.UUID, stocktake: Stocktake) -> None:
    """Mail to whoever has a list without an answer, as far as they have an account, and to the reporters."""
    notice = Notice.objects.filter(act=ctx.act, addressee=organisation).first()
    if notice is None:
        return
    waiting = stocktake.lists.filter(status="waiting", person__isnull=False).values_list("person", flat=True)
    theirs = Person.objects.filter(id__in=list(waiting)).exclude(email="").values_list("email", flat=True)
    outbox.queue_mail(notice, {*theirs, *addresses(ctx, organisation, ("reporter",))})


def _own(ctx: Context, stocktake: uuid.UUID) -> Stocktake:
    """Return the operator's own stocktake, open, or refuse."""
    found = ctx.get(Stocktake, stocktake, organisation=ctx.actor.acting_organisation)
    if found.status != "open":
        raise ctx.refuse(
            "assets.stocktake_closed",
            Text("この棚卸しは終わっています。", "This stocktake has been closed."),
            mend=Text("変更は電子計算機の画面から記録してください。", "Record the change on the computer's page."),
        )
    return found


def answer(ctx: Context, payload: p.AnswerStocktake) -> Bound:
    """Take in an answer: changes and retirements with their days; everything else on the list is as it was."""
    one = ctx.get(StocktakeList, payload.stocktake_list, organisation=ctx.actor.acting_organisation)
    stocktake = _own(ctx, one.stocktake_id)
    if one.status != "waiting":
        raise ctx.refuse(
            "assets.answered",
            Text("この一覧には既に回答があります。", "This list has been answered already."),
            where="stocktake_list",
            mend=Text(
                "その後の変更は電子計算機の画面から記録してください。",
                "Record what changed since on the computer's page.",
            ),
        )
    there = dict(on_list(ctx.world.name, one).values_list("id", "introduced_on"))
    if payload.listed != listed(there):
        ja, en = f"{payload.computers}台 → {len(there)}台", f"{payload.computers} → {len(there)}"
        if payload.computers == len(there):
            ja, en = "台数は同じでも、別の電子計算機です", "as many, but not the same computers"
        raise ctx.refuse(
            "assets.list_changed",
            Text(
                f"一覧を開いた後に、一覧にある電子計算機が変わりました（{ja}）。何も記録していません。",
                f"The list has changed since it was opened ({en}); nothing was recorded.",
            ),
            where="computers",
            mend=Text("下の一覧を確かめてから答えてください。", "Look at the list as it is now, then answer."),
        )
    _require_on_list(ctx, payload, there)
    before = since(stocktake, one, len(there))
    applying = Applying(ctx)
    applying.load([*(one.computer for one in payload.changes), *(one.computer for one in payload.retired)])
    _require_as_seen(ctx, applying, payload.changes)
    for said in payload.changes:
        told = said.model_dump(exclude={"computer", "changed_on", "facts", "was"})
        facts = said.facts.model_dump(exclude_none=True) if said.facts else {}
        applying.change(applying.computer(said.computer), told, facts, said.changed_on)
    for gone in payload.retired:
        applying.retire(applying.computer(gone.computer), gone.retired_on)
    applying.finish()
    changed = before["changed"] + len(payload.changes)
    ctx.change(
        one,
        status="answered",
        answered_at=ctx.now,
        answered_by=ctx.actor.person,
        answered_for=payload.answered_for,
        channel="file" if payload.answered_for else "site",
        changed=changed,
        retired=before["retired"] + len(payload.retired),
        added=before["added"],
        unchanged=max(0, len(there) - len(payload.retired) - changed - before["added"]),
        note=payload.note,
    )
    return Bound("assets.stocktake", stocktake.id)


def _require_on_list(ctx: Context, payload: p.AnswerStocktake, there: Mapping[uuid.UUID, date]) -> None:
    named = [*(one.computer for one in payload.changes), *(one.computer for one in payload.retired)]
    if len(set(named)) != len(named):
        raise ctx.refuse(
            "assets.twice",
            Text("同じ電子計算機が二度挙げられています。", "A computer is named twice."), where="changes",
            mend=Text("一台につき変更か廃止のどちらかにしてください。", "Name each once: changed or retired."),
        )  # fmt: skip
    if set(named) - set(there):
        raise ctx.refuse(
            "assets.not_on_list",
            Text("この一覧にない電子計算機が含まれています。", "A computer is named that is not on this list."),
            where="changes",
        )


def _require_as_seen(ctx: Context, applying: Applying, changes: Iterable[p.ListedChange]) -> None:
    """Refuse an answer that would write over what somebody else has recorded since it was looked at."""
    for place, said in enumerate(changes):
        computer = applying.computer(said.computer)
        now = _now(computer, said)
        unsaid = [name for name in now if name not in said.was]
        if unsaid:
            raise ctx.refuse(
                "assets.was_unsaid",
                Text(
                    f"「{unsaid[0]}」が何から変わったかが書かれていません。",
                    f"It is not said what “{unsaid[0]}” was before.",
                ),
                where=f"changes.{place}.was",
                mend=Text("確かめたときの値を was に書いてください。", "Give the value that was looked at in `was`."),
            )
        other = [name for name, held in now.items() if ("" if said.was[name] is None else said.was[name]) != held]
        if other:
            name = saying.FIELD.get(other[0], Text(other[0], other[0]))
            raise ctx.refuse(
                "assets.changed_meanwhile",
                Text(
                    f"「{computer.key}」の{name.ja}は、一覧を確かめた後にほかの人が変えました。何も記録していません。",
                    f"Somebody has changed {name.en} of “{computer.key}” since the list was looked at; "
                    "nothing was recorded.",
                ),
                where=f"changes.{place}.was",
                mend=Text("どちらが正しいかを確かめてください。", "See which of the two is right."),
            )


def _now(computer: Computer, said: p.ListedChange) -> dict[str, Any]:
    """Return what the register holds of the fields and facts that a change names; nothing known is an empty text."""
    told = said.model_dump(exclude={"computer", "changed_on", "facts", "was"}, exclude_none=True)
    facts = said.facts.model_dump(exclude_none=True) if said.facts else {}
    known = {f"facts.{name}": computer.facts.get(name) for name in facts}
    held = {name: getattr(computer, name) for name in told} | known
    return {name: "" if value is None else value for name, value in held.items()}


def since(stocktake: Stocktake, one: StocktakeList, computers: int) -> dict[str, int]:
    """Return how many computers a list has (given), and how many changed, went and came since it began."""
    own = {"world": stocktake.world, "organisation": one.organisation}
    place = {"computer__facility": one.facility, "computer__responsible": one.responsible}
    happened = ComputerChange.objects.filter(recorded_at__gte=stocktake.started_at, **own, **place)
    retired = happened.filter(event="retired").values("computer").distinct().count()
    changed = happened.filter(event="changed").exclude(computer__status="retired").values("computer").distinct().count()
    added = max(0, computers + retired - one.computers)
    return {"computers": computers, "changed": changed, "retired": retired, "added": added}


def remind(ctx: Context, payload: p.OneStocktake) -> Bound:
    """Remind those who have not answered: on the desk, and by mail as far as they have an account."""
    stocktake = _own(ctx, payload.stocktake)
    silent = stocktake.lists.filter(status="waiting").count()
    if not silent:
        raise ctx.refuse(
            "assets.nobody_silent",
            Text("全員が回答しています。", "Everybody has answered."),
            mend=Text("棚卸しを終えてください。", "Close the stocktake."),
        )
    about = Bound("assets.stocktake", stocktake.id)
    told = Text(f"棚卸しの回答を待っています（{silent}件）", f"The stocktake waits for {silent} answer(s)")
    ctx.tell("operator", stocktake.organisation, told, about=about)
    _mail(ctx, stocktake.organisation, stocktake)
    ctx.change(stocktake, reminded_at=ctx.now)
    return about


def close(ctx: Context, payload: p.CloseStocktake) -> Bound:
    """Close a stocktake and keep its sums; whoever has not answered is named in them."""
    stocktake = _own(ctx, payload.stocktake)
    lists = list(stocktake.lists.all())
    silent = [one for one in lists if one.status == "waiting"]
    if silent and not payload.note:
        raise ctx.refuse(
            "assets.silent_lists",
            Text(f"回答のない一覧が{len(silent)}件あります。", f"{len(silent)} list(s) have no answer."),
            where="note",
            mend=Text("催促するか、なぜ終えるのかを書いてください。", "Remind them, or say why you close it."),
        )
    counted = ("changed", "retired", "added", "unchanged")
    summary = {
        "lists": len(lists),
        "answered": len(lists) - len(silent),
        "computers": sum(one.computers for one in lists),
        "silent_computers": sum(one.computers for one in silent),
        **{name: sum(getattr(one, name) for one in lists) for name in counted},
    }
    ctx.change(stocktake, status="closed", closed_at=ctx.now, note=payload.note, summary=summary)
    return Bound("assets.stocktake", stocktake.id)
