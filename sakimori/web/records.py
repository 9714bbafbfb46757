"""The register of documents (metadata alone), and the views on disclosure: shown, exported, never automatic."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from sakimori import law
from sakimori.acts import authority, reading
from sakimori.pages import Column, table_from, viewer_of
from sakimori.pages.names import organisations
from sakimori.pages.words import choice

CLASSIFY, MARK = "acts.records.classify", "acts.disclosure.mark"


@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """Show which documents are kept until when, and which are due for the office's measure."""
    viewer = viewer_of(request)
    rows = reading.read(viewer, "acts.records")
    table = table_from(
        request,
        rows,
        [
            Column(
                "kind",
                gettext("Documents on"),
                show=lambda row: law.kind(row["kind"]).title.pick(get_language() or "ja"),
            ),
            Column("year", gettext("Fiscal year"), number=True),
            Column("documents", gettext("How many"), number=True),
            Column("erased", gettext("Contents erased"), number=True),
            Column("class", gettext("Class")),
            Column("years", gettext("Years"), number=True),
            Column("until", gettext("Kept until")),
            Column("measure", gettext("Measure then"), show=lambda row: choice(row["measure"], "measure")),
            Column("state", gettext("State"), show=lambda row: choice(row["state"], "retention")),
        ],
        caption=gettext("Documents and how long they are kept"),
        sort="until",
        empty=gettext("Nothing has been done yet."),
        filename=gettext("records"),
    )
    if isinstance(table, HttpResponse):
        return table
    context = {
        "table": table,
        "due": sum(row["state"] == "due" for row in rows),
        "unknown": sum(row["state"] == "unknown" for row in rows),
        "parameter": law.parameter("records.retention"),
        "classify": reverse("new_act", args=[CLASSIFY])
        if authority.allowed_by_role(law.kind(CLASSIFY), viewer.organisation_type, viewer.role)
        else "",
    }
    return render(request, "web/records.html", context)


@require_safe
def disclosure(request: HttpRequest) -> HttpResponse:
    """Show the views on disclosure that this organisation holds, its own and its filers'; CSV on demand."""
    viewer = viewer_of(request)
    rows = reading.read(viewer, "acts.disclosures")
    called = organisations(viewer, {row["organisation"] for row in rows})
    table = table_from(
        request,
        rows,
        [
            Column("marked_at", gettext("Recorded")),
            Column("side", gettext("Whose view"), show=lambda row: choice(row["side"], "disclosure")),
            Column("organisation", gettext("Organisation"), show=lambda row: called.get(row["organisation"], "")),
            Column("limbs", gettext("Limbs of Art. 5"), show=lambda row: ", ".join(row["limbs"] or ()), sortable=False),
            Column("fields", gettext("Which parts")),
            Column("reason", gettext("Reason")),
            Column("filing", gettext("Filing"), show=lambda row: str(row["filing"])),
        ],
        caption=gettext("Views on disclosure"),
        sort="-marked_at",
        empty=gettext("No view on disclosure has been recorded."),
        filename=gettext("disclosure"),
    )
    if isinstance(table, HttpResponse):
        return table
    may = authority.allowed_by_role(law.kind(MARK), viewer.organisation_type, viewer.role)
    return render(
        request, "web/disclosure.html", {"table": table, "mark": reverse("new_act", args=[MARK]) if may else ""}
    )
