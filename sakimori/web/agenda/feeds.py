"""Calendar feeds (iCalendar, RFC 5545): a secret address per role from which a calendar program reads due days.

The address is shown once; whoever has it may read, so by default an entry says only that something falls due and where
to look. The role is looked up anew at each reading: when it ends, the feed ends.
"""

import secrets
import uuid
from datetime import datetime
from typing import cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Calendar, Event

from sakimori.acts import clock
from sakimori.acts.errors import NotFoundError
from sakimori.pages import viewer_of
from sakimori.parties.models import Account
from sakimori.parties.secrets import digest
from sakimori.record import Viewer
from sakimori.record.viewer import NOBODY
from sakimori.text import Text
from sakimori.web.agenda import months
from sakimori.web.agenda.models import DailyMail, Feed
from sakimori.web.viewing import possible_for

_LONGEST = 60  # characters of a feed's name
_FEEDS = 10  # a person needs a few; more are forgotten ones (house rule)


@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """Show the person's feeds and the daily mail of this role; POST makes a feed and shows its address, once."""
    viewer, secret, error, status = viewer_of(request), "", "", 200
    own = Feed.objects.filter(account=request.user.pk).order_by("created_at")
    name = " ".join(request.POST.get("name", "").split())
    if request.method == "POST":
        if len(name) > _LONGEST:
            ja, en = f"名前は{_LONGEST}文字までです。", f"A name has at most {_LONGEST} characters."
            error, status = Text(ja, en).pick(get_language() or "ja"), 422
        elif own.count() >= _FEEDS:
            error, status = gettext("You have ten feeds already. End one that you no longer use."), 422
        else:
            secret = secrets.token_urlsafe(32)
            Feed.objects.create(
                account=_account(request),
                digest=digest(secret),
                world=viewer.world,
                organisation=viewer.organisation or NOBODY,
                role=viewer.role,
                on_behalf_of=viewer.on_behalf_of,
                name=name or gettext("Calendar"),
                titles=request.POST.get("titles") == "on",
                created_at=clock.wall(),
            )
    address = f"{settings.SAKIMORI_DEPLOYMENT['url']}{reverse('calendar_feed', args=[secret])}" if secret else ""
    return render(
        request,
        "agenda/feeds.html",
        {
            "feeds": own,
            "address": address,
            "error": error,
            "name": name if error else "",
            "hours": range(24),
            "mail": _mail_of(request).first(),
        },
        status=status,
    )


@require_POST
def end_feed(request: HttpRequest, feed: uuid.UUID) -> HttpResponse:
    """End one of the person's own feeds; its address is good for nothing from now on."""
    Feed.objects.filter(account=request.user.pk, id=feed).delete()
    return HttpResponseRedirect(reverse("calendar_feeds"))


@require_POST
def daily_mail(request: HttpRequest) -> HttpResponse:
    """Set the hour of this role's daily mail, or end it."""
    mine, hour = _mail_of(request), request.POST.get("hour", "")
    if hour in {str(one) for one in range(24)}:
        if not mine.update(hour=int(hour)):
            viewer = viewer_of(request)
            DailyMail.objects.create(
                account=_account(request),
                world=viewer.world,
                organisation=viewer.organisation or NOBODY,
                role=viewer.role,
                on_behalf_of=viewer.on_behalf_of,
                hour=int(hour),
            )
    elif not hour:
        mine.delete()
    return HttpResponseRedirect(reverse("calendar_feeds"))


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Return the calendar behind an address; 404 for an address that is none, has ended, or whose role has ended."""
    found = Feed.objects.filter(digest=digest(secret)).select_related("account").first()
    viewer = viewer_for(found) if found else None
    if found is None or viewer is None:
        raise NotFoundError("feed")
    Feed.objects.filter(id=found.id).update(read_at=clock.wall())
    with override("ja"):
        content = written(viewer, found)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = 'inline; filename="sakimori.ics"'
    return response


def _account(request: HttpRequest) -> Account:
    return cast("Account", request.user)


def _mail_of(request: HttpRequest) -> QuerySet[DailyMail]:
    viewer = viewer_of(request)
    return DailyMail.objects.filter(
        account=_account(request),
        world=viewer.world,
        organisation=viewer.organisation or NOBODY,
        role=viewer.role,
        on_behalf_of=viewer.on_behalf_of,
    )


def viewer_for(wish: Feed | DailyMail) -> Viewer | None:
    """Return the viewer an account still is in the role of a wish; None where account, world or role has ended."""
    if not wish.account.is_active or wish.world not in clock.worlds():
        return None
    wanted = (wish.organisation, wish.role, wish.on_behalf_of)
    found = possible_for(wish.account.person, wish.world)
    return next((one for one in found if (one.organisation, one.role, one.on_behalf_of) == wanted), None)


def written(viewer: Viewer, found: Feed) -> bytes:
    """Return the feed as RFC 5545 text: one all-day entry per open duty of the viewer's own organisation."""
    stamp, url = clock.world(viewer.world).stamp, settings.SAKIMORI_DEPLOYMENT["url"]
    made = Calendar()
    made.add("prodid", "-//Sakimori//calendar//JA")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"Sakimori {found.name}")
    now = clock.wall()
    for entry in months.due(viewer, clock.today(viewer.world)):
        if entry.mine and entry.state != "settled":
            made.add_component(_event(entry, found, stamp, url, now))
    return bytes(made.to_ical())


def _event(entry: months.Entry, found: Feed, stamp: str | None, url: str, now: datetime) -> Event:
    said = entry.title if found.titles else gettext("Something falls due: log in to see what")
    event = Event()
    event.add("uid", f"{entry.id}@{settings.SAKIMORI_DEPLOYMENT['name']}.sakimori")
    event.add("dtstamp", now)
    event.add("dtstart", entry.due)
    event.add("summary", f"[{stamp}] {said}" if stamp else said)
    event.add("url", f"{url}{reverse('obligations')}")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
