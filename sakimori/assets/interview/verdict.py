"""One computer in four sentences: must it be notified, by when, why, and what to do next; what it is notified as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from sakimori.acts import clock
from sakimori.assets import saying
from sakimori.assets.findings import sound
from sakimori.assets.interview import units, views_points
from sakimori.assets.interview.queries import open_of
from sakimori.assets.interview.topics import topic_of
from sakimori.assets.interview.words import said, short
from sakimori.pages import dates
from sakimori.record import Viewer

_CHANGE = "kyokaho.notify.change"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of the law for one computer, as its page opens with it.

    `look` is the banner's: good, warn, bad or empty. `why` are the sentences that decide, each with its article.
    """

    look: str
    headline: str
    note: str
    why: Sequence[tuple[str, str]]
    next_url: str
    next_label: str


def about(
    viewer: Viewer, row: Mapping[str, Any], duty: Mapping[str, Any] | None, changes: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Return what a computer's page shows beside the law's tables: verdict, unit, substitute, who answered what."""
    unit = units.explained(row["unit"], row["name"] or "", row["product"], clock.today(viewer.world))
    notified = row["notify"] == "yes"
    return {
        "verdict": _changed(row, changes, clock.today(viewer.world))
        or _in_doubt(row, changes)
        or _on_its_way(row, changes)
        or verdict(row, duty),
        "unit": {
            "answer": saying.both(unit.decision["label"]),
            "reasons": [(saying.both(one["text"]), one["article"]) for one in unit.decision["reasons"]],
            "doubt": unit.doubt.pick(saying.language()) if unit.doubt else "",
        },
        "substitute": views_points.substitute_of(viewer, row) if notified else None,
        "answered": [
            (short(fact), said(fact, row["facts"].get(fact)) if row["facts"].get(fact) is not None else "–", act)
            for fact, act in (row["answered"] or {}).items()
        ],
        "scoping_url": reverse("assets:scoping_facility", args=[row["facility"]]),
    }


def verdict(row: Mapping[str, Any], duty: Mapping[str, Any] | None) -> Verdict:
    """Return the verdict on one computer as `assets.computer` gives it; `duty` as the duties' page says it."""
    content = row["finding__content"]
    waiting = open_of(content)
    look, headline, note = _said(row, duty, len(waiting))
    next_url, next_label = _next(row, waiting)
    return Verdict(look, headline, note, _why(row, content), next_url, next_label)


def _changed(row: Mapping[str, Any], changes: Sequence[Mapping[str, Any]], today: date) -> Verdict | None:
    """Return the verdict where a change is still to be notified (強化法4条3項), by the earliest day; None elsewhere."""
    waiting = [one for one in changes if one["status"] == "waiting"]
    if not waiting or row["status"] == "retired":
        return None
    days = [one["due_on"] for one in waiting if one["due_on"]]
    look, note = "warn", ""
    if days:
        said_on, late = dates.read(min(days), saying.language()), min(days) < today
        look = "bad" if late else "warn"
        note = gettext("It had to be notified by %(day)s.") if late else gettext("It must be notified by %(day)s.")
        note %= {"day": said_on}
    why = [(text, article) for text, article, _ in waiting[0]["reasons"][:1]]
    address = f"{reverse('assets:changes')}?state=waiting"
    return Verdict(look, waiting[0]["answer"], note, why, address, gettext("See what must be notified"))


def _in_doubt(row: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> Verdict | None:
    """Return the verdict where it is open whether a change of what was notified must be notified; None elsewhere.

    `changes` are the newest first. A name recorded since answers the question whether it is still the right one.
    """
    if row["status"] not in ("filed", "notified"):
        return None
    for one in changes:
        if "product" in (one["fields"] or {}):
            return None
        if one["outcome"] == "open" and one["decision"].get("table") == _CHANGE:
            break
    else:
        return None
    asked = " ".join(one["questions"])
    why = [(text, article) for text, article, _ in one["reasons"][:1]]
    address = reverse("assets:change_computer", args=[row["id"]])
    headline = gettext("It was notified; whether a change since must be notified is open.")
    return Verdict("warn", headline, asked, why, address, gettext("Record the name as it is to be notified now"))


def _on_its_way(row: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> Verdict | None:
    """Return the verdict where a change has been filed and has not arrived: what the page shows did not arrive either.

    None elsewhere, and for a correction, which is a filing of the computer itself.
    """
    if row["status"] not in ("filed", "notified"):
        return None
    filed = next((one for one in changes if one["status"] == "filed"), None)
    if filed is None or filed["notification"] == row["notification"]:
        return None
    why = [(text, article) for text, article, _ in filed["reasons"][:1]]
    address = reverse("assets:notification", args=[filed["notification"]])
    headline = gettext("A change is filed and waits for arrival.")
    note = gettext("What was notified before has arrived; what this page shows now has not.")
    if row["status"] == "filed":
        note = gettext("Neither what was notified before nor what this page shows now has arrived.")
    return Verdict("warn", headline, note, why, address, gettext("See the change notification"))


def _said(row: Mapping[str, Any], duty: Mapping[str, Any] | None, waiting: int) -> tuple[str, str, str]:
    """Return look, headline and note."""
    notify = row["notify"]
    if row["status"] == "retired":
        return "", gettext("No longer used."), ""
    if notify == "exempt":
        kept = gettext("It stays in the register: its incidents must be reported and warnings still concern it.")
        return "good", gettext("It need not be notified: exempt."), kept
    if notify == "no":
        return "good", gettext("It need not be notified: no specified critical computer."), ""
    if notify != "yes":
        told = ngettext(
            "Not decided yet: %(count)d question is open.", "Not decided yet: %(count)d questions are open.", waiting
        ) % {"count": waiting}
        return "warn", told, gettext("Until then it may turn out either way; no due day runs that we could name.")
    return _filed(row) or _owed(row, duty)


def _filed(row: Mapping[str, Any]) -> tuple[str, str, str] | None:
    if row["status"] == "notified":
        return "good", gettext("It has been notified, and the notification has arrived."), ""
    if row["status"] == "filed":
        return "", gettext("It has been filed; the notification has not arrived yet."), ""
    return None


def _owed(row: Mapping[str, Any], duty: Mapping[str, Any] | None) -> tuple[str, str, str]:
    unclear = (
        "" if row["clause"] else gettext("It is covered in any case, but by which clause is open: settle that first.")
    )
    if duty is None or not duty["due_on"]:
        return "warn", gettext("It must be notified; by when is open."), unclear
    said_on = dates.read(duty["due_on"], saying.language())
    late = duty["days"] is not None and duty["days"] < 0
    if late:
        return "bad", gettext("It had to be notified by %(day)s.") % {"day": said_on}, unclear
    left = ngettext("%(count)d day left.", "%(count)d days left.", duty["days"]) % {"count": duty["days"]}
    return "warn", gettext("It must be notified by %(day)s.") % {"day": said_on}, f"{left} {unclear}".strip()


def _why(row: Mapping[str, Any], content: object) -> list[tuple[str, str]]:
    """Return the sentence that decides scope and, where it is another matter, the one that decides the duty."""
    wanted = ["scope"] if row["notify"] in ("no", "open") else ["scope", "notify"]
    whole = sound(content)
    return [
        (saying.both(reason["text"]), reason["article"])
        for name in wanted
        for reason in (whole[name]["reasons"][:1] if name in whole else ())
    ]


def _next(row: Mapping[str, Any], waiting: Mapping[str, Any]) -> tuple[str, str]:
    if row["status"] == "retired":
        return "", ""
    asked = next((topic for fact in waiting if (topic := topic_of(fact))), None)
    if asked is not None:
        return (
            reverse("assets:interview", args=[row["facility"], asked.key]),
            gettext("Answer for all computers like it"),
        )
    if waiting:
        return reverse("assets:open_points", args=[row["facility"]]), gettext("See the open points")
    if row["notification"]:
        return reverse("assets:notification", args=[row["notification"]]), gettext("See its notification")
    if row["notify"] == "yes":
        return reverse("assets:drafts"), gettext("Draft the notification")
    return reverse("assets:register"), gettext("Back to the register")
