"""What the door calls: answers recorded and computers placed anew, the ministry's answers, prior-review papers."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError, PayloadError
from sakimori.assets.interview import ministry
from sakimori.assets.interview import payloads as p
from sakimori.assets.models import Computer, Finding, MinistryAnswer, PlanItem, PlanPaper
from sakimori.assets.payloads import StagedFacts
from sakimori.assets.placing import Place
from sakimori.assets.upkeep.changes import Noted
from sakimori.parties.models import Facility
from sakimori.record import Bound, Handler
from sakimori.text import Text

_AT_ONCE = 500  # rows named in one statement: databases limit how many
_ANEW = Text("聞き取りの画面を開き直してください。", "Open the interview again.")
Facts = Mapping[str, Any]


class _Answering:
    """Answers on their way into the register: computers that end up alike are changed together."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.place = Place(ctx)
        self.noted = Noted(ctx)
        self.alike: dict[str, tuple[dict[str, Any], list[uuid.UUID]]] = {}
        self.count = 0

    def take(self, computer: Computer, facts: Facts) -> None:
        """Take the facts now known of a computer (None: known no longer); keep who said so, place it anew."""
        differ = {name: value for name, value in facts.items() if computer.facts.get(name) != value}
        if not differ:
            return
        known = {name: value for name, value in {**computer.facts, **differ}.items() if value is not None}
        self._replace(
            computer,
            facts=known,
            answered={**computer.answered, **{name: str(self.ctx.act) for name in differ}},
        )

    def anew(self, computer: Computer) -> None:
        """Place a computer of which nothing new is known anew: something about its facility became known."""
        self._replace(computer, facts=computer.facts, answered=computer.answered)

    def _replace(self, computer: Computer, **known: Any) -> None:
        self.count += 1
        fields = {**known, **self.place.anew(computer, known)}
        if computer.status in ("filed", "notified") and fields["clause"] != computer.clause:
            self.noted.add(computer, {"clause": [computer.clause, fields["clause"]]}, self.ctx.today)
        key = json.dumps({name: str(getattr(value, "id", value)) for name, value in fields.items()}, sort_keys=True)
        self.alike.setdefault(key, (fields, []))[1].append(computer.id)

    def finish(self) -> None:
        """Write what was taken; start the clocks of what became owed, end those of what is owed no more."""
        for fields, computers in self.alike.values():
            for start in range(0, len(computers), _AT_ONCE):
                Computer.objects.filter(id__in=computers[start : start + _AT_ONCE]).update(**fields)
        self.noted.finish()
        self.place.end_clocks()
        self.place.start_clocks()


def _own_facility(ctx: Context, facility: uuid.UUID) -> Facility:
    return ctx.get(Facility, facility, organisation_id=ctx.actor.acting_organisation)


def _computers(ctx: Context, facility: uuid.UUID | None = None) -> Any:
    found = Computer.objects.filter(world=ctx.world.name, organisation=ctx.actor.acting_organisation)
    return found if facility is None else found.filter(facility=facility)


def _past(ctx: Context, day: date, where: str) -> None:
    if day > ctx.today:
        raise ctx.refuse("assets.future", Text("未来の日付です。", "That day lies in the future."), where=where)


def _record_answers(ctx: Context, payload: p.RecordAnswers) -> Bound:
    facility = _own_facility(ctx, payload.facility)
    answering = _Answering(ctx)
    for rows in _chunks(_staged(ctx)):
        found = {one.id: one for one in _computers(ctx, facility.id).filter(id__in=list(rows))}
        for identity, facts in rows.items():
            if identity not in found:
                raise ctx.refuse(
                    "assets.not_there",
                    Text(
                        "この設備の登録簿にない電子計算機があります。",
                        "A computer is named that the register of this facility does not have.",
                    ),
                    where=str(identity),
                    mend=_ANEW,
                )
            if found[identity].status != "retired":
                answering.take(found[identity], facts)
    if not answering.count:
        raise ctx.refuse("assets.unchanged", Text("変更された項目がありません。", "Nothing has changed."), mend=_ANEW)
    answering.finish()
    return Bound("parties.facility", facility.id)


def _staged(ctx: Context) -> Iterable[tuple[uuid.UUID, Facts]]:
    for position, content in enumerate(ctx.items()):
        try:
            row = p.StagedAnswer.model_validate(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(("rows", str(position), *(str(part) for part in first["loc"])))
            raise PayloadError(
                Text(
                    f"{position + 1}件目の回答が決められた形ではありません。",
                    f"Answer {position + 1} is not of the form asked for.",
                ),
                [{"where": where, "what": first["msg"], "type": first["type"]}],
                where=where,
                mend=_ANEW,
            ) from None
        yield row.computer, row.facts.model_dump(exclude_none=True)


def _chunks(rows: Iterable[tuple[uuid.UUID, Facts]]) -> Iterable[dict[uuid.UUID, Facts]]:
    found: dict[uuid.UUID, Facts] = {}
    for identity, facts in rows:
        found[identity] = {**found.get(identity, {}), **facts}
        if len(found) >= _AT_ONCE:
            yield found
            found = {}
    if found:
        yield found


def _record_ministry_answer(ctx: Context, payload: p.RecordMinistryAnswer) -> Bound:
    _past(ctx, payload.answered_on, "answered_on")
    if payload.facility is not None:
        _own_facility(ctx, payload.facility)
    value = _value(ctx, payload)
    record = ctx.create(
        MinistryAnswer,
        organisation=ctx.actor.acting_organisation,
        value=value,
        act=ctx.act,
        **payload.model_dump(include={
            "facility", "fact", "question", "answer", "answered_on", "answered_by", "reference",
        }),
    )  # fmt: skip
    answering = _Answering(ctx)
    if value is not None:
        _apply(ctx, answering, payload.facility, payload.fact, value)
    answering.finish()
    return Bound("assets.ministry_answer", record.id)


def _value(ctx: Context, payload: p.RecordMinistryAnswer) -> bool | str | None:
    if payload.fact and payload.fact not in ministry.closable():
        raise ctx.refuse(
            "assets.no_fact",
            Text("その事実は判定表にありません。", "The law's tables know no such fact."),
            where="fact",
        )
    if not payload.value:
        return None
    value = ministry.value_of(payload.fact, payload.value)
    if value is None:
        raise ctx.refuse(
            "assets.no_value",
            Text("その問いの答えとして使えない値です。", "That is no value for this question."),
            where="value",
            mend=Text(
                "選択肢から選ぶか、日付なら年-月-日の形で書いてください。回答が値を定めていなければ空欄にします。",
                "Choose one of the values, or write a day as year-month-day; leave it empty where none is given.",
            ),
        )
    return value


def _apply(ctx: Context, answering: _Answering, facility: uuid.UUID | None, fact: str, value: object) -> None:
    """Close the point wherever it is open; a fact of the facility itself places its computers anew."""
    live = _computers(ctx, facility).exclude(status="retired")
    if fact not in StagedFacts.model_fields:
        for computer in live.iterator(chunk_size=_AT_ONCE):
            answering.anew(computer)
        return
    for computer in live.filter(finding__in=_asking(ctx, fact)).iterator(chunk_size=_AT_ONCE):
        if fact not in computer.facts:
            answering.take(computer, {fact: value})


def _asking(ctx: Context, fact: str) -> list[uuid.UUID]:
    """Return the findings of the operator's computers that ask for a fact: a few hundred differ at most."""
    shared = _computers(ctx).order_by().values_list("finding", flat=True).distinct()
    found = Finding.objects.filter(id__in=list(shared)).values_list("id", "content")
    return [
        identity
        for identity, content in found
        if any(one["fact"] == fact for decision in content.values() for one in decision["open_questions"])
    ]


def _withdraw_ministry_answer(ctx: Context, payload: p.WithdrawMinistryAnswer) -> Bound:
    record = ctx.get(MinistryAnswer, payload.answer, organisation=ctx.actor.acting_organisation)
    if record.status != "standing":
        raise ctx.refuse("assets.withdrawn", Text("既に取り消されています。", "It has been withdrawn already."))
    ctx.change(record, status="withdrawn", reason=payload.reason)
    answering = _Answering(ctx)
    if record.fact and record.value is not None:
        if record.fact in StagedFacts.model_fields:
            for computer in _computers(ctx, record.facility).iterator(chunk_size=_AT_ONCE):
                if computer.answered.get(record.fact) == str(record.act):
                    answering.take(computer, {record.fact: None})
        else:
            _apply(ctx, answering, record.facility, record.fact, None)
    answering.finish()
    return Bound("assets.ministry_answer", record.id)


def _record_plan_paper(ctx: Context, payload: p.RecordPlanPaper) -> Bound:
    _past(ctx, payload.filed_on, "filed_on")
    facility = _own_facility(ctx, payload.facility)
    ours: dict[str, Any] = {"organisation": ctx.actor.acting_organisation, "facility": facility.id}
    if payload.replaces is not None:
        earlier = ctx.get(PlanPaper, payload.replaces, **ours)
        if earlier.status != "standing":
            raise NotFoundError(str(payload.replaces))
        ctx.change(earlier, status="replaced")
    paper = ctx.create(PlanPaper, act=ctx.act, **ours, **payload.model_dump(include={"paper", "filed_on", "reference"}))
    ctx.create_many(
        PlanItem,
        (
            {**ours, "paper": paper, "position": position, **item.model_dump()}
            for position, item in enumerate(payload.items, start=1)
        ),
    )
    return Bound("assets.plan_paper", paper.id)


def _withdraw_plan_paper(ctx: Context, payload: p.WithdrawPlanPaper) -> Bound:
    paper = ctx.get(PlanPaper, payload.paper, organisation=ctx.actor.acting_organisation)
    if paper.status != "standing":
        raise ctx.refuse("assets.withdrawn", Text("既に取り消されています。", "It has been withdrawn already."))
    ctx.change(paper, status="withdrawn")
    return Bound("assets.plan_paper", paper.id)


HANDLERS = {
    "assets.scoping.answer": Handler(p.RecordAnswers, _record_answers),
    "assets.ministry_answer.record": Handler(p.RecordMinistryAnswer, _record_ministry_answer),
    "assets.ministry_answer.withdraw": Handler(p.WithdrawMinistryAnswer, _withdraw_ministry_answer),
    "assets.plan_paper.record": Handler(p.RecordPlanPaper, _record_plan_paper),
    "assets.plan_paper.withdraw": Handler(p.WithdrawPlanPaper, _withdraw_plan_paper),
}
