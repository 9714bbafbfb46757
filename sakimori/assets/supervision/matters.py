"""Giving a matter to an operator or a minister, answering it, ending it: the same steps whatever its sort.

The giver keeps one row, the addressee another; the act that began it is the number of both. What is given travels by
envelope, so that it works alike whether both sides are hosted here or not.
"""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sakimori import law
from sakimori.acts import attaching, incoming
from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError
from sakimori.acts.models import Act, Dispatch, Obligation
from sakimori.assets.models import Matter, Notification, OfficeSetting
from sakimori.assets.payloads import Receive
from sakimori.assets.supervision import arriving
from sakimori.assets.supervision import payloads as p
from sakimori.record import Bound
from sakimori.text import Text

ANSWER, ORDER, MATERIAL = "house.assets.answer", "kyokaho.order.compliance", "kyokaho.material.answer"
RULES: Mapping[str, str] = {"question": ANSWER, "correction": ANSWER, "order": ORDER, "demand": MATERIAL}
"""The clock of each sort of matter that awaits something."""
SORTS: Mapping[str, str] = {
    "assets.question.ask": "question",
    "assets.correction.ask": "correction",
    "assets.order.issue": "order",
    "assets.material.demand": "demand",
    "assets.guidance.give": "guidance",
    "assets.opinion.state": "opinion",
}
KINDS: Mapping[str, str] = {sort: kind for kind, sort in SORTS.items()}
"""The act that begins each sort of matter."""
_MODELS: Mapping[str, Any] = {
    "question": p.AskQuestion,
    "correction": p.AskCorrection,
    "order": p.IssueOrder,
    "demand": p.DemandMaterial,
    "guidance": p.GiveGuidance,
    "opinion": p.StateOpinion,
}
TITLES: Mapping[str, Text] = {
    "question": Text("届出について照会がありました", "There is a question about your notification"),
    "correction": Text("届出の補正が求められています", "A correction of your notification is asked for"),
    "order": Text("届出の命令がありました（強化法6条）", "An order about your notification (Art 6)"),
    "demand": Text("報告・資料の提出を求められています（強化法9条）", "A report or material is demanded (Art 9)"),
    "guidance": Text("届出について指導・助言がありました（強化法10条）", "Guidance on your notification (Art 10)"),
    "opinion": Text("内閣総理大臣の意見がありました（強化法7条）", "The Prime Minister has stated an opinion (Art 7)"),
}
ANSWERED_BY: Mapping[str, tuple[str, ...]] = {
    "assets.question.answer": ("question", "correction"),
    "assets.material.give": ("demand",),
}
"""The sorts of matter that each act answers."""
_WITHDRAW = "assets.order.withdraw"
_GIVEN = ("guidance", "opinion")
_ABOUT = ("operator", "filing", "facility_category", "minister")


def basis_of(sort: str) -> str:
    """Return on what a matter of a sort rests, first of all: an informal question on no article, an order on 6条."""
    return law.kind(KINDS[sort]).basis[0]


def subject(number: uuid.UUID) -> Bound:
    """Return what an act about a matter is about."""
    return Bound("assets.matter", number)


def give(ctx: Context, payload: Any) -> Bound:
    """Begin a matter: keep it, start its clock, have it arrive at the addressee."""
    sort = SORTS[ctx.kind.name]
    filing = _filing(ctx, payload)
    addressee = payload.minister if sort == "opinion" else payload.operator
    matter = _row(ctx, payload, sort, "giver", ctx.act, ctx.actor.acting_organisation, addressee, [filing])
    _start(ctx, matter, ctx.today)
    ctx.send(addressee, carrying=[matter])
    return subject(matter.number)


def _filing(ctx: Context, payload: Any) -> Notification | None:
    if payload.filing is None:
        return None
    return filing_of(ctx, payload.filing, payload.operator)


def filing_of(ctx: Context, act: uuid.UUID, operator: uuid.UUID) -> Notification | None:
    """Return the notification filed or entered by an act, as this office has it; None where it has none."""
    found = Notification.objects.filter(world=ctx.world.name, act=act, side="minister", organisation=operator)
    office = ctx.actor.acting_organisation
    if ctx.actor.organisation_type == "cabinet_office":
        return found.filter(passed_on_at__isnull=False).first()
    return found.filter(minister=office).first()


def _row(
    ctx: Context,
    payload: Any,
    sort: str,
    side: str,
    number: uuid.UUID,
    giver: uuid.UUID,
    addressee: uuid.UUID,
    sources: list[Notification | None],
) -> Matter:
    said = payload.model_dump(mode="json", exclude=set(_ABOUT))
    filing = next((one for one in sources if one is not None), None)
    category = getattr(payload, "facility_category", "") or (filing.facility_category if filing else "")
    return ctx.create(
        Matter,
        derived_from=[one for one in sources if one is not None],
        owner=payload.operator,
        number=number,
        side=side,
        sort=sort,
        giver=giver,
        addressee=addressee,
        operator=payload.operator,
        filing=payload.filing,
        facility_category=category,
        content=said,
        given_at=ctx.now,
        reached_at=ctx.now if side == "addressee" else None,
        due_on=getattr(payload, "limit", None) or getattr(payload, "due_on", None),
        status="given" if sort in _GIVEN else "open",
    )


def _start(ctx: Context, matter: Matter, begins: date) -> None:
    """Start the clock of a matter, unless it runs here already (both sides are hosted here)."""
    rule = RULES.get(matter.sort, "")
    declared = {start.rule for start in ctx.kind.starts}
    runs = Obligation.objects.filter(world=ctx.world.name, rule=rule, subject=matter.number, status="open").exists()
    for other in declared - {rule}:
        ctx.waive(other, "this matter has another clock, or none")
    if rule not in declared:
        return
    if runs:
        ctx.waive(rule, "it runs here already")
        return
    days = (matter.due_on - begins).days if matter.due_on else 0
    facts = {"target": f"{days}d"} if days > 0 else None
    ctx.start(
        rule,
        bearer=matter.operator,
        about=subject(matter.number),
        begins=begins,
        facts=facts,
        shown_to=[matter.giver],
    )


def receive(ctx: Context, payload: Receive) -> Bound:
    """Take in at the addressee's what an office sent."""
    sort = SORTS.get(str(payload.document.get("kind")), "")
    if payload.sender is None or not sort:
        raise ctx.refuse("assets.sender", Text("差出人が分かりません。", "Nobody is named as sender."))
    given = incoming.read(ctx, _MODELS[sort], payload.document)
    arriving.require(ctx, payload, given, sort)
    number = uuid.UUID(str(payload.document["id"]))
    matter = _row(ctx, given, sort, "addressee", number, payload.sender, payload.addressee, [])
    _start(ctx, matter, arriving.begun(ctx, payload))
    ctx.tell("recipient", payload.addressee, TITLES[sort], about=subject(number), basis=basis_of(sort))
    return subject(number)


def reached(ctx: Context, payload: p.Reached) -> Bound:
    """Note at the giver's that the addressee's deployment has taken the matter in; for an order this is evidence."""
    dispatch = ctx.get(Dispatch, payload.dispatch)
    matter = own(ctx, dispatch.act, "giver", giver=dispatch.sender)
    if payload.accepted:
        service = {"how": "system", "served_at": (dispatch.arrived_at or ctx.now).isoformat()}
        ctx.change(matter, reached_at=dispatch.arrived_at or ctx.now, service=matter.service or service)
    else:
        ctx.change(matter, service={"how": "refused", "refusal": str(dispatch.refusal or "")})
    return subject(matter.number)


def own(ctx: Context, number: uuid.UUID, side: str, **conditions: Any) -> Matter:
    """Return a matter of one side by its number, or refuse with `NotFoundError`."""
    found = Matter.objects.filter(world=ctx.world.name, number=number, side=side, **conditions).first()
    if found is None:
        raise NotFoundError(str(number))
    return found  # type: ignore[no-any-return]


def answer(ctx: Context, payload: p.Answer) -> Bound:
    """Answer a question, or give what was demanded; it travels to the office."""
    matter = own(ctx, payload.number, "addressee", addressee=ctx.actor.acting_organisation)
    about = subject(matter.number)
    attaching.bind(ctx, payload.attachments, about)
    said = {"text": payload.text, "attachments": payload.attachments}
    ctx.change(matter, answer=said, answered_at=ctx.now, status="answered")
    if ANSWER in ctx.kind.settles:
        ctx.settle(ANSWER, matter.number, evidence={"answered": str(ctx.act)})
    ctx.send(matter.giver, carrying=[matter])
    return about


def arrived(ctx: Context, payload: p.Reached) -> Bound:
    """Settle at the operator's the duty to give material: it has arrived. One that was refused is open again."""
    dispatch = ctx.get(Dispatch, payload.dispatch)
    number = Act.objects.values_list("subject", flat=True).get(id=dispatch.act, world=ctx.world.name)
    found = own(ctx, number, "addressee", addressee=dispatch.sender)
    if payload.accepted:
        ctx.settle(MATERIAL, found.number, evidence=dispatch.acknowledgement or {}, at=dispatch.arrived_at)
    else:
        ctx.change(found, status="open")
    return subject(found.number)


def receive_answer(ctx: Context, payload: Receive) -> Bound:
    """Take in an operator's answer at the office that asked."""
    told = incoming.read(ctx, p.Answer, payload.document)
    matter = own(ctx, told.number, "giver", giver=payload.addressee, addressee=payload.sender)
    if matter.sort not in ANSWERED_BY[str(payload.document["kind"])]:
        raise _over(ctx)
    ctx.change(
        matter,
        answer={"text": told.text, "attachments": told.attachments},
        answered_at=ctx.now,
        status="answered" if matter.status == "open" else matter.status,
    )
    for rule in (ANSWER, MATERIAL):
        ctx.settle(rule, matter.number, evidence={"answered": str(payload.document["id"])})
    title = Text("照会・求めへの回答が届きました", "An operator has answered")
    ctx.tell(
        "minister",
        payload.addressee,
        title,
        about=subject(matter.number),
        derived_from=[matter],
        basis=basis_of(matter.sort),
    )
    return subject(matter.number)


def end(ctx: Context, payload: p.CloseMatter) -> Bound:
    """Close what needs no answer any more, or withdraw an order; the operator is told."""
    matter = own(ctx, payload.number, "giver", giver=ctx.actor.acting_organisation)
    withdraws = ctx.kind.name == _WITHDRAW
    if matter.status not in ("open", "answered") or not _ends(matter, withdraws=withdraws):
        raise _over(ctx)
    _close(ctx, matter, payload.reason, "withdrawn" if withdraws else "closed")
    ctx.send(matter.addressee, carrying=[matter])
    return subject(matter.number)


def _ends(matter: Matter, *, withdraws: bool) -> bool:
    """Return whether a matter ends in this way: an order is withdrawn, what awaits an answer is closed."""
    return matter.sort in RULES and (matter.sort == "order") == withdraws


def _over(ctx: Context) -> Exception:
    return ctx.refuse(
        "assets.matter_over",
        Text("既に終わっているか、この手続では終えられません。", "It is over already, or does not end in this way."),
        where="number",
        mend=Text("案件のページで状態を確かめてください。", "See its state on its page."),
    )


def _close(ctx: Context, matter: Matter, reason: str, status: str) -> None:
    ctx.change(matter, status=status, ended_at=ctx.now, content={**matter.content, "ended": reason})
    ctx.settle(RULES[matter.sort], matter.number, evidence={status: str(ctx.act)})


def receive_end(ctx: Context, payload: Receive) -> Bound:
    """Take in at the operator's that a matter is closed or an order withdrawn."""
    told = incoming.read(ctx, p.CloseMatter, payload.document)
    matter = own(ctx, told.number, "addressee", addressee=payload.addressee, giver=payload.sender)
    withdrawn = payload.document.get("kind") == _WITHDRAW
    if not _ends(matter, withdraws=withdrawn):
        raise _over(ctx)
    _close(ctx, matter, told.reason, "withdrawn" if withdrawn else "closed")
    title = Text("官署からの照会・求め・命令が終わりました", "A question, demand or order has been closed")
    ctx.tell("operator", payload.addressee, title, about=subject(matter.number), basis=basis_of(matter.sort))
    return subject(matter.number)


def remind(ctx: Context, payload: p.RemindOf) -> Bound:
    """Remind the operator of what awaits it; the word travels to its deployment, and its times stay on record here."""
    matter = own(ctx, payload.number, "giver", giver=ctx.actor.acting_organisation)
    if matter.status != "open":
        raise ctx.refuse(
            "assets.matter_over",
            Text("回答を待っているものではありません。", "It awaits nothing any more."),
            where="number",
        )
    reminded = [*matter.content.get("reminded", []), ctx.now.isoformat()]
    ctx.change(matter, content={**matter.content, "reminded": reminded})
    ctx.send(matter.addressee)
    return subject(matter.number)


def receive_reminder(ctx: Context, payload: Receive) -> Bound:
    """Take in a reminder: a notice in the operator's inbox about the matter."""
    told = incoming.read(ctx, p.RemindOf, payload.document)
    matter = own(ctx, told.number, "addressee", addressee=payload.addressee, giver=payload.sender)
    title = Text("照会・求め・命令についての催促（任意）", "A reminder of a question, request or order (informal)")
    ctx.tell("operator", payload.addressee, title, about=subject(matter.number))
    return subject(matter.number)


def serve(ctx: Context, payload: p.ServeOrder) -> Bound:
    """Record how and when an order was served, with its evidence."""
    matter = own(ctx, payload.number, "giver", giver=ctx.actor.acting_organisation, sort="order")
    _refuse_service(ctx, matter, payload)
    about = subject(matter.number)
    attaching.bind(ctx, payload.attachments, about, owner=matter.operator)
    said = payload.model_dump(mode="json", exclude={"number"}) | {"act": str(ctx.act)}
    before = [one for one in (*matter.content.get("services", []), matter.service) if one]
    ctx.change(matter, service=said, reached_at=payload.served_at, content={**matter.content, "services": before})
    return about


def _refuse_service(ctx: Context, matter: Matter, payload: p.ServeOrder) -> None:
    """Refuse what cannot have been served so: a withdrawn order, too early, by a mere say-so, without evidence."""
    if matter.status == "withdrawn":
        raise ctx.refuse(
            "assets.matter_over",
            Text("取り消した命令です。", "This order has been withdrawn."),
            where="number",
            mend=Text("案件のページで状態を確かめてください。", "See its state on its page."),
        )
    if payload.served_at < matter.given_at.replace(second=0, microsecond=0):
        raise ctx.refuse(
            "assets.served_early",
            Text("送達の日時が命令より前です。", "It cannot have been served before it was issued."),
            where="served_at",
            mend=Text("受領書の日時を確かめてください。", "Check the day and time on the slip."),
        )
    if payload.how == "system":
        raise ctx.refuse(
            "assets.evidence",
            Text(
                "当システムによる送達は、相手の設置の受領の知らせで自動的に記録されます。手では記録できません。",
                "Service by this system is recorded by the addressee's own acknowledgement, not by hand.",
            ),
            where="how",
            mend=Text("実際の方法を選んでください。", "Choose the way it was really served."),
        )
    if not (payload.reference or payload.attachments):
        raise ctx.refuse(
            "assets.evidence",
            Text("送達の証拠がありません。", "There is no evidence of the service."),
            where="reference",
            mend=Text("配達の番号や受領書の番号を入れるか、控えを付けてください。", "Give a number, or attach a scan."),
        )


def set_office(ctx: Context, payload: p.SetOffice) -> Bound:
    """Keep what an office sets for its dealings."""
    office = ctx.actor.acting_organisation
    made = ctx.create(
        OfficeSetting, office=office, answer_days=payload.answer_days, remedies=payload.remedies, set_at=ctx.now
    )
    return Bound("assets.office", made.id)
