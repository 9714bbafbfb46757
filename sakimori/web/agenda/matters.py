"""`/matters/<id>/`: the time line of one matter, as a picture and as a table, and its dossier to print."""

import uuid
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from sakimori.pages import viewer_of
from sakimori.pages.charts import Stretch, stretches
from sakimori.pages.tables import shown
from sakimori.web import rooms
from sakimori.web.agenda import dossier, moments
from sakimori.web.agenda.moments import Matter, Span
from sakimori.web.speaking import language


@require_safe
def matter(request: HttpRequest, subject: uuid.UUID) -> HttpResponse:
    """Show one matter's time line."""
    found = moments.matter(viewer_of(request), subject)
    called = moments.states()
    return render(
        request,
        "agenda/matter.html",
        {
            "matter": found,
            "rows": [(one, called[one.kind]) for one in found.moments],
            "spans": [(one, called[one.state]) for one in found.spans],
            "picture": picture(found.spans, found),
            "link": rooms.subject_url(found.type, found.id, viewer_of(request)),
        },
    )


def picture(spans: Iterable[Span], found: Matter) -> SafeString:
    """Return the clocks of a matter drawn over the days; empty where it has none with a number."""
    called = moments.states()
    rows = [
        Stretch(
            one.title,
            one.begins,
            max(one.begins, one.settled or one.due),
            one.state,
            f"{one.title}: {shown(one.begins)} – {shown(one.due)} ({called[one.state]})",
        )
        for one in sorted(spans, key=lambda one: (one.begins, one.due))
    ]
    return stretches(gettext("Clocks of this matter"), gettext("The table below says the same."), rows, found.today)


@require_safe
def printed(request: HttpRequest, subject: uuid.UUID) -> HttpResponse:
    """Return the dossier of a matter as a PDF in the reader's language."""
    viewer = viewer_of(request)
    made = dossier.pdf(viewer, moments.matter(viewer, subject), language())
    name = f"sakimori-{viewer.world}-{subject}.pdf"
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
