"""Taking in, on the authority's side: each addressee keeps exactly what came to it, and its list shows the clock.

What came is checked as if typed here: the form, and that the sender is designated under this minister or bureau.
A refusal travels back signed, with its reason. A further version joins the case it belongs to; it makes no second one.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from pydantic import ValidationError

from sakimori.acts.context import Context
from sakimori.acts.models import Obligation
from sakimori.incidents import addressing, clocks, entries
from sakimori.incidents import payloads as p
from sakimori.incidents.models import Case, Indicator, Report
from sakimori.matching.indicators import parse_indicator
from sakimori.parties.models import Designation, Organisation
from sakimori.record import Bound, Payload
from sakimori.text import Text

_STAGES: Mapping[str, tuple[str, type[Payload]]] = {
    "incidents.first_report.file": ("first", p.FileReport),
    "incidents.full_report.file": ("full", p.FileReport),
    "incidents.report.supplement": ("supplement", p.SupplementReport),
    "incidents.report.withdraw": ("withdrawal", p.WithdrawReport),
}
_ROLES = {"ministry": "minister", "regional_bureau": "regional_bureau", "cabinet_office": "prime_minister"}
_TOLD = {
    "first": Text("特定侵害事象等の速報が届きました（強化法5条）", "A first incident report has arrived (Art 5)"),
    "full": Text("特定侵害事象等の詳報が届きました（強化法5条）", "A full incident report has arrived (Art 5)"),
    "supplement": Text("報告の補充・訂正が届きました（強化法5条）", "A supplement to a report has arrived (Art 5)"),
    "withdrawal": Text("報告の取下げが届きました（強化法5条）", "A withdrawal of a report has arrived (Art 5)"),
}


M = TypeVar("M", bound=Payload)


def receive(ctx: Context, payload: p.Receive) -> Bound:
    """Take in a report under this Act as the minister, the regional bureau or the Prime Minister's office."""
    sender, addressee = _sender(ctx, payload), ctx.organisation(payload.addressee)
    _require_designated(ctx, sender, addressee)
    stage, model = _STAGES[str(payload.document["kind"])]
    filed: Any = _read(ctx, model, payload.document)
    if stage != "withdrawal":
        _require_past(ctx, payload, "event.aware_at", filed.event.aware_at)
    about = clocks.subject(filed.case)
    if stage == "withdrawal":
        report = _withdraw(ctx, payload, filed, sender, addressee)
    else:
        report = _keep(ctx, payload, sender, addressee, addressing.KYOKAHO, stage, _items(filed))
        _index(ctx, report, filed.technical.indicators)
        entries.give_way(ctx, report)
    _full_clock(ctx, report, sender, addressee, filed.event.aware_at if stage != "withdrawal" else None)
    role = _ROLES[addressee.type]
    ctx.tell(role, addressee.id, _TOLD[stage], about=about, derived_from=[report])
    for other in set(_ROLES.values()) - {role}:
        ctx.waive(f"notify:{other}", "this copy is addressed to another")
    return about


def receive_appi(ctx: Context, payload: p.Receive) -> Bound:
    """Take in a report of a leak as the commission, or as the minister to whom it delegated."""
    sender, addressee = _sender(ctx, payload), ctx.organisation(payload.addressee)
    if addressee.type not in ("ppc", "ministry"):
        raise _misdirected(ctx)
    filed = _read(ctx, p.FileAppiReport, payload.document)
    _require_past(ctx, payload, "known_at", filed.known_at)
    items = {
        "category": {"stage": filed.stage, "wrongful_purpose": filed.wrongful_purpose},
        "outline": filed.outline.model_dump(mode="json"),
        "event": {"known_at": filed.known_at.isoformat()},
        "appi": filed.items.model_dump(mode="json"),
        "case": filed.case,
    }
    report = _keep(ctx, payload, sender, addressee, addressing.APPI, filed.stage, items)
    rule = clocks.APPI_WRONGFUL if filed.wrongful_purpose else clocks.APPI_FULL
    _clock(ctx, rule, report, sender, addressee, filed.known_at)
    ctx.waive(clocks.APPI_FULL if filed.wrongful_purpose else clocks.APPI_WRONGFUL, "the other period applies")
    role, other = ("ppc", "minister") if addressee.type == "ppc" else ("minister", "ppc")
    title = Text("個人データの漏えい等の報告が届きました", "A report of a leak of personal data has arrived")
    ctx.tell(role, addressee.id, title, about=clocks.subject(filed.case), derived_from=[report])
    ctx.waive(f"notify:{other}", "this copy is addressed to another")
    return clocks.subject(filed.case)


def receive_consultation(ctx: Context, payload: p.Receive) -> Bound:
    """Take in what an operator chose to tell the police."""
    sender, addressee = _sender(ctx, payload), ctx.organisation(payload.addressee)
    if addressee.type != "police":
        raise _misdirected(ctx)
    filed = _read(ctx, p.ConsultPolice, payload.document)
    items = {
        "outline": filed.outline.model_dump(mode="json"),
        "event": filed.consultation.model_dump(mode="json"),
        "technical": filed.technical.model_dump(mode="json"),
        "case": filed.case,
    }
    report = _keep(ctx, payload, sender, addressee, addressing.POLICE, "first", items)
    _index(ctx, report, filed.technical.indicators)
    title = Text("サイバー事案の相談が届きました（任意）", "A voluntary consultation has arrived")
    ctx.tell("police", addressee.id, title, about=clocks.subject(filed.case), derived_from=[report])
    return clocks.subject(filed.case)


def _sender(ctx: Context, payload: p.Receive) -> uuid.UUID:
    if payload.sender is None or ctx.organisation(payload.sender).type != "operator":
        raise ctx.refuse("incidents.sender", Text("報告した事業者が不明です。", "The reporter is not known here."))
    return payload.sender


def _require_past(ctx: Context, payload: p.Receive, where: str, moment: datetime | None) -> None:
    """Refuse an awareness later than the report that tells of it: the clock of the report would begin then."""
    if moment is not None and moment > datetime.fromisoformat(str(payload.document["occurred_at"])):
        raise ctx.refuse(
            "incidents.future",
            Text("認知の日時が、報告より後です。", "The awareness lies after the report that tells of it."),
            where=where,
        )


def _misdirected(ctx: Context) -> Exception:
    return ctx.refuse("incidents.misdirected", Text("宛先が違います。", "This is not for this addressee."))


def _require_designated(ctx: Context, sender: uuid.UUID, addressee: Organisation) -> None:
    if addressee.type not in _ROLES:
        raise _misdirected(ctx)
    found = Designation.objects.filter(world=ctx.world.base, organisation_id=sender, withdrawn_on=None)
    if addressee.type == "ministry":
        found = found.filter(minister=addressee)
    elif addressee.type == "regional_bureau":
        found = found.filter(bureau=addressee)
    if not found.exists():
        raise ctx.refuse(
            "incidents.not_designated",
            Text(
                "報告者は、ここが所管する特別社会基盤事業者ではありません。",
                "The sender is not designated under this authority.",
            ),
        )


def _read(ctx: Context, model: type[M], document: Mapping[str, Any]) -> M:
    try:
        return model.model_validate(document["payload"])
    except ValidationError as error:
        places = ", ".join(".".join(str(part) for part in fault["loc"]) for fault in error.errors())
        raise ctx.refuse(
            "incidents.payload",
            Text(f"報告の様式に誤りがあります: {places}", f"The report is not of the form: {places}"),
            where=places,
        ) from None


def _items(filed: p.FileReport) -> dict[str, Any]:
    told = filed.model_dump(mode="json")
    names = ("category", "outline", "event", "computers", "technical", "response", "remarks")
    return {
        **{name: told[name] for name in names},
        "case": filed.case,
        "form": filed.category.form,
        "nco_consent": filed.remarks.nco_consent,
        "reason": told.get("reason", ""),
    }


def _keep(
    ctx: Context,
    payload: p.Receive,
    sender: uuid.UUID,
    addressee: Organisation,
    lane: str,
    stage: str,
    items: Mapping[str, Any],
) -> Report:
    """Keep a version; the one filed last is the current statement, whatever order they came in."""
    earlier = Report.objects.filter(
        world=ctx.world.name, case=items["case"], reporter=sender, addressee=addressee.id, lane=lane
    )
    filed_at = datetime.fromisoformat(str(payload.document["occurred_at"]))
    newest = not earlier.filter(filed_at__gt=filed_at).exists()
    withdrawn = earlier.filter(status="withdrawn").exists()
    if newest and not withdrawn:
        earlier.filter(status="current").update(status="superseded")
    return ctx.create(
        Report,
        owner=sender,
        act=uuid.UUID(str(payload.document["id"])),
        lane=lane,
        stage=stage,
        version=earlier.count() + 1,
        reporter=sender,
        addressee=addressee.id,
        filed_at=filed_at,
        received_at=ctx.now,
        status="withdrawn" if withdrawn else "current" if newest else "superseded",
        **items,
    )


def _withdraw(
    ctx: Context, payload: p.Receive, filed: p.WithdrawReport, sender: uuid.UUID, addressee: Organisation
) -> Report:
    items = {"case": filed.case, "reason": filed.reason}
    report = _keep(ctx, payload, sender, addressee, addressing.KYOKAHO, "withdrawal", items)
    Report.objects.filter(
        world=ctx.world.name, case=filed.case, reporter=sender, addressee=addressee.id, lane=addressing.KYOKAHO
    ).update(status="withdrawn")
    report.status = "withdrawn"
    return report


def _index(ctx: Context, report: Report, indicators: Iterable[str]) -> None:
    found = dict.fromkeys(parse_indicator(text) for text in indicators)
    ctx.create_many(
        Indicator,
        (
            {
                "report": report,
                "owner": report.reporter,
                "reporter": report.reporter,
                "addressee": report.addressee,
                "kind": one.kind.value,
                "value": one.value,
                "host": one.host,
            }
            for one in found
        ),
    )


def _full_clock(
    ctx: Context, report: Report, sender: uuid.UUID, addressee: Organisation, aware_at: datetime | None
) -> None:
    """The thirty days (命令4条2項), borne by the operator, in the lists of everybody the report came to."""
    if aware_at is None:
        if not _hosted_case(ctx, report):
            clocks.end(ctx, [clocks.FULL], report.case, sender, {"withdrawn": str(report.act)})
        ctx.waive(clocks.FULL, "withdrawn")
        return
    running = clocks.owed(ctx, clocks.FULL, report.case, sender)
    if running is not None and not _hosted_case(ctx, report) and _later_awareness(running, aware_at):
        watching = clocks.watchers(running)
        clocks.end(ctx, [clocks.FULL], report.case, sender, {"corrected": str(report.act)})
        clocks.begin(ctx, clocks.FULL, report.case, sender, aware_at, shown_to=[*watching, *_concerned(addressee)])
        return
    _clock(ctx, clocks.FULL, report, sender, addressee, aware_at)


def _later_awareness(running: Obligation, aware_at: datetime) -> bool:
    return datetime.fromisoformat(running.begins) != aware_at


def _clock(
    ctx: Context, rule: str, report: Report, sender: uuid.UUID, addressee: Organisation, begins: datetime
) -> None:
    running = clocks.owed(ctx, rule, report.case, sender)
    told_in_full = _full_reports(ctx, report).filter(addressee=addressee.id).exists()
    if running is None and told_in_full:
        ctx.waive(rule, "the full report is here")
    elif running is None and Obligation.objects.filter(rule=rule, subject=report.case, bearer=sender).exists():
        ctx.waive(rule, "it has been settled")
    else:
        clocks.begin(ctx, rule, report.case, sender, begins, shown_to=_concerned(addressee))
    running = clocks.owed(ctx, rule, report.case, sender)
    if running is None or _hosted_case(ctx, report):
        return  # a case of an operator hosted here settles by its own arrival act
    told = Report.objects.filter(world=ctx.world.name, case=report.case, reporter=sender, lane=report.lane)
    in_full = _full_reports(ctx, report)
    if set(told.values_list("addressee", flat=True)) <= set(in_full.values_list("addressee", flat=True)):
        ctx.settle(rule, report.case, bearer=sender, evidence={"received": str(report.act)})


def _full_reports(ctx: Context, report: Report) -> Any:
    return Report.objects.filter(
        world=ctx.world.name, case=report.case, reporter=report.reporter, lane=report.lane, stage="full"
    )


def _concerned(addressee: Organisation) -> list[uuid.UUID]:
    """The addressee, and the minister whose power a bureau exercises, where he is hosted here too."""
    parent = addressee.parent
    hosted = parent is not None and parent.deployment == settings.SAKIMORI_DEPLOYMENT["name"]
    return [addressee.id, parent.id] if parent is not None and hosted else [addressee.id]


def _hosted_case(ctx: Context, report: Report) -> bool:
    return bool(Case.objects.filter(id=report.case, world=ctx.world.name, organisation=report.reporter).exists())
