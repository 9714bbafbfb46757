"""The daily mail: how much is due, late and new in one role. Counts and an address to log in at, and nothing else.

It goes to the person's own address (the register of people), at most once a day and role, and not at all on a day with
nothing to say.
"""

import logging

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q
from django.utils.translation import gettext, override

from sakimori.acts import clock, reading
from sakimori.acts.outbox import TIMEOUT_SECONDS
from sakimori.pages.desks import SOON, urgency
from sakimori.parties.models import Account, Person
from sakimori.record import Viewer
from sakimori.web.agenda import months
from sakimori.web.agenda.feeds import viewer_for
from sakimori.web.agenda.models import DailyMail

_log = logging.getLogger("sakimori.mail")


def run_once() -> int:
    """Send the daily mails whose hour has come; return how many went out. What fails is tried again next time."""
    if settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend"):
        return 0
    now = clock.wall().astimezone(clock.TOKYO)
    waiting = DailyMail.objects.filter(Q(sent_on=None) | Q(sent_on__lt=now.date()), hour__lte=now.hour)
    return sum(_send(wish) for wish in waiting.select_related("account"))


def _send(wish: DailyMail) -> int:
    """Send one mail, or none where there is nothing to say; either way the day is done, unless the server refuses."""
    today = clock.wall().astimezone(clock.TOKYO).date()
    account: Account = wish.account
    viewer = viewer_for(wish)
    address = _address(account, wish.world)
    said = text(viewer) if viewer else ""
    if said and address:
        try:
            _message(wish, address, said).send()
        except OSError as error:
            _log.warning("daily mail: %s", type(error).__name__)
            return 0
    DailyMail.objects.filter(pk=wish.pk).update(sent_on=today)
    return int(bool(said and address))


def _message(wish: DailyMail, address: str, said: str) -> EmailMessage:
    name = settings.SAKIMORI_DEPLOYMENT["name"]
    stamp = clock.world(wish.world).stamp
    with override("ja"):
        subject = gettext("Today's duties")
    return EmailMessage(
        subject=f"[{stamp}] {subject}" if stamp else subject,
        body=f"{said}\n\n{settings.SAKIMORI_DEPLOYMENT['url']}/\n",
        to=[address],
        headers={"Message-ID": f"<{wish.pk}.{clock.wall().date().isoformat()}@{name}.sakimori>"},
        connection=get_connection(timeout=TIMEOUT_SECONDS),
    )


def text(viewer: Viewer) -> str:
    """Return the mail's text in both languages; empty where nothing is late, due soon or new."""
    today = clock.today(viewer.world)
    mine = [one for one in months.due(viewer, today) if one.mine and one.state != "settled"]
    counts = {
        "late": sum(one.state == "late" for one in mine),
        "soon": sum(one.state == "open" and urgency((one.due - today).days) == "soon" for one in mine),
        "new": len(reading.read(viewer, "acts.inbox", unopened=True)),
        "days": SOON,
    }
    if not (counts["late"] or counts["soon"] or counts["new"]):
        return ""
    halves = []
    for language in ("ja", "en"):
        with override(language):
            halves.append(
                gettext("Overdue: %(late)d. Due within %(days)d days: %(soon)d. Not yet opened: %(new)d.") % counts
            )
    return "\n".join(halves)


def _address(account: Account, world: str) -> str:
    person = Person.objects.filter(id=account.person, world=clock.world(world).base).first()
    return person.email if person else ""
