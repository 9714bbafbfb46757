"""The register of consents: given and received, what a withdrawal stops, and what it cannot undo."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe
from pydantic import Field

from sakimori import law
from sakimori.acts import authority, clock, reading
from sakimori.acts.errors import NotAuthorisedError
from sakimori.acts.models import Dispatch, ReadSubject
from sakimori.pages import Column, table_from, viewer_of
from sakimori.pages.names import organisations
from sakimori.pages.stepping import fresh_key
from sakimori.pages.words import choice
from sakimori.record import Payload, Viewer
from sakimori.text import Text
from sakimori.web.enrol.doing import base
from sakimori.web.enrol.entering import entered, together

GIVE, WITHDRAW = "parties.consent.give", "parties.consent.withdraw"


class WithdrawForm(Payload):
    """A withdrawal."""

    reason: str = Field("", max_length=500, title=gettext_noop("Reason (not needed)"))


def _may(viewer: Viewer, kind: str) -> bool:
    return authority.allowed_by_role(law.kind(kind), viewer.organisation_type, viewer.role)


def _require_reader(viewer: Viewer) -> None:
    """Refuse (`NotAuthorisedError`) an administrator, saying who gives and reads consents."""
    if viewer.role == "administrator":
        raise NotAuthorisedError(
            Text(
                "同意を見て、与え、撤回するのは、組織の実務の役割（承認者、連絡担当など）です。管理者ではありません。",
                "Consents are read, given and withdrawn by those who do the work (approver, liaison, …), "
                "not by its administrator.",
            ),
            where="enrol:consents",
            mend=Text(
                "その役割に切り替えるか、承認者に依頼してください。", "Switch to such a role, or ask an approver."
            ),
        )


@require_safe
def consents(request: HttpRequest) -> HttpResponse:
    """List the consents the organisation gave, and those given to it."""
    viewer = viewer_of(request)
    _require_reader(viewer)
    rows = reading.read(viewer, "parties.consents", world=base(viewer))
    called = organisations(viewer, {one for row in rows for one in (row["organisation_id"], row["recipient_id"])})
    today = clock.today(viewer.world)
    table = table_from(
        request,
        rows,
        [
            Column("given_on", gettext("Given on"), link=lambda row: reverse("enrol:consent", args=[row["id"]])),
            Column("matter", gettext("To what"), show=lambda row: matter_word(row["matter"])),
            Column("organisation_id", gettext("By"), show=lambda row: called.get(row["organisation_id"], "")),
            Column("recipient_id", gettext("For whom"), show=lambda row: called.get(row["recipient_id"], "")),
            Column("scope", gettext("How far")),
            Column("basis", gettext("Basis")),
            Column("state", gettext("State"), show=lambda row: _state(row, today), sortable=False),
        ],
        caption=gettext("Consents"),
        sort="-given_on",
        empty=gettext("No consent has been given or received yet."),
    )
    if isinstance(table, HttpResponse):
        return table
    context = {"table": table, "may_give": _may(viewer, GIVE), "give": reverse("new_act", args=[GIVE])}
    return render(request, "web/enrol/consents.html", context)


def matter_word(matter: str) -> str:
    """Return what a consent is to, in words: a restriction's title where the law has it."""
    try:
        found = law.restriction(matter)
    except law.UnknownRestrictionError:
        return choice(matter)
    from sakimori.web.speaking import language  # noqa: PLC0415 - kept beside its only use

    return found.title.pick(language())


def _state(row: Mapping[str, Any], today: Any) -> str:
    if row["withdrawn_on"] is not None and row["withdrawn_on"] <= today:
        return gettext("withdrawn on %(day)s") % {"day": row["withdrawn_on"].isoformat()}
    if row["valid_until"] is not None and row["valid_until"] < today:
        return gettext("ended on %(day)s") % {"day": row["valid_until"].isoformat()}
    return gettext("in force")


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """Show one consent and what a withdrawal would stop and not undo; POST withdraws it, at once."""
    viewer = viewer_of(request)
    _require_reader(viewer)
    row = reading.read_one(viewer, "parties.consents", world=base(viewer), consent=consent)
    today = clock.today(viewer.world)
    given = entered(request, WithdrawForm, viewer, {}, {})
    if given.value is not None:
        reason = given.value.reason
        payload = {"consent": str(consent), "withdrawn_on": today.isoformat(), "reason": reason}

        def work(acts: Any) -> dict[str, Any]:
            acts.act(WITHDRAW, payload)
            return {}

        if together(given, viewer, request.POST.get("key", ""), work):
            return HttpResponseRedirect(f"{reverse('enrol:consent', args=[consent])}?done=1")
    called = organisations(viewer, [row["organisation_id"], row["recipient_id"]])
    context = {
        "row": row,
        "matter": matter_word(row["matter"]),
        "by": called.get(row["organisation_id"], ""),
        "to": called.get(row["recipient_id"], ""),
        "state": _state(row, today),
        "may_withdraw": row["given"] and row["withdrawn_on"] is None and _may(viewer, WITHDRAW),
        "undone": _not_undone(viewer, row),
        "form": given.form,
        "error": given.error,
        "key": fresh_key(request, given.refusal),
    }
    return render(request, "web/enrol/consent.html", context, status=given.status)


def _not_undone(viewer: Viewer, row: Mapping[str, Any]) -> list[str]:
    """Return what no withdrawal takes back: readings that were, envelopes that went."""
    if row["thing"] is None or not row["given"]:
        return []
    read = ReadSubject.objects.filter(
        world=viewer.world, subject=row["thing"], reading__organisation=row["recipient_id"]
    ).count()
    sent = Dispatch.objects.filter(world=viewer.world, act=row["thing"], addressee=row["recipient_id"]).count()
    told = []
    if read:
        told.append(gettext("It was opened %(count)d time(s) already.") % {"count": read})
    if sent:
        told.append(gettext("It was sent %(count)d time(s) already.") % {"count": sent})
    return told
