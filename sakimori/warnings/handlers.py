"""What the door calls for this room: release, delivery to each one concerned, receipt, answer."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sakimori import law
from sakimori.acts import envelopes, incoming, reading
from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError, PreconditionError, RefusedError
from sakimori.acts.models import Act, Dispatch
from sakimori.parties.models import Designation, Organisation
from sakimori.record import Bound, Handler
from sakimori.record.viewer import NOBODY
from sakimori.text import Text
from sakimori.warnings import payloads as p
from sakimori.warnings.models import IssuedWarning, Received, Recipient

Reasons = dict[uuid.UUID, Text]
_CONCERNED, _TO_ALL = "強化法40(1)", "強化法41"  # a release to those concerned, a notice to everybody
_MADE_BY: Mapping[str, str] = {_CONCERNED: "warnings.release.make", _TO_ALL: "warnings.notice.publish"}


def _release(ctx: Context, payload: p.Release) -> Bound:
    """A minister's release (40(1)): to exactly the operators its findings concern, each with its own reason."""
    sources = _findings(ctx, payload.findings)
    reasons: dict[uuid.UUID, list[Text]] = {}
    for source in sources:
        row = source.row
        if row["reach"] != "notified" or row["operator"] is None or row["grade"] == "suggested":
            raise ctx.refuse(
                "warnings.finding",
                Text(
                    "推定どまりの結果、又は届出された製品に係らない結果では、事業者に警告できません。",
                    "A mere suggestion, or a finding about no notified product, warns no operator.",
                ),
                where="findings",
                mend=Text("照合を人が確定してから行ってください。", "Let a person decide the match first."),
            )
        reasons.setdefault(row["operator"], []).append(Text(row["reason_ja"], row["reason_en"]))
    joined = {
        operator: Text("\n".join(dict.fromkeys(r.ja for r in given)), "\n".join(dict.fromkeys(r.en for r in given)))
        for operator, given in reasons.items()
    }
    return _warn(ctx, payload, sources, joined, _CONCERNED)


def _publish(ctx: Context, payload: p.Publish) -> Bound:
    """The Prime Minister's notice (41): to every designated operator, since nobody notifies exempt items."""
    sources = _findings(ctx, payload.findings)
    if any(source.row["reach"] != "designated" for source in sources):
        raise ctx.refuse(
            "warnings.finding",
            Text(
                "特定の事業者に係る結果は、全員への周知の根拠にできません。",
                "A finding that concerns single operators is no ground for a notice to all.",
            ),
            where="findings",
        )
    everybody = set(
        Designation.objects.filter(world=ctx.world.base, withdrawn_on=None).values_list("organisation_id", flat=True)
    )
    why = Text(
        "\n".join(dict.fromkeys(source.row["reason_ja"] for source in sources)),
        "\n".join(dict.fromkeys(source.row["reason_en"] for source in sources)),
    )
    return _warn(ctx, payload, sources, dict.fromkeys(everybody, why), _TO_ALL)


def _findings(ctx: Context, wanted: Iterable[uuid.UUID]) -> list[reading.Source]:
    ids = set(wanted)
    found = [one for one in reading.read_sources(ctx.actor, "analysis.findings") if one.row["id"] in ids]
    if len(found) != len(ids):
        raise NotFoundError("findings")
    return found


def _warn(
    ctx: Context, payload: p.Release | p.Publish, sources: list[reading.Source], reasons: Reasons, basis: str
) -> Bound:
    content = payload.content.model_dump()
    warning = ctx.create(
        IssuedWarning,
        derived_from=sources,
        labels={"all": [payload.tlp]},
        basis=basis,
        released_by=ctx.actor.acting_organisation,
        taken_out=payload.taken_out,
        tlp=payload.tlp,
        released_at=ctx.now,
        **content,
    )
    for organisation, reason in sorted(reasons.items(), key=lambda item: str(item[0])):
        ctx.create(Recipient, warning=warning, organisation=organisation, reason_ja=reason.ja, reason_en=reason.en)
        ctx.follow(
            "warnings.delivery.send",
            {
                "number": str(warning.id),
                "recipient": str(organisation),
                "issuer": str(ctx.actor.acting_organisation),
                "content": content,
                "basis": basis,
                "reason_ja": reason.ja,
                "reason_en": reason.en,
                "tlp": payload.tlp,
            },
        )
    return Bound("warnings.warning", warning.id)


def _send(ctx: Context, payload: p.Deliver) -> Bound:
    warning = ctx.get(IssuedWarning, payload.number)
    recipient = Recipient.objects.get(warning=warning, organisation=payload.recipient)
    ctx.send(payload.recipient, carrying=[warning])
    ctx.change(recipient, delivery=ctx.act)
    return Bound("warnings.warning", warning.id)


def _sent_arrived(ctx: Context, payload: p.Arrived) -> Bound:
    dispatch = ctx.get(Dispatch, payload.dispatch)
    recipient = Recipient.objects.get(world=ctx.world.name, delivery=dispatch.act)
    if payload.accepted:
        ctx.change(recipient, arrived_at=dispatch.arrived_at)
    return Bound("warnings.warning", recipient.warning_id)


def _receive(ctx: Context, payload: p.Receive) -> Bound:
    sent = incoming.read(ctx, p.Deliver, payload.document)
    if sent.recipient != payload.addressee:
        raise ctx.refuse("warnings.recipient", Text("宛先が違います。", "It is addressed to somebody else."))
    sender = _giver(ctx, payload, sent)
    received = ctx.create(
        Received,
        owner=sent.recipient,
        labels={"all": [sent.tlp]},
        number=sent.number,
        organisation=sent.recipient,
        sender=sender,
        content={**sent.content.model_dump(), "basis": sent.basis, "tlp": sent.tlp},
        reason_ja=sent.reason_ja,
        reason_en=sent.reason_en,
        received_at=ctx.now,
    )
    about = Bound("warnings.received", received.id)
    told, other = ("recipient", "operator") if sent.basis == _TO_ALL else ("operator", "recipient")
    ctx.waive(f"notify:{other}", f"this warning rests on {sent.basis}")
    ctx.tell(
        told,
        sent.recipient,
        Text("貴社の設備に関わる注意喚起が届きました", "A warning that concerns your equipment has arrived"),
        about=about,
    )
    return about


def _giver(ctx: Context, payload: p.Receive, sent: p.Deliver) -> uuid.UUID:
    """Return who gives a warning: the sender, where the article it names is the sender's, and its number is new."""
    made_by = _MADE_BY.get(sent.basis)
    sender = ctx.organisation(payload.sender) if payload.sender else None
    if sender is None or made_by is None or sender.type not in envelopes.senders(law.kind(made_by)):
        raise ctx.refuse(
            "warnings.basis",
            Text(
                "差出人は、示された条文によって注意喚起を行う官署ではありません。",
                "The sender is not who gives warnings under the article that is named.",
            ),
            where="basis",
        )
    if Received.objects.filter(world=ctx.world.name, number=sent.number, organisation=sent.recipient).exists():
        raise ctx.refuse(
            "warnings.number",
            Text("この番号の注意喚起は既に届いています。", "A warning of this number has arrived already."),
            where="number",
        )
    return sender.id


def _answer(ctx: Context, payload: p.Answer) -> Bound:
    received = (
        Received.objects.select_for_update()
        .filter(world=ctx.world.name, number=payload.number, organisation=ctx.actor.acting_organisation)
        .first()
    )
    if received is None:
        raise NotFoundError(str(payload.number))
    ctx.change(received, answer=payload.answer, answered_at=ctx.now)
    ctx.send(received.sender)
    return Bound("warnings.received", received.id)


def _receive_answer(ctx: Context, payload: p.Receive) -> Bound:
    answer = incoming.read(ctx, p.Answer, payload.document)
    recipient = Recipient.objects.filter(
        world=ctx.world.name,
        warning=answer.number,
        organisation=payload.sender or NOBODY,
        warning__released_by=payload.addressee,
    ).first()
    if recipient is None:
        raise ctx.refuse(
            "warnings.unknown", Text("この注意喚起の宛先ではありません。", "The sender is no recipient of it.")
        )
    ctx.change(recipient, answer=answer.answer, answer_note=answer.note, answered_at=ctx.now)
    about = Bound("warnings.warning", recipient.warning_id)
    ctx.tell(
        "requester",
        payload.addressee,
        Text("注意喚起への回答が届きました", "An answer to a warning has arrived"),
        about=about,
    )
    return about


def _recipients_enrolled(ctx: Context, payload: p.Deliver) -> RefusedError | None:
    if Organisation.objects.filter(id=payload.recipient, world=ctx.world.base, type="operator").exists():
        return None
    return PreconditionError(Text("宛先は事業者ではありません。", "The recipient is no operator."), where="recipient")


def _sent_by_us(ctx: Context, payload: p.Arrived) -> RefusedError | None:
    dispatch = Dispatch.objects.filter(id=payload.dispatch, world=ctx.world.name).first()
    if dispatch is not None and Act.objects.filter(id=dispatch.act).exists():
        return None
    return PreconditionError(Text("送達の記録がありません。", "There is no such dispatch."))


HANDLERS: dict[str, Any] = {
    "warnings.release.make": Handler(p.Release, _release),
    "warnings.notice.publish": Handler(p.Publish, _publish),
    "warnings.delivery.send": Handler(p.Deliver, _send),
    "warnings.delivery.arrive": Handler(p.Arrived, _sent_arrived),
    "warnings.delivery.receive": Handler(p.Receive, _receive),
    "warnings.answer.give": Handler(p.Answer, _answer),
    "warnings.answer.receive": Handler(p.Receive, _receive_answer),
}
PREDICATES = {"warning_to_operator": _recipients_enrolled, "warning_sent_by_us": _sent_by_us}
RECEIVERS = {
    "warnings.delivery.send": "warnings.delivery.receive",
    "warnings.answer.give": "warnings.answer.receive",
}
ON_ARRIVAL = {"warnings.delivery.send": "warnings.delivery.arrive"}
