"""Between authority and operator: opened, asked, answered; and sharing with the national cyber office."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sakimori.acts import incoming
from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError, PreconditionError, RefusedError
from sakimori.acts.models import Dispatch
from sakimori.incidents import clocks
from sakimori.incidents import payloads as p
from sakimori.incidents.models import Case, Filing, Opening, Question, Report
from sakimori.parties.models import Organisation
from sakimori.record import Bound
from sakimori.record.viewer import NOBODY
from sakimori.text import Text


def ask(ctx: Context, payload: p.AskQuestion) -> Bound:
    """Ask the operator about a report; the question travels to its deployment."""
    report = ctx.get(Report, payload.report, addressee=ctx.actor.acting_organisation)
    question = ctx.create(
        Question,
        owner=report.reporter,
        number=ctx.act,
        side="authority",
        case=report.case,
        asker=report.addressee,
        reporter=report.reporter,
        text=payload.text,
        wanted_by=payload.wanted_by,
        asked_at=ctx.now,
    )
    ctx.send(report.reporter, carrying=[question])
    return clocks.subject(report.case)


def receive_question(ctx: Context, payload: p.Receive) -> Bound:
    """Take in a question at the operator's."""
    if payload.sender is None:
        raise ctx.refuse("incidents.sender", Text("照会者が分かりません。", "Nobody is named as asking."))
    case = _reported(ctx, payload, lanes=("kyokaho",))
    asked = incoming.read(ctx, p.AskQuestion, payload.document)
    number = uuid.UUID(str(payload.document["id"]))
    if Question.objects.filter(world=ctx.world.name, number=number, side="operator").exists():
        raise ctx.refuse("incidents.question", Text("この照会は既に届いています。", "This question has come already."))
    ctx.create(
        Question,
        owner=payload.addressee,
        number=number,
        side="operator",
        case=case.id,
        asker=payload.sender,
        reporter=payload.addressee,
        text=asked.text,
        wanted_by=asked.wanted_by,
        asked_at=ctx.now,
    )
    title = Text("報告について照会がありました", "There is a question about your report")
    ctx.tell("operator", payload.addressee, title, about=clocks.subject(case.id))
    return clocks.subject(case.id)


def answer(ctx: Context, payload: p.AnswerQuestion) -> Bound:
    """Answer a question; the answer travels to whoever asked."""
    question = Question.objects.get(world=ctx.world.name, number=payload.number, side="operator")
    ctx.change(question, answer=payload.answer, answered_at=ctx.now, status="answered")
    ctx.send(question.asker)
    return clocks.subject(question.case)


def receive_answer(ctx: Context, payload: p.Receive) -> Bound:
    """Take in an answer at the authority's."""
    if payload.sender is None:
        raise ctx.refuse("incidents.sender", Text("回答者が分かりません。", "Nobody is named as answering."))
    told = incoming.read(ctx, p.AnswerQuestion, payload.document)
    question = Question.objects.filter(
        world=ctx.world.name, number=told.number, side="authority", asker=payload.addressee, reporter=payload.sender
    ).first()
    if question is None:
        raise NotFoundError(str(told.number))
    ctx.change(question, answer=told.answer, answered_at=ctx.now, status="answered")
    title = Text("照会への回答が届きました", "A question has been answered")
    ctx.tell("requester", payload.addressee, title, about=clocks.subject(question.case), derived_from=[question])
    return clocks.subject(question.case)


def open_report(ctx: Context, payload: p.OpenReport) -> Bound:
    """Tell the reporter that its report has been opened here; once a report."""
    report = ctx.get(Report, payload.report, addressee=ctx.actor.acting_organisation)
    if report.opened_at is not None:
        raise ctx.refuse("incidents.opened", Text("開封は既に知らせました。", "The reporter has been told already."))
    ctx.change(report, opened_at=ctx.now)
    ctx.send(report.reporter)
    return clocks.subject(report.case)


def receive_opening(ctx: Context, payload: p.Receive) -> Bound:
    """Note at the operator's who has opened a report of its case."""
    if payload.sender is None:
        raise ctx.refuse("incidents.sender", Text("開いた者が分かりません。", "Nobody is named as reader."))
    case = _reported(ctx, payload, lanes=("kyokaho", "appi", "police"))
    opened_at = min(datetime.fromisoformat(str(payload.document["occurred_at"])), ctx.now)
    ctx.create(Opening, case=case.id, organisation=payload.sender, opened_at=opened_at)
    title = Text("報告が開かれました", "Your report has been opened")
    ctx.tell("operator", payload.addressee, title, about=clocks.subject(case.id))
    return clocks.subject(case.id)


def _reported(ctx: Context, payload: p.Receive, *, lanes: Iterable[str]) -> Case:
    """Return the addressee's own case that it has reported to the sender; of any other nobody else is told anything."""
    case = ctx.get(Case, incoming.subject(ctx, payload.document), organisation=payload.addressee)
    filings = Filing.objects.filter(world=ctx.world.name, case=case, lane__in=lanes).values_list("act", flat=True)
    sent = Dispatch.objects.filter(world=ctx.world.name, act__in=list(filings))
    if not sent.filter(addressee=payload.sender or NOBODY).exists():
        raise NotFoundError(str(case.id))
    return case


def share_with_nco(ctx: Context, payload: p.ShareWithNco) -> Bound:
    """Share a received report with the national cyber office, where the reporter has consented."""
    report = ctx.get(Report, payload.report, addressee=ctx.actor.acting_organisation)
    about = clocks.subject(report.case)
    offices = list(Organisation.objects.filter(world=ctx.world.base, type="cabinet_office"))
    title = Text("共有に同意のあった報告があります", "A report is shared with its reporter's consent")
    for office in offices:
        ctx.tell("cabinet_office", office.id, title, about=about, derived_from=[report])
    if not offices:
        ctx.waive("notify:cabinet_office", "no such office is enrolled here")
    ctx.change(report, nco_shared_at=ctx.now)
    return about


def was_addressed(ctx: Context, payload: p.OpenReport) -> RefusedError | None:
    """Refuse a report that was not addressed to the actor's authority, as if it did not exist."""
    found = Report.objects.filter(id=payload.report, world=ctx.world.name, addressee=ctx.actor.acting_organisation)
    return None if found.exists() else NotFoundError(str(payload.report))


def is_own_report(ctx: Context, payload: p.AskQuestion | p.ShareWithNco) -> RefusedError | None:
    """Refuse a report that was not addressed to the actor's authority under this Act."""
    found = Report.objects.filter(
        id=payload.report, world=ctx.world.name, addressee=ctx.actor.acting_organisation, lane="kyokaho"
    )
    return None if found.exists() else NotFoundError(str(payload.report))


def nco_consent(ctx: Context, payload: p.ShareWithNco) -> RefusedError | None:
    """Refuse sharing with the national cyber office without the reporter's consent (共通様式)."""
    missing = is_own_report(ctx, payload)
    if missing is not None or Report.objects.filter(id=payload.report, nco_consent=True).exists():
        return missing
    return PreconditionError(
        Text(
            "報告者は、国家サイバー統括室との共有に同意していません。",
            "The reporter has not consented to sharing with the national cyber office.",
        ),
        code="incidents.nco_consent",
        where="report",
        article="申合せ",
        mend=Text("報告者に同意の有無を確かめてください。", "Ask the reporter."),
    )


def is_own_question(ctx: Context, payload: p.AnswerQuestion) -> RefusedError | None:
    """Refuse a question that was not put to the actor's organisation, or that is answered."""
    question = Question.objects.filter(
        world=ctx.world.name, number=payload.number, side="operator", reporter=ctx.actor.acting_organisation
    ).first()
    if question is None:
        return NotFoundError(str(payload.number))
    if question.status != "asked":
        return PreconditionError(Text("この照会には回答済みです。", "This question has been answered."), where="number")
    return None
