"""What the door calls for this room: taking advisories in, matching them, providing the analysis to a minister."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from sakimori.acts import reading
from sakimori.acts.context import Context, Labelled
from sakimori.acts.errors import NotFoundError, PreconditionError, RefusedError
from sakimori.analysis import payloads as p
from sakimori.analysis.models import Advisory, Assessment, Finding
from sakimori.law.decisions import designated
from sakimori.matching import Advisory as Told
from sakimori.matching import ProductIndex, RegisteredProduct, Ruling
from sakimori.matching.ruling import Named, rulings
from sakimori.parties.models import Designation
from sakimori.record import Bound, Handler
from sakimori.text import Text

_FIELDS = ("title", "vendor", "product", "summary", "action", "known_exploited", "ransomware")


def _load(ctx: Context, payload: p.LoadAdvisories) -> Bound:
    known = {row.identifier: row for row in Advisory.objects.filter(world=ctx.world.name, source=payload.source)}
    fresh = []
    for row in ctx.items():
        fields = {**{name: row[name] for name in _FIELDS}, "published": date.fromisoformat(row["published"])}
        found = known.get(row["identifier"])
        if found is None:
            fresh.append({**fields, "identifier": row["identifier"], "source": payload.source, "load": ctx.act})
        elif any(getattr(found, name) != value for name, value in fields.items()):
            ctx.change(found, **fields, load=ctx.act)
    ctx.create_many(Advisory, fresh)
    return Bound("analysis.load", ctx.act)


def _run(ctx: Context, payload: p.RunMatching) -> Bound:
    advisories = list(Advisory.objects.filter(world=ctx.world.name, load=payload.load).order_by("identifier"))
    if not advisories:
        raise ctx.refuse("analysis.empty", Text("その取込みに脆弱性情報がありません。", "That load has no advisory."))
    products = reading.read(ctx.actor, "assets.products")
    index = ProductIndex(
        (RegisteredProduct(str(row["id"]), str(row["organisation"]), row["maker"], row["product"]) for row in products),
        rulings=_rulings(ctx, advisories),
    )
    named = {str(row["id"]): row for row in products}
    ministers = dict(
        Designation.objects.filter(world=ctx.world.base, withdrawn_on=None).values_list(
            "organisation_id", "minister_id"
        )
    )
    ctx.create_many(Finding, _findings(ctx, advisories, index, named, ministers))
    return Bound("analysis.run", ctx.act)


def _rulings(ctx: Context, advisories: list[Advisory]) -> list[Ruling]:
    """Return what people here decided about names, as it bears on these advisories; nothing undecided has a say."""
    decided = [
        Named(row["maker"], row["product"], row["vendor"], row["official"], str(row["decided_by"]))
        for row in reading.read(ctx.actor, "assets.name_decisions")
        if row["official"]
    ]
    return rulings(decided, [_told(one) for one in advisories])


def _findings(
    ctx: Context,
    advisories: list[Advisory],
    index: ProductIndex,
    named: dict[str, dict[str, Any]],
    ministers: dict[uuid.UUID, uuid.UUID],
) -> Iterator[dict[str, Any]]:
    for advisory in advisories:
        for match in index.match(_told(advisory)):
            row = named[match.product_id]
            yield {
                "run": ctx.act,
                "advisory": advisory,
                "reach": "notified",
                "operator": row["organisation"],
                "minister": ministers.get(row["organisation"]),
                "maker": row["maker"],
                "product": row["product"],
                "grade": match.grade.value,
                "rule": match.rule,
                "reason_ja": match.reason.ja,
                "reason_en": match.reason.en,
                "labels": {"operators": ["reported_information"]},
            }
        item = _designated(advisory, ctx.today)
        if item is not None:
            yield {
                "run": ctx.act,
                "advisory": advisory,
                "reach": "designated",
                "product": advisory.product,
                "maker": advisory.vendor,
                "grade": "exact",
                "rule": "designated",
                "reason_ja": f"「{item.ja}」は届出を免除された指定品で、誰が使っているかは届出から分かりません。",
                "reason_en": f"“{item.en}” is a designated item exempt from notification: who uses it is not notified.",
            }


def _told(advisory: Advisory) -> Told:
    return Told(
        id=advisory.identifier,
        source=advisory.source,
        title=advisory.title,
        vendor=advisory.vendor,
        product=advisory.product,
        versions=None,
        published=advisory.published,
        known_exploited=advisory.known_exploited,
        ransomware=advisory.ransomware,
        summary=advisory.summary,
    )


def _designated(advisory: Advisory, on: date) -> Text | None:
    found = designated.match(advisory.product, advisory.vendor, on)
    if found.item in (None, "none"):
        return None
    return next((item.title for item in designated.items(on) if item.key == found.item), None)


def _provide(ctx: Context, payload: p.ProvideAssessment) -> Bound:
    findings = [ctx.get(Finding, identity) for identity in payload.findings]
    foreign = [finding for finding in findings if finding.minister not in (payload.minister, None)]
    if foreign:
        raise ctx.refuse(
            "analysis.minister",
            Text(
                "他の大臣の所管する事業者についての結果が含まれています。",
                "A finding concerns another minister's operator.",
            ),
            where="findings",
        )
    indicators = _indicators(ctx, payload)
    sources: list[Labelled] = [*findings, *indicators]
    assessment = ctx.create(
        Assessment,
        derived_from=sources,
        minister=payload.minister,
        title=payload.title,
        text=payload.text,
        findings=[str(finding.id) for finding in findings],
        indicators=[{"kind": one.row["kind"], "value": one.row["value"]} for one in indicators],
        provided_at=ctx.now,
        provided_by=ctx.act,
    )
    about = Bound("analysis.assessment", assessment.id)
    ctx.tell(
        "minister",
        payload.minister,
        Text("総合整理分析情報が提供されました", "An analysis has been provided"),
        about=about,
        derived_from=[assessment],
    )
    return about


def _indicators(ctx: Context, payload: p.ProvideAssessment) -> list[reading.Source]:
    if not payload.indicators:
        return []
    wanted = set(payload.indicators)
    found = [one for one in reading.read_sources(ctx.actor, "incidents.indicators") if one.row["id"] in wanted]
    if len(found) != len(wanted):
        raise NotFoundError("indicators")
    return found


def _is_minister(ctx: Context, payload: p.ProvideAssessment) -> RefusedError | None:
    if ctx.organisation(payload.minister).type == "ministry":
        return None
    return PreconditionError(Text("提供先が大臣ではありません。", "The recipient is no minister."), where="minister")


HANDLERS = {
    "analysis.advisories.load": Handler(p.LoadAdvisories, _load),
    "analysis.matching.run": Handler(p.RunMatching, _run),
    "analysis.assessment.provide": Handler(p.ProvideAssessment, _provide),
}
PREDICATES = {"analysis_to_minister": _is_minister}
