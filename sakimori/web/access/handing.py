"""The one-time link after a recovery: shown once, to the second administrator, to be handed over in person."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sakimori.acts import clock
from sakimori.acts.errors import NotFoundError
from sakimori.acts.models import Act
from sakimori.errors import SakimoriError
from sakimori.pages import names, viewer_of
from sakimori.pages.refusals import explained, status_of
from sakimori.parties.models import Account
from sakimori.web.access import invitations
from sakimori.web.access.mine import proved
from sakimori.web.access.spans import span
from sakimori.web.models import Invitation

KIND = "parties.account.recover"


@never_cache
@proved
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, act: uuid.UUID) -> HttpResponse:
    """Show who may have the link, or make it and show it: once, to whoever confirmed the recovery."""
    viewer = viewer_of(request)
    done = Act.objects.filter(id=act, world=viewer.world, kind=KIND, organisation=viewer.organisation).first()
    if done is None:
        raise NotFoundError(str(act))
    account = Account.objects.filter(person=done.subject).order_by("id").first()
    shown = {
        "act": done,
        "account": account,
        "person": names.people(viewer, [done.subject]).get(done.subject, ""),
        "hours": invitations.lasts(invitations.RECOVERY),
        "mine": done.person == viewer.person,
        "shown": Invitation.objects.filter(act=act).exists(),
        "over": clock.now(viewer.world) - done.recorded_at > span("recovery"),
    }
    if request.method != "POST" or account is None or not shown["mine"] or shown["over"]:
        status = 200 if request.method != "POST" else 403
        return render(request, "web/access/link.html", shown, status=status)
    try:
        made = invitations.invite(account.id, purpose=invitations.RECOVERY, act=act)
    except SakimoriError as error:
        return render(request, "web/access/link.html", {**shown, "error": explained(error)}, status=status_of(error))
    return render(request, "web/access/link.html", {**shown, "link": made})
