"""Readings of the interview: the operator's facilities, their computers with facts, open points, answers, papers."""

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, F, TextField
from django.db.models.functions import Cast

from sakimori.acts import clock
from sakimori.assets.findings import asked, sound
from sakimori.assets.interview import picture, units
from sakimori.assets.interview import substitute as names
from sakimori.assets.models import Computer, Finding, MinistryAnswer, PlanItem, PlanPaper
from sakimori.assets.unsure import UNSURE
from sakimori.parties.models import Facility
from sakimori.record import Listing, Query, Viewer, every_role

OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
_NUMBERS = re.compile(r"[0-9０-９]+")
_COMPUTER = (
    "id", "facility", "key", "name", "maker", "product", "unit", "address", "introduced_on", "facts", "answered",
    "scope", "clause", "trigger_group", "notify", "status", "duty", "finding", "labels", "owner",
)  # fmt: skip
_PRIVATE = ("introduced_on", "facts", "computers")
_SAME = ("maker", "product", "introduced_on", "known", "marked", "owner")
_GROUP = ("place", "product", "maker", "clause", "notify")
_ANSWER = (
    "id", "facility", "fact", "question", "answer", "value", "answered_on", "answered_by", "reference", "act", "status",
    "reason", "labels", "owner",
)  # fmt: skip


def _own(viewer: Viewer) -> Any:
    return Computer.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)


def _live(viewer: Viewer, facility: uuid.UUID | None) -> Any:
    found = _own(viewer).exclude(status="retired")
    return found if facility is None else found.filter(facility=facility)


def _facilities(viewer: Viewer, *, facility: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    """The operator's facilities, each with how many computers it has and how many of them are open."""
    counted = Counter(dict(_live(viewer, facility).values_list("facility").annotate(Count("id")).order_by()))
    open_ones = Counter(
        dict(_live(viewer, facility).filter(UNSURE).values_list("facility").annotate(Count("id")).order_by())
    )
    found = Facility.objects.select_related("designation").filter(
        world=clock.world(viewer.world).base, organisation_id=viewer.acting_organisation
    )
    for one in (found if facility is None else found.filter(id=facility)).order_by("name", "id"):
        yield {
            "id": one.id,
            "name": one.name,
            "category": one.category,
            "business_type": one.designation.business_type,
            "in_place_since": one.in_place_since,
            "successor": one.designation.successor,
            "computers": counted[one.id],
            "open": open_ones[one.id],
        }


def _computers(viewer: Viewer, *, facility: uuid.UUID, open_only: bool = False) -> Iterable[dict[str, Any]]:
    """The computers of one facility that are in use: those of which the same is known in one row.

    `computers` are their id, key, name and address; the read record names the facility. `open_only`: those of which
    something is not known yet.
    """
    found = _live(viewer, facility)
    if open_only:
        asking = [identity for identity, (_, content) in contents(viewer, facility).items() if open_of(content)]
        found = found.filter(finding__in=asking)
    told = found.annotate(known=Cast("facts", TextField()), marked=Cast("labels", TextField())).order_by("key")
    alike: dict[tuple[Any, ...], list[list[str]]] = {}
    for identity, key, name, address, *same in told.values_list("id", "key", "name", "address", *_SAME).iterator():
        alike.setdefault(tuple(same), []).append([str(identity), key, name, address])
    for (maker, product, introduced, known, marked, owner), computers in alike.items():
        yield {
            "id": uuid.UUID(computers[0][0]),
            "maker": maker,
            "product": product,
            "introduced_on": introduced,
            "facts": json.loads(known),
            "computers": computers,
            "labels": json.loads(marked),
            "owner": owner,
            "about": facility,
        }


def _grouped(viewer: Viewer, facility: uuid.UUID) -> Any:
    """Return a facility's computers in use, counted by place in the picture, product and what the law makes of them."""
    found = _live(viewer, facility).annotate(place=picture.place())
    return found.values(*_GROUP).annotate(computers=Count("id")).order_by(*_DRAWN.order)


def _groups(viewer: Viewer, *, facility: uuid.UUID) -> Iterable[dict[str, Any]]:
    """The computers of one facility in use, by what the picture shows of them: alike ones in one row."""
    found: Iterable[dict[str, Any]] = _grouped(viewer, facility)
    return found


def _marked(_: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"id": uuid.uuid5(uuid.NAMESPACE_OID, "\x1f".join(str(row[name]) for name in _GROUP)), **row} for row in rows
    ]


def _bands(viewer: Viewer, *, facility: uuid.UUID) -> Iterable[dict[str, Any]]:
    """What the picture draws of a facility: by place how many computers and products, and the most numerous ones."""
    bands: dict[int, dict[str, Any]] = {}
    for place, *alike, computers in _grouped(viewer, facility).values_list(*_GROUP, "computers"):
        band = bands.get(place)
        if band is None:
            identity = uuid.uuid5(facility, str(place))
            band = bands[place] = {"id": identity, "place": place, "computers": 0, "products": 0, "nodes": []}
        band["computers"] += computers
        band["products"] += 1
        if band["products"] <= picture.MOST:
            band["nodes"].append(dict(zip((*_GROUP[1:], "computers"), (*alike, computers), strict=True)))
    return bands.values()


def contents(viewer: Viewer, facility: uuid.UUID | None = None) -> dict[uuid.UUID, tuple[int, Mapping[str, Any]]]:
    """Return what was found about the operator's computers in use: by finding, how many share it, and its content."""
    counted = dict(_live(viewer, facility).values_list("finding").annotate(Count("id")).order_by())
    found = Finding.objects.filter(id__in=list(counted)).values_list("id", "content")
    return {identity: (counted[identity], content) for identity, content in found}


def left_out(viewer: Viewer) -> int:
    """Return how many computers no draft can hold yet: to be notified in any case, but by which clause is open."""
    return int(_own(viewer).filter(status="registered", notify="yes", clause="").count())


def open_of(content: object) -> dict[str, Mapping[str, Any]]:
    """Return the open questions of a finding by fact, each once; not whether another table is still open."""
    return {one["fact"]: one for decision in sound(content).values() for one in asked(decision)}


def _open_points(viewer: Viewer, *, facility: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    """What is not known yet, by facility and fact: the question, who can answer it, how many computers hang on it.

    `whom`: operator (ourselves, or whoever supplied it), record (what is recorded of the facility), ministry.
    """
    wanted = [facility] if facility else [row["id"] for row in _facilities(viewer)]
    for one in wanted:
        points: dict[str, dict[str, Any]] = {}
        for count, content in contents(viewer, one).values():
            for fact, question in open_of(content).items():
                point = points.setdefault(
                    fact,
                    {
                        "id": uuid.uuid5(one, fact),
                        "facility": one,
                        "fact": fact,
                        "question": question["text"],
                        "whom": question["whom"],
                        "computers": 0,
                    },
                )
                point["computers"] += count
        yield from sorted(points.values(), key=lambda point: (-point["computers"], point["fact"]))


def _open_facts(
    viewer: Viewer,
    *,
    facility: uuid.UUID | None = None,
    fact: str = "",
    computer: uuid.UUID | None = None,
    count: int = 0,
) -> Iterable[dict[str, Any]]:
    """Each computer of which something is not known yet, with the facts that are open and their questions.

    What vendors are asked about starts here. `fact`: only computers on which that one hangs; `count`: so many at most.
    """
    open_ones = {}
    for identity, (_, content) in contents(viewer, facility).items():
        questions = open_of(content)
        if questions and (not fact or fact in questions):
            open_ones[identity] = [
                {"fact": name, "question": question["text"], "whom": question["whom"], "allowed": question["allowed"]}
                for name, question in questions.items()
            ]
    found = _live(viewer, facility).filter(finding__in=list(open_ones))
    if computer is not None:
        found = found.filter(id=computer)
    rows = found.order_by("key").values(
        "id", "facility", "key", "name", "maker", "product", "unit", "finding", "labels", "owner"
    )
    rows = rows[:count] if count > 0 else rows
    return ({**row, "open": open_ones[row.pop("finding")], "about": row["facility"]} for row in rows)


def _unit_doubts(viewer: Viewer, *, facility: uuid.UUID) -> Iterable[dict[str, Any]]:
    """Computers whose kind may not fit their name, as a question (house rule): computers alike in one row.

    `doubt` is the question; `computers` how many there are, `id` and `key` are those of the first.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    named = _live(viewer, facility).exclude(scope="out").order_by("key")
    for row in named.values("id", "key", "name", "product", "unit", "labels", "owner").iterator():
        doubt = units.doubt(row["unit"], _NUMBERS.sub("", row["name"]), row["product"])
        if doubt is not None:
            told = {"doubt": {"ja": doubt.ja, "en": doubt.en}, "computers": 0, "about": facility}
            found.setdefault((row["product"], doubt.ja), {**row, **told})["computers"] += 1
    return found.values()


def _ministry_answers(viewer: Viewer, *, facility: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    """What the ministry answered, the newest first; of one facility: also what holds for all of them."""
    found = MinistryAnswer.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    if facility is not None:
        found = found.filter(facility__in=[facility]) | found.filter(facility=None)
    rows: Iterable[dict[str, Any]] = found.order_by("-answered_on", "id").values(*_ANSWER)
    return rows


def _plan_papers(viewer: Viewer, *, facility: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    """The papers of the prior review recorded for a facility, with their names, those that stand first."""
    found = PlanPaper.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    if facility is not None:
        found = found.filter(facility=facility)
    items: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for item in PlanItem.objects.filter(paper__in=found).order_by("position").values("paper", "name", "supplier"):
        items.setdefault(item["paper"], []).append({"name": item["name"], "supplier": item["supplier"]})
    rows = found.order_by("-status", "-filed_on", "id").values(
        "id", "facility", "paper", "reference", "filed_on", "act", "status", "labels", "owner"
    )
    return ({**row, "items": items.get(row["id"], [])} for row in rows)


def paper_items(viewer: Viewer, facility: uuid.UUID) -> list[names.PaperItem]:
    """Return the names in the papers that stand for a facility."""
    found = PlanItem.objects.filter(
        world=viewer.world,
        organisation=viewer.acting_organisation,
        facility=facility,
        paper__status="standing",
    ).annotate(kind=F("paper__paper"))
    return [
        names.PaperItem(row["kind"], row["name"], row["supplier"], str(row["id"]))
        for row in found.order_by("paper__filed_on", "position").values("kind", "name", "supplier", "id")
    ]


def _substitutes(
    viewer: Viewer, *, facility: uuid.UUID | None = None, computer: uuid.UUID | None = None
) -> Iterable[dict[str, Any]]:
    """The computers to be notified for which a paper of the prior review may stand in, or fails to by little.

    `outcome` is that of `kyokaho.notify.substitute`; `item` the paper's row; `name` and `supplier` the names side by
    side as [paper, computer, kind of difference]. Computers no name comes near are left out.
    """
    found = _live(viewer, facility).filter(notify="yes")
    if computer is not None:
        found = found.filter(id=computer)
    papers: dict[uuid.UUID, list[names.PaperItem]] = {}
    today = clock.today(viewer.world)
    answers: dict[tuple[Any, ...], names.Substitute | None] = {}
    for row in found.order_by("key").values(*_COMPUTER):
        if row["facility"] not in papers:
            papers[row["facility"]] = paper_items(viewer, row["facility"])
        part = row["facts"].get("part_of_facility")
        key = (row["facility"], row["product"], row["maker"], part)
        if key not in answers:
            answers[key] = names.substitute_for(
                row["product"], row["maker"], papers[row["facility"]], today, part_of_facility=part
            )
        answer = answers[key]
        if answer is None or answer.item is None:
            continue
        yield {
            **{name: row[name] for name in ("id", "facility", "key", "product", "maker", "status", "labels", "owner")},
            "about": row["facility"],
            "outcome": answer.decision["outcome"],
            "decision": answer.decision,
            "item": answer.item.identity,
            "paper": answer.item.paper,
            "name": [[one.left, one.right, one.kind] for one in answer.name],
            "supplier": [[one.left, one.right, one.kind] for one in answer.supplier],
            "kinds": list(answer.kinds),
        }


_DRAWN = Listing(
    order=("place", "-computers", "product", "maker", "clause", "notify"),
    sorts=("place", "product", "maker", "clause", "notify", "computers"),
    texts=("product", "maker"),
    make=_marked,
)
QUERIES = {
    "assets.scoping": Query("assets.scoping", _facilities, OPERATORS, recorded=False),
    "assets.scoping_computers": Query("assets.scoping_computers", _computers, OPERATORS, {"private": _PRIVATE}),
    "assets.scoping_groups": Query("assets.scoping_groups", _groups, OPERATORS, recorded=False, listing=_DRAWN),
    "assets.scoping_bands": Query("assets.scoping_bands", _bands, OPERATORS, recorded=False),
    "assets.open_points": Query("assets.open_points", _open_points, OPERATORS, recorded=False),
    "assets.open_facts": Query("assets.open_facts", _open_facts, OPERATORS, {"private": ("key", "name")}),
    "assets.unit_doubts": Query("assets.unit_doubts", _unit_doubts, OPERATORS, {"private": ("key", "name")}),
    "assets.ministry_answers": Query(
        "assets.ministry_answers", _ministry_answers, OPERATORS, {"private": ("question", "answer", "answered_by")}
    ),
    "assets.plan_papers": Query("assets.plan_papers", _plan_papers, OPERATORS, {"private": ("reference", "items")}),
    "assets.substitutes": Query("assets.substitutes", _substitutes, OPERATORS, {"private": ("key",)}),
}
