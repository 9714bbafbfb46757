"""Readings of this room."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet

from sakimori.analysis.models import Advisory, Assessment, Finding
from sakimori.record import Listing, Query, Viewer, every_role

CABINET = every_role("cabinet_office", roles=("analyst", "officer", "decider"))
MINISTRIES = every_role("ministry", roles=("officer", "decider"))
_OPERATORS = ("operator", "maker", "product", "reason_ja", "reason_en", "minister")


def _advisories(viewer: Viewer, *, text: str = "", load: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    found = Advisory.objects.filter(world=viewer.world)
    if text:
        found = found.filter(title__icontains=text)
    if load is not None:
        found = found.filter(load=load)
    return found.order_by("-published", "identifier", "id").values(
        "id",
        "identifier",
        "source",
        "title",
        "vendor",
        "product",
        "action",
        "published",
        "known_exploited",
        "ransomware",
    )


def visible_findings(viewer: Viewer) -> QuerySet[Finding]:
    """Return the findings a viewer may know of: all for the cabinet office, those provided to it for a minister."""
    found: QuerySet[Finding] = Finding.objects.filter(world=viewer.world)
    if viewer.organisation_type == "cabinet_office":
        return found
    provided = Assessment.objects.filter(world=viewer.world, minister=viewer.acting_organisation)
    ids = {identity for listed in provided.values_list("findings", flat=True) for identity in listed}
    return found.filter(id__in=ids)


def _findings(
    viewer: Viewer,
    *,
    run: uuid.UUID | None = None,
    identifier: str = "",
    reach: str = "",
    grade: str = "",
    assessment: uuid.UUID | None = None,
    minister: uuid.UUID | None = None,
) -> Iterable[dict[str, Any]]:
    """What advisories touch; `assessment`: what that analysis rests on; `minister`: what concerns his operators."""
    found: Any = visible_findings(viewer)
    if assessment is not None:
        listed = Assessment.objects.filter(world=viewer.world, id=assessment).values_list("findings", flat=True).first()
        found = found.filter(id__in=listed or [])
    if minister is not None:
        found = found.filter(minister=minister)
    if run is not None:
        found = found.filter(run=run)
    if identifier:
        found = found.filter(advisory__identifier=identifier)
    if reach:
        found = found.filter(reach=reach)
    if grade:
        found = found.filter(grade=grade)
    rows: Iterable[dict[str, Any]] = found.order_by(*_TOUCHED.order).values(
        "id", "run", "advisory__identifier", "advisory__title", "reach", *_OPERATORS, "grade", "rule", "labels", "owner"
    )
    return rows


def _assessments(viewer: Viewer, *, assessment: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    found = Assessment.objects.filter(world=viewer.world)
    if assessment is not None:
        found = found.filter(id=assessment)
    if viewer.organisation_type == "ministry":
        found = found.filter(minister=viewer.acting_organisation)
    return found.order_by("-provided_at", "id").values(
        "id", "minister", "title", "text", "findings", "indicators", "provided_at", "labels", "owner"
    )


def _state(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """How many findings there are of each grade, never whom they concern."""
    counted = Finding.objects.filter(world=viewer.world).values("grade").annotate(count=Count("id")).order_by("grade")
    for row in counted:
        yield {"id": uuid.uuid5(viewer.acting_organisation, row["grade"]), **row}


def _provided(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Analyses provided to this minister: when, not what they say."""
    found = Assessment.objects.filter(world=viewer.world, minister=viewer.acting_organisation)
    return list(found.order_by("-provided_at").values("id", "provided_at"))


_PUBLISHED = Listing(
    order=("-published", "identifier", "id"),
    sorts=("identifier", "title", "vendor", "product", "published", "known_exploited", "ransomware", "source"),
    texts=("identifier", "title", "vendor", "product", "published", "source"),
)
_TOUCHED = Listing(
    order=("advisory__identifier", "operator", "maker", "product", "id"),
    sorts=("advisory__identifier", "reach", "operator", "maker", "product", "grade", "minister"),
    texts=("advisory__identifier", "maker", "product"),
)
_PROVIDED = Listing(
    order=("-provided_at", "id"), sorts=("provided_at", "title", "minister"), texts=("provided_at", "title")
)
QUERIES = {
    "analysis.state": Query("analysis.state", _state, CABINET, recorded=False),
    "analysis.provided": Query("analysis.provided", _provided, MINISTRIES, recorded=False),
    "analysis.advisories": Query(
        "analysis.advisories", _advisories, CABINET | MINISTRIES, recorded=False, listing=_PUBLISHED
    ),
    "analysis.findings": Query(
        "analysis.findings", _findings, CABINET | MINISTRIES, {"operators": _OPERATORS}, listing=_TOUCHED
    ),
    "analysis.assessments": Query(
        "analysis.assessments",
        _assessments,
        CABINET | MINISTRIES,
        {"all": ("title", "text", "findings", "indicators")},
        listing=_PROVIDED,
    ),
}
