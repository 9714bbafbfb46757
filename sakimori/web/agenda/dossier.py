"""The dossier (一件書類) of a matter on paper: what it is, its time line, its clocks, every act with its receipt.

Set by Typst with the Japanese font that comes with the package. It holds what this viewer may see and nothing else; the
last page says how each receipt (記録証明) is verified. A rehearsal's or a sample's stamp stands on every page.
"""

from importlib.resources import as_file, files
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from sakimori import law
from sakimori.acts import clock, registry
from sakimori.law import printing
from sakimori.law.eras import era
from sakimori.pages.tables import shown
from sakimori.record import Viewer
from sakimori.web import names, speaking
from sakimori.web.agenda import moments
from sakimori.web.agenda.moments import Matter
from sakimori.web.contents import Line, described


def pdf(viewer: Viewer, matter: Matter, language: str) -> bytes:
    """Return the dossier as PDF bytes. Raises `law.printing.PrintingError`, `FontMissingError`."""
    now, called = clock.now(viewer.world), moments.states()
    data = {
        "language": language,
        "font": printing.font(),
        "stamp": clock.world(viewer.world).stamp,
        "title": gettext("Dossier: %(title)s") % {"title": matter.title},
        "facts": [
            [gettext("Matter"), str(matter.id)],
            [gettext("Drawn up for"), names.organisation(viewer, viewer.acting_organisation)],
            [gettext("Drawn up at"), f"{shown(now)} ({era(now.date())})"],
            [gettext("Deployment"), settings.SAKIMORI_DEPLOYMENT["name"]],
            [gettext("Law book"), law.book().digest],
        ],
        "headings": {
            "time": gettext("Time line"),
            "clocks": gettext("Clocks and how they were counted"),
            "acts": gettext("Acts in full"),
            "receipt": gettext("Receipt (commitment in the log)"),
            "verify": gettext("How to verify"),
            "page": gettext("Page"),
        },
        "columns": {
            "time": [gettext("When"), gettext("What"), gettext("Who"), gettext("Basis")],
            "clocks": [
                gettext("Duty"),
                gettext("Begins"),
                gettext("Due"),
                gettext("Ended on"),
                gettext("State"),
                gettext("How counted"),
            ],
        },
        "moments": [[shown(one.at), one.what, one.who, one.basis] for one in matter.moments],
        "clocks": [
            [
                one.title,
                shown(one.begins),
                shown(one.due),
                shown(one.settled),
                called[one.state],
                "\n".join([one.basis, *one.steps]),
            ]
            for one in matter.spans
        ],
        "acts": [_act(viewer, row) for row in matter.acts],
        "verify": gettext(
            "Each act's receipt is a signed file. Download it from the act's page and check it without this system: "
            "sakimori-verify receipt FILE --keys KEYRING. The commitment above must be the one in the receipt."
        ),
    }
    with as_file(files("sakimori.web.agenda").joinpath("dossier.typ")) as template:
        return printing.typeset(template, "dossier", data, now.date())


def _act(viewer: Viewer, row: dict[str, Any]) -> dict[str, Any]:
    said = moments.contents(viewer, row["id"])
    handler = registry.handlers().get(row["kind"])
    lines = described(viewer, said[0]["payload"], handler) if said else []
    return {
        "title": law.kind(row["kind"]).title.pick(speaking.language()),
        "meta": f"{gettext('No.')} {row['number']} · {shown(row['recorded_at'])} · {speaking.articles(row['basis'])}",
        "lines": [pair for line in lines for pair in _flat(line, "")]
        or [["", gettext("The content has been erased, or your role does not handle it.")]],
        "commitment": row["commitment"],
    }


def _flat(line: Line, above: str) -> list[list[str]]:
    """Return a line and those below it as [label, text] pairs; a table's rows as one text each."""
    label = f"{above} › {line.label}" if above else line.label
    if line.lines:
        return [pair for one in line.lines for pair in _flat(one, label)]
    if line.heads:
        rows = ["; ".join(f"{head}: {cell}" for head, cell in zip(line.heads, row, strict=True)) for row in line.rows]
        more = [gettext("and %(count)d more") % {"count": line.more}] if line.more else []
        return [[label, "\n".join([*rows, *more])]]
    return [[label, line.text]]
