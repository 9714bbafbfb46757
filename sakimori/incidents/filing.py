"""Filing: the same form to the minister and the Prime Minister; their own parts to the commission and the police.

An act goes to every addressee of its lane by envelope; only when all of them have acknowledged it is the duty settled.
"""

import uuid
from typing import Any

from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError, RefusedError
from sakimori.acts.models import Dispatch
from sakimori.incidents import addressing, clocks, deciding
from sakimori.incidents import payloads as p
from sakimori.incidents.cases import own_case
from sakimori.incidents.models import Case, CaseComputer, Filing, Triage
from sakimori.law.tables import OPEN
from sakimori.record import Bound
from sakimori.text import Text


def file_first(ctx: Context, payload: p.FileReport) -> Bound:
    """File the first report (速報)."""
    return _file(ctx, payload, "first")


def file_full(ctx: Context, payload: p.FileReport) -> Bound:
    """File the full report (詳報); the first one must be on its way at least (house rule)."""
    case = own_case(ctx, payload.case)
    if not _live(case, addressing.KYOKAHO).filter(stage="first").exists():
        raise ctx.refuse(
            "incidents.first_missing",
            Text("速報がまだ出ていません。", "The first report has not been filed yet."),
            mend=Text("同じ内容でよいので、先に速報を出してください。", "File the first report; it may say the same."),
        )
    return _file(ctx, payload, "full")


def _file(ctx: Context, payload: p.FileReport, stage: str) -> Bound:
    case = own_case(ctx, payload.case)
    _require_reportable(ctx, case)
    if payload.category.stage != stage:
        raise ctx.refuse(
            "incidents.stage",
            Text("報告の区分が、出そうとしている報告と違います。", "The category names the other of the two reports."),
            where="category.stage",
        )
    if _live(case, addressing.KYOKAHO).filter(stage=stage).exists():
        raise ctx.refuse(
            "incidents.filed",
            Text("この報告は既に出ています。", "This report has been filed already."),
            mend=Text("変更は「報告の補充・訂正」で出してください。", "Use a supplement for what changed."),
        )
    filing = _keep(ctx, case, addressing.KYOKAHO, stage, payload.model_dump(mode="json"), payload.category.form)
    _send(ctx, filing, _addressees(ctx, case, addressing.KYOKAHO))
    return clocks.subject(case.id)


def supplement(ctx: Context, payload: p.SupplementReport) -> Bound:
    """File a new version within the same case; it settles nothing and starts nothing."""
    case = own_case(ctx, payload.case)
    _require_reportable(ctx, case)
    if not _live(case, addressing.KYOKAHO).exists():
        raise ctx.refuse(
            "incidents.nothing_filed",
            Text("補充・訂正する報告がまだありません。", "There is no report to supplement yet."),
            mend=Text("速報を出してください。", "File the first report."),
        )
    content = payload.model_dump(mode="json")
    filing = _keep(ctx, case, addressing.KYOKAHO, "supplement", content, payload.category.form)
    _send(ctx, filing, _addressees(ctx, case, addressing.KYOKAHO))
    return clocks.subject(case.id)


def withdraw(ctx: Context, payload: p.WithdrawReport) -> Bound:
    """Withdraw what was reported by mistake, at everyone who received it under this Act."""
    case = own_case(ctx, payload.case)
    live = _live(case, addressing.KYOKAHO)
    if not live.exists() or live.filter(stage="withdrawal").exists():
        raise ctx.refuse(
            "incidents.nothing_filed",
            Text("取り下げる報告がありません。", "There is no report to withdraw."),
        )
    told = Dispatch.objects.filter(world=ctx.world.name, act__in=list(live.values_list("act", flat=True)))
    filing = _keep(ctx, case, addressing.KYOKAHO, "withdrawal", payload.model_dump(mode="json"), None)
    _send(ctx, filing, sorted(set(told.values_list("addressee", flat=True)), key=str))
    return clocks.subject(case.id)


def file_appi(ctx: Context, payload: p.FileAppiReport) -> Bound:
    """Report a leak of personal data to the commission (or its delegate), and nothing else of the case."""
    case = own_case(ctx, payload.case)
    addressees = _addressees(ctx, case, addressing.APPI)
    if _live(case, addressing.APPI).filter(stage=payload.stage).exists() and payload.stage == "first":
        raise ctx.refuse("incidents.filed", Text("この速報は既に出ています。", "This first report has been filed."))
    filing = _keep(ctx, case, addressing.APPI, payload.stage, payload.model_dump(mode="json"), None)
    _send(ctx, filing, addressees)
    return clocks.subject(case.id)


def consult(ctx: Context, payload: p.ConsultPolice) -> Bound:
    """Tell the police what the operator chose to tell them."""
    case = own_case(ctx, payload.case)
    filing = _keep(ctx, case, addressing.POLICE, "first", payload.model_dump(mode="json"), None)
    _send(ctx, filing, _addressees(ctx, case, addressing.POLICE))
    return clocks.subject(case.id)


def _live(case: Case, lane: str) -> Any:
    return Filing.objects.filter(case=case, lane=lane).exclude(status="refused")


def _require_reportable(ctx: Context, case: Case) -> None:
    if case.status not in (deciding.REPORTABLE, OPEN):  # in doubt one may report: the law says promptly (速やかに)
        raise ctx.refuse(
            "incidents.not_reportable",
            Text("この事案は「報告が必要」と判定されていません。", "This case has not been found reportable."),
            where="case",
            mend=Text("先に報告の要否を判定してください。", "Decide first whether it must be reported."),
        )


def _addressees(ctx: Context, case: Case, lane: str) -> list[uuid.UUID]:
    triage = Triage.objects.filter(id=case.triage).first() if case.triage else None
    named = triage.addressees if triage else []
    found = [uuid.UUID(one["organisation"]) for one in named if one["lane"] == lane]
    if not found:
        raise ctx.refuse(
            "incidents.no_addressee",
            Text("判定の結果、この報告の宛先がありません。", "By the decision on record nobody receives this."),
            where="case",
            mend=Text(
                "個人データや警察への相談の有無を含めて、判定をやり直してください。",
                "Decide anew, also on personal data and on consulting the police.",
            ),
        )
    return found


def _keep(ctx: Context, case: Case, lane: str, stage: str, content: dict[str, Any], form: int | None) -> Filing:
    return ctx.create(
        Filing,
        case=case,
        owner=case.organisation,
        act=ctx.act,
        lane=lane,
        stage=stage,
        version=Filing.objects.filter(case=case, lane=lane).count() + 1,
        form=form,
        content=content,
        filed_at=ctx.occurred_at,
    )


def _send(ctx: Context, filing: Filing, addressees: list[uuid.UUID]) -> None:
    for addressee in addressees:
        ctx.send(addressee, carrying=[filing])


def arrived(ctx: Context, payload: p.Arrived) -> Bound:
    """Note an acknowledgement; the duty is settled when the last addressee's has come."""
    dispatch = ctx.get(Dispatch, payload.dispatch)
    filing = Filing.objects.select_related("case").get(world=ctx.world.name, act=dispatch.act)
    case = filing.case
    if not payload.accepted:
        ctx.change(filing, status="refused")
        return clocks.subject(case.id)
    all_of_it = list(Dispatch.objects.filter(world=ctx.world.name, act=filing.act))
    if filing.status != "refused" and all(one.status == "arrived" for one in all_of_it):
        arrived_at = max(filter(None, (one.arrived_at for one in all_of_it)), default=ctx.now)
        ctx.change(filing, status="arrived", arrived_at=arrived_at)
        evidence = {str(one.addressee): one.acknowledgement for one in all_of_it}
        for rule in _settled_by(ctx, filing):
            ctx.settle(rule, case.id, bearer=case.organisation, evidence=evidence, at=arrived_at)
        if filing.stage == "withdrawal":
            ctx.change(case, status="withdrawn")
    return clocks.subject(case.id)


def _settled_by(ctx: Context, filing: Filing) -> list[str]:
    by_stage = {
        (addressing.KYOKAHO, "first"): [clocks.FIRST],
        (addressing.KYOKAHO, "full"): [clocks.FULL],
        (addressing.KYOKAHO, "withdrawal"): [clocks.FIRST, clocks.FULL],
        (addressing.APPI, "first"): [clocks.APPI_FIRST],
        (addressing.APPI, "full"): [clocks.APPI_FULL, clocks.APPI_WRONGFUL],
    }
    return [rule for rule in by_stage.get((filing.lane, filing.stage), []) if rule in ctx.kind.settles]


def form_fits(ctx: Context, payload: p.FileReport) -> RefusedError | None:
    """Refuse a form that is not the one for this attack, another awareness, or computers the case does not name."""
    case = Case.objects.filter(id=payload.case, world=ctx.world.name).first()
    if case is None:
        return None
    wanted = deciding.form_of(case.attack, ctx.today)
    if payload.category.form != wanted:
        return _unfit(
            "category.form", f"この事案の様式は共通様式{wanted}です。", f"This kind of case takes common form {wanted}."
        )
    for number, name in ((1, "ddos"), (2, "ransomware")):
        if wanted != number and getattr(payload.technical, name) is not None:
            return _unfit(
                f"technical.{name}", f"共通様式{wanted}にこの欄はありません。", f"Form {wanted} has no such part."
            )
    if payload.event.aware_at != case.aware_at:
        return _unfit(
            "event.aware_at", "認知の時が記録と違います。", "The time of awareness differs from the one on record."
        )
    known = set(CaseComputer.objects.filter(case=case).values_list("clause", "product", "maker"))
    for position, one in enumerate(payload.computers):
        if (one.clause, one.product, one.maker) not in known:
            return _unfit(
                f"computers.{position}", "事案に記録のない電子計算機です。", "The case does not name that computer."
            )
    return None


def full_is_full(ctx: Context, payload: p.FileReport) -> RefusedError | None:
    """Refuse a full report with an item of 命令4条3項3号-6号 left empty: only the first is "as known"."""
    del ctx
    needed = {
        "event.summary": payload.event.summary,
        "computers": payload.computers,
        "technical.description": payload.technical.description,
        "response.measures": payload.response.measures,
    }
    empty = [where for where, value in needed.items() if not value]
    if not empty:
        return None
    return _unfit(
        empty[0],
        f"詳報では空欄にできません（{len(empty)}件: {', '.join(empty)}）。",
        f"The full report leaves none of these empty ({len(empty)}): {', '.join(empty)}.",
    )


def _unfit(where: str, ja: str, en: str) -> PreconditionError:
    return PreconditionError(
        Text(ja, en),
        code="incidents.form",
        where=where,
        article="命令4(3)",
        mend=Text("その欄を直してください。", "Mend that field."),
    )
