"""Pages of what changed: the list, one computer's change and disposal, the settings, reminders, new derivations."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import authority, clock, reading
from sakimori.acts.errors import ConflictError
from sakimori.assets import drafting, editions, saying
from sakimori.assets.scoping import SCOPE_FACTS
from sakimori.assets.upkeep import proposed
from sakimori.assets.upkeep import saying as words
from sakimori.law.decisions import notices
from sakimori.pages import Column, listed, viewer_of
from sakimori.pages.refusals import explained
from sakimori.pages.stepping import Step, stepped
from sakimori.pages.submitting import require
from sakimori.record import Viewer
from sakimori.text import Text

CHANGE, RETIRE, SETTLE = "assets.computer.change", "assets.computer.retire", "assets.upkeep.settle"
EDITED = ("product", "maker", "unit", "version", "name", "responsible", "address", "serial")
_FACTS = frozenset(f"facts.{name}" for name in (*SCOPE_FACTS, "serves", "designated_item"))
_STATES = ("waiting", "filed", "notified", "recorded", "wrong", "correcting", "corrected")


def may(viewer: Viewer, kind: str) -> bool:
    """Return whether the law lists this role for an act kind."""
    return authority.allowed_by_role(law.kind(kind), viewer.organisation_type, viewer.role)


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """List what changed, with the law's answer to whether it must be notified; `?state=waiting`: what waits."""
    viewer = viewer_of(request)
    sums = reading.read_one(viewer, "assets.change_sums")
    asked = request.GET.get("state", "")
    state = asked if asked in _STATES else ""
    undone = request.GET.get("undone") == "1"
    coded = {"status": words.STATE, "answer": words.ANSWER, "event": words.EVENT}

    def column(name: str, label: str) -> Column:
        return Column(name, label, names=lambda codes: {one: saying.say(coded[name], one) for one in codes})

    proposals = proposed.waiting(viewer)

    def columns(rows: list[dict[str, Any]]) -> list[Column]:
        return [
            Column(
                "key",
                saying.say(saying.FIELD, "key"),
                field="computer__key",
                show=lambda row: row["key"],
                link=lambda row: reverse("assets:computer", args=[row["computer"]]),
            ),
            Column("name", saying.say(saying.FIELD, "name"), field="computer__name", show=lambda row: row["name"]),
            column("event", gettext("What happened")),
            Column("fields", gettext("Old → new"), show=lambda row: words.told(row["fields"]), sortable=False),
            Column("changed_on", gettext("On")),
            column("answer", gettext("Must it be notified?")),
            Column("due_on", saying.say(saying.FIELD, "due_on")),
            _states(column("status", saying.say(saying.FIELD, "status")), proposed.among(viewer, rows, proposals)),
        ]

    table = listed(
        request,
        "assets.changes",
        columns,
        caption=gettext("Changes of computers"),
        sort="-recorded_at",
        empty=gettext("Nothing of this kind has changed."),
        filename=gettext("changes"),
        where={"status": state} if state else {"undone": True} if undone else {},
    )
    if isinstance(table, HttpResponse):
        return table
    counted = sums["status"]
    tabs = [("", gettext("All"), sum(counted.values()))]
    tabs += [(one, saying.say(words.STATE, one), counted.get(one, 0)) for one in _STATES]
    context = {
        "table": table,
        "tabs": tabs,
        "state": state,
        "undone": undone and not state,
        "sums": sums,
        "proposals": proposals,
        "minor": _minor(viewer),
        "settings": reading.read_one(viewer, "assets.upkeep_settings"),
        "may_settle": may(viewer, SETTLE),
        "may_draft": may(viewer, "assets.notification.file"),
    }
    return render(request, "assets/upkeep/changes.html", context)


def _states(column: Column, among: frozenset[uuid.UUID]) -> Column:
    """Return the column of states, where some of the rows shown stand in a filing that waits to be confirmed."""

    def show(row: Mapping[str, Any]) -> str:
        return words.PROPOSED.pick(saying.language()) if row["id"] in among else saying.say(words.STATE, row["status"])

    return replace(column, show=show, names=None) if among else column


def _minor(viewer: Viewer) -> dict[str, Any]:
    """Return what the law says of a change of the operator's name alone (命令3条4項)."""
    facts = notices.ChangeFacts(
        facility_class_changed=False, computer_class_changed=False, product_name_changed=False,
        maker_name_changed=False, operator_other_changed=False, operator_name_changed=True, retired=False,
    )  # fmt: skip
    decision = notices.change(facts, clock.today(viewer.world)).as_dict()
    return {"reasons": words.reasons(decision), "answer": saying.both(_label(decision))}


def _label(decision: Mapping[str, Any]) -> Mapping[str, str] | None:
    found = decision.get("label")
    return found if isinstance(found, Mapping) else None


def of_computer(viewer: Viewer, computer: uuid.UUID) -> list[dict[str, Any]]:
    """Return what changed in one computer, the newest first, in words with the law's reasons."""
    return [
        {
            **row,
            "what": saying.say(words.EVENT, row["event"]),
            "told": words.told(row["fields"]),
            "answer": saying.say(words.ANSWER, row["answer"]),
            "state": saying.say(words.STATE, row["status"]),
            "reasons": words.reasons(row["decision"]),
            "questions": words.questions(row["decision"]),
        }
        for row in reading.read(viewer, "assets.changes", computer=computer)
    ]


def _back(request: HttpRequest, computer: uuid.UUID) -> str:
    """Return where to go on: the stocktake's list one came from, else the computer's page."""
    came = request.POST.get("list") or request.GET.get("list") or ""
    try:
        return reverse("assets:stocktake_list", args=[uuid.UUID(came)])
    except ValueError:
        return reverse("assets:computer", args=[computer])


@require_http_methods(["GET", "HEAD", "POST"])
def change_computer(request: HttpRequest, computer: uuid.UUID) -> HttpResponse:
    """Record what changed in one computer: the form begins with what is recorded, only what differs is kept."""
    viewer = viewer_of(request)
    require(CHANGE, viewer)
    row = reading.read_one(viewer, "assets.computer", computer=computer)
    back = _back(request, computer)

    edited = editions.kept(EDITED)
    now = {name: str(row[name] or "") for name in edited}
    was = {name: request.POST.get(f"was-{name}", now[name]) for name in edited}  # as the page was shown
    meanwhile = _meanwhile(request, was, now)

    def only_changed(payload: dict[str, Any]) -> dict[str, Any]:
        told = {name: payload.get(name, "") for name in edited if f"f-{name}" in request.POST}
        kept = {name: value for name, value in told.items() if value not in (was[name], now[name])}
        return {name: value for name, value in payload.items() if name not in edited} | kept

    step = Step(
        CHANGE,
        {"computer": str(computer)},
        hidden=_FACTS | {"support_end"} | editions.dropped(),
        first=now,
        complete=only_changed,
        done=lambda _: f"{back}?changed=1",
        faults=meanwhile,
    )
    came = request.POST.get("list") or request.GET.get("list") or ""
    context = {
        "row": row,
        "back": back,
        "came": came,
        "private_here": editions.holds_private_inventory(),
        "was": {name: now[name] if name in meanwhile else was[name] for name in edited},
        **({"error": explained(_changed_meanwhile(meanwhile, now))} if meanwhile else {}),
    }
    return stepped(request, step, "assets/upkeep/change.html", context)


def _meanwhile(request: HttpRequest, was: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Return the fields that were edited on the page and that somebody else has changed since it was shown."""
    if request.method != "POST":
        return ()
    typed = {name: request.POST.get(f"f-{name}", value).strip() for name, value in was.items()}
    return tuple(name for name, value in was.items() if typed[name] not in (value, now[name]) and now[name] != value)


def _changed_meanwhile(names: tuple[str, ...], now: Mapping[str, str]) -> ConflictError:
    said = [f"{saying.say(saying.FIELD, name)}: {now[name] or '–'}" for name in names]
    return ConflictError(
        Text(
            f"この画面を開いた後に、登録簿の値が変わりました。何も記録していません。いまの値は {'、'.join(said)}",
            f"The register has changed since this page was shown; nothing was recorded. Now: {', '.join(said)}",
        ),
        mend=Text(
            "いまの値でよければ、その値を入力してください。もう一度送ると、入力した値で記録します。",
            "Type the present value where it is right. Sent once more, what you typed is recorded.",
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def retire_computer(request: HttpRequest, computer: uuid.UUID) -> HttpResponse:
    """Record that a computer is no longer used, and since when."""
    viewer = viewer_of(request)
    require(RETIRE, viewer)
    row = reading.read_one(viewer, "assets.computer", computer=computer)
    back = _back(request, computer)
    step = Step(
        RETIRE,
        {"computer": str(computer)},
        done=lambda _: f"{back}?changed=1",
    )
    context = {
        "row": row,
        "back": back,
        "came": request.POST.get("list") or request.GET.get("list") or "",
        "settings": reading.read_one(viewer, "assets.upkeep_settings"),
    }
    return stepped(request, step, "assets/upkeep/retire.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show what is settled about stocktakes and disposals; the approver settles it anew."""
    viewer = viewer_of(request)
    now = reading.read_one(viewer, "assets.upkeep_settings")
    unknown = [law.parameter(f"unknown.notification.{one}") for one in ("retirement", "returned")]
    context = {"now": now, "unknown": unknown, "may_settle": may(viewer, SETTLE)}
    if not may(viewer, SETTLE):
        return render(request, "assets/upkeep/settings.html", context)
    step = Step(
        SETTLE,
        first={
            "stocktake_months": str(now["stocktake_months"]),
            **{name: "yes" if now[name] else "no" for name in ("file_disposals", "file_returned")},
            "answer": now["answer"],
            "answered_on": now["answered_on"].isoformat() if now["answered_on"] else "",
        },
        done=lambda _: f"{reverse('assets:upkeep_settings')}?done=1",
    )
    return stepped(request, step, "assets/upkeep/settings.html", context)


@require_safe
def due(request: HttpRequest, due: uuid.UUID) -> HttpResponse:
    """Show what a reminder was about: the duties due on that day that are still open."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.due", due=due)
    duties = [one for one in reading.read(viewer, "assets.duties") if str(one["id"]) in row["duties"]]
    facilities = drafting.facility_names(viewer)
    context = {
        "row": row,
        "days": (row["due_on"] - clock.today(viewer.world)).days,
        "duties": [
            {**one, "facility_name": facilities.get(one["facility"], ""), "left": one["computers"] - one["notified"]}
            for one in duties
        ],
        "may_draft": may(viewer, "assets.notification.file"),
    }
    return render(request, "assets/upkeep/due.html", context)


@require_safe
def derivation(request: HttpRequest, derivation: uuid.UUID) -> HttpResponse:
    """Show why and when the duties of a facility were derived anew."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.derivation", derivation=derivation)
    kind = law.kind("assets.register.rederive")
    return render(request, "assets/upkeep/derivation.html", {"row": row, "kind": kind})


urlpatterns = [
    path("changes/", changes, name="changes"),
    path("computers/<uuid:computer>/change/", change_computer, name="change_computer"),
    path("computers/<uuid:computer>/retire/", retire_computer, name="retire_computer"),
    path("upkeep/", settings, name="upkeep_settings"),
    path("due/<uuid:due>/", due, name="due"),
    path("derivations/<uuid:derivation>/", derivation, name="derivation"),
]
