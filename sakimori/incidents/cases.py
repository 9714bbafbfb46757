"""The operator's own acts on a case: awareness, facts, the decision whether to report. Nothing here leaves."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sakimori import law
from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError, PreconditionError, RefusedError
from sakimori.assets.queries import QUERIES as ASSETS
from sakimori.incidents import addressing, clocks, deciding, times
from sakimori.incidents import payloads as p
from sakimori.incidents.models import Case, CaseComputer, Filing, Triage
from sakimori.parties.models import Designation, Facility
from sakimori.record import Bound
from sakimori.text import Text

_APPI_RULES = (clocks.APPI_FIRST, clocks.APPI_FULL, clocks.APPI_WRONGFUL)
_OPEN = "open"  # of a computer whose clause is not decided yet
_KYOKAHO_RULES = (clocks.FIRST, clocks.FULL)


def organisation(ctx: Context) -> uuid.UUID:
    """Return the organisation in whose name the actor acts; refuse where there is none."""
    if ctx.actor.acting_organisation is None:
        raise ctx.refuse("incidents.organisation", Text("組織がありません。", "There is no organisation."))
    return ctx.actor.acting_organisation


def own_case(ctx: Context, case: uuid.UUID) -> Case:
    """Return a case of the acting organisation, or refuse with `NotFoundError`."""
    return ctx.get(Case, case, organisation=organisation(ctx))


def record(ctx: Context, payload: p.RecordAwareness) -> Bound:
    """Record that the operator became aware; both clocks run from that time, unless it is a near miss."""
    own = organisation(ctx)
    told = payload.model_dump(exclude={"computers", "described"})
    case = ctx.create(Case, organisation=own, owner=own, recorded_at=ctx.now, **told)
    _touch(ctx, case, payload.computers, payload.described)
    if payload.nature == "near_miss":
        for rule in _KYOKAHO_RULES:
            ctx.waive(rule, "a near miss; the clocks start when a triage finds it reportable")
    else:
        _run(ctx, case)
    return clocks.subject(case.id)


def _run(ctx: Context, case: Case) -> None:
    target = {"target": deciding.first_target(ctx.today)}
    clocks.begin(ctx, clocks.FIRST, case.id, case.organisation, case.aware_at, facts=target)
    clocks.begin(ctx, clocks.FULL, case.id, case.organisation, case.aware_at)


def _touch(ctx: Context, case: Case, registered: Iterable[uuid.UUID], described: Iterable[p.DescribedComputer]) -> None:
    known = set(CaseComputer.objects.filter(case=case).values_list("computer", flat=True))
    for computer in dict.fromkeys(registered):
        if computer in known:
            continue
        row = next(iter(ASSETS["assets.computer"].run(ctx.actor, computer=computer)), None)
        if row is None:
            raise ctx.refuse(
                "incidents.computer",
                Text("登録簿にない電子計算機です。", "That computer is not in your register."),
                where="computers",
                mend=Text("登録簿から選ぶか、説明を書いてください。", "Choose it from the register, or describe it."),
            )
        _computer(ctx, case, row, computer=computer, facility=row["facility"])
    for one in described:
        if one.clause and not deciding.trigger_group(one.clause):
            raise ctx.refuse(
                "incidents.clause",
                Text(f"「{one.clause}」という号はありません。", f"There is no clause “{one.clause}”."),
                where="described",
            )
        _computer(ctx, case, one.model_dump(), computer=None, facility=one.facility)


def _computer(
    ctx: Context, case: Case, row: dict[str, Any], *, computer: uuid.UUID | None, facility: uuid.UUID | None
) -> None:
    own = (
        Facility.objects.filter(id=facility, world=ctx.world.base, organisation_id=case.organisation).first()
        if facility
        else None
    )
    if facility and own is None:
        raise ctx.refuse(
            "incidents.facility",
            Text("自社の設備ではありません。", "That facility is not yours."),
            where="described",
        )
    ctx.create(
        CaseComputer,
        case=case,
        owner=case.organisation,
        computer=computer,
        facility=facility,
        category=own.category if own else "",
        clause=row["clause"],
        trigger_group=_OPEN if row.get("scope") == _OPEN else deciding.trigger_group(row["clause"]),
        product=row["product"],
        maker=row["maker"],
    )


def update(ctx: Context, payload: p.UpdateCase) -> Bound:
    """Write down what is now known; a triage made before must be made again where it matters."""
    case = own_case(ctx, payload.case)
    told = payload.model_dump(exclude={"case", "computers", "described"}, exclude_none=True)
    if not told and not payload.computers and not payload.described:
        raise ctx.refuse("incidents.unchanged", Text("変更された項目がありません。", "Nothing has changed."))
    wrong = times.sensible(ctx, payload)
    if wrong is not None:
        raise wrong
    if told:
        ctx.change(case, **told)
    _touch(ctx, case, payload.computers, payload.described)
    return clocks.subject(case.id)


def correct(ctx: Context, payload: p.CorrectAwareness) -> Bound:
    """Correct the time of awareness: what still runs runs from the right time."""
    case = own_case(ctx, payload.case)
    before, own = case.aware_at, case.organisation
    ctx.change(case, aware_at=payload.aware_at)
    why = {"corrected": payload.reason, "was": before.isoformat()}
    for rule in _KYOKAHO_RULES:
        if clocks.owed(ctx, rule, case.id, own) is None:
            ctx.waive(rule, "it does not run")
            continue
        clocks.end(ctx, [rule], case.id, own, why)
        facts = {"target": deciding.first_target(ctx.today)} if rule == clocks.FIRST else None
        clocks.begin(ctx, rule, case.id, own, case.aware_at, facts=facts)
    return clocks.subject(case.id)


def triage(ctx: Context, payload: p.TriageCase) -> Bound:
    """Decide with the law's tables, keep the reasons, and start or end the clocks accordingly."""
    case = own_case(ctx, payload.case)
    on = clocks.tokyo(case.aware_at).date()
    occurred = clocks.tokyo(case.occurred_at).date() if case.occurred_at else None
    verdict = deciding.decide(_touched(ctx, case), payload.facts.model_dump(), occurred, on)
    personal = _personal(payload.personal, case, on)
    asked = addressing.Wanted(
        reportable=verdict.outcome != deciding.NOT_REPORTABLE,  # in doubt one may report
        personal_report=bool(personal and personal["rule"]),
        delegated=bool(payload.personal and payload.personal.delegated),
        police=payload.consult_police,
        police_office=payload.police,
    )
    found = addressing.address(designations(ctx, case), asked, ctx.world.base, ctx.today)
    made = ctx.create(
        Triage,
        case=case,
        owner=case.organisation,
        act=ctx.act,
        facts=payload.facts.model_dump(exclude_none=True),
        personal=personal,
        decisions=verdict.as_list(),
        addressing=found.as_dict(),
        addressees=[one.as_dict() for one in found.addressees],
        outcome=verdict.outcome,
        law_digest=law.book().digest,
        decided_at=ctx.now,
        decided_by=ctx.actor.person,
    )
    ctx.change(case, triage=made.id, status=verdict.outcome)
    _kyokaho_clocks(ctx, case, verdict.outcome, made)
    _appi_clocks(ctx, case, made)
    return clocks.subject(case.id)


def _personal(told: p.PersonalFacts | None, case: Case, on: date) -> dict[str, Any] | None:
    """Return what 個人情報保護法26条 says: the decision, the rule of the full report (or ""), and since when."""
    if told is None:
        return None
    facts = told.model_dump(exclude={"known_at", "delegated"}, exclude_none=True)
    decision = deciding.personal(facts, on)
    due = decision.values.get("report") is True
    return {
        "facts": facts,
        "decision": decision.as_dict(),
        "rule": str(decision.values.get("rule", clocks.APPI_FULL)) if due else "",
        "known_at": clocks.tokyo(told.known_at or case.aware_at).isoformat(),
    }


def _touched(ctx: Context, case: Case) -> list[deciding.Touched]:
    found = []
    for computer in CaseComputer.objects.filter(case=case).order_by("maker", "product", "id"):
        facility = ctx.get(Facility, computer.facility) if computer.facility else None
        designation = facility.designation if facility else next(iter(designations(ctx, case)), None)
        found.append(
            deciding.Touched(
                trigger_group=None if computer.trigger_group == _OPEN else computer.trigger_group,
                designated=designation.designated_on if designation else None,
                successor=designation.successor if designation else None,
                listed=facility.order_changed_on if facility else None,
            )
        )
    return found


def designations(ctx: Context, case: Case) -> list[Designation]:
    """Return the designations a case concerns: of the facilities touched, or all current ones where none is known."""
    current = (
        Designation.objects.select_related("minister", "bureau")
        .filter(world=ctx.world.base, organisation_id=case.organisation, withdrawn_on=None)
        .order_by("designated_on", "id")
    )
    facilities = [one for one in CaseComputer.objects.filter(case=case).values_list("facility", flat=True) if one]
    concerned = current.filter(facilities__id__in=facilities).distinct() if facilities else current
    return list(concerned)


def _kyokaho_clocks(ctx: Context, case: Case, outcome: str, made: Triage) -> None:
    if outcome == deciding.NOT_REPORTABLE:
        why = {"not_reportable": str(made.id)}
        clocks.end(ctx, _KYOKAHO_RULES, case.id, case.organisation, why)
    for rule, stage in ((clocks.FIRST, "first"), (clocks.FULL, "full")):
        if outcome == deciding.NOT_REPORTABLE:
            ctx.waive(rule, "not reportable")
        elif Filing.objects.filter(case=case, lane="kyokaho", stage=stage, status="arrived").exists():
            ctx.waive(rule, "fulfilled")
        else:
            facts = {"target": deciding.first_target(ctx.today)} if rule == clocks.FIRST else None
            clocks.begin(ctx, rule, case.id, case.organisation, case.aware_at, facts=facts)


def _appi_clocks(ctx: Context, case: Case, made: Triage) -> None:
    rule_of_full = made.personal["rule"] if made.personal else ""
    wanted = [clocks.APPI_FIRST, rule_of_full] if rule_of_full else []
    ended = [rule for rule in _APPI_RULES if rule not in wanted]
    clocks.end(ctx, ended, case.id, case.organisation, {"triage": str(made.id)})
    for rule in _APPI_RULES:
        stage = "first" if rule == clocks.APPI_FIRST else "full"
        if rule not in wanted or not made.personal:
            ctx.waive(rule, "not asked for")
        elif Filing.objects.filter(case=case, lane="appi", stage=stage, status="arrived").exists():
            ctx.waive(rule, "fulfilled")
        else:
            begins = datetime.fromisoformat(made.personal["known_at"])
            clocks.begin(ctx, rule, case.id, case.organisation, begins)


def is_own_case(ctx: Context, payload: Any) -> RefusedError | None:
    """Refuse a case that is not the actor's (as if it did not exist), or that was withdrawn."""
    found = Case.objects.filter(
        id=payload.case, world=ctx.world.name, organisation=ctx.actor.acting_organisation
    ).first()
    if found is None:
        return NotFoundError(str(payload.case))
    if found.status == "withdrawn":
        return PreconditionError(
            Text("この事案の報告は取り下げられています。", "The reports of this case were withdrawn."),
            where="case",
            mend=Text("改めて認知を記録してください。", "Record an awareness anew."),
        )
    return None
