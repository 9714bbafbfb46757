"""The outbox: one delivery row a recipient and channel, sent after the act has committed.

The inbox is the notice row itself, so it is there exactly once. Mail and webhooks go out at least once, with the
delivery's id as `Message-ID` and `webhook-id`, stable over retries. Nothing secret
leaves: a mail says that a notice waits and where to log in, for even a title can tell that a measure is under way.
Webhooks are signed after the Standard Webhooks specification, with Ed25519 (`v1a`), by the deployment's envelope key.
"""

import base64
import json
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from sakimori import law
from sakimori.acts import clock, failpoints, keys
from sakimori.acts.models import Delivery, Dispatch, Notice
from sakimori.parties import reach
from sakimori.parties.models import Subscription
from sakimori.text import Text

TIMEOUT_SECONDS = 10
_SUCCESS = range(200, 300)
_MAIL = Text("通知が1件届いています。", "A notice is waiting for you.")


def queue(notice: Notice) -> None:
    """Queue a notice on every further channel its addressee subscribed to (inside the act's transaction)."""
    subscribed = Subscription.objects.filter(organisation_id=notice.addressee, ended_on=None)
    wanted = subscribed.values_list("channel", "address")
    Delivery.objects.bulk_create(
        [
            Delivery(channel=channel, notice=notice.id, recipient=address, next_at=clock.wall())
            for channel, address in wanted
        ]
    )


def queue_mail(notice: Notice, addresses: Iterable[str]) -> int:
    """Queue a notice by mail to people of its addressee too; return to how many. Nothing without a mail server.

    An address that is subscribed already gets one mail, not two. The mail says no more than any other of the outbox.
    """
    if settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend"):
        return 0
    waiting = Delivery.objects.filter(notice=notice.id, channel="smtp").values_list("recipient", flat=True)
    wanted = sorted({address for address in addresses if address} - set(waiting))
    Delivery.objects.bulk_create(
        [Delivery(channel="smtp", notice=notice.id, recipient=one, next_at=clock.wall()) for one in wanted]
    )
    return len(wanted)


def queue_envelope(dispatch: Dispatch) -> None:
    """Queue an envelope to the deployment that hosts the addressee (inside the act's transaction)."""
    Delivery.objects.create(
        channel="envelope", envelope=dispatch.id, recipient=dispatch.deployment, next_at=clock.wall()
    )


def run_once(limit: int = 100) -> int:
    """Send what is due on mail and webhook; return how many went out. A failed one waits longer each time."""
    return drain({"smtp": _mail, "webhook": _webhook}, limit)


def drain(channels: dict[str, Callable[[Delivery], None]], limit: int) -> int:
    """Send due deliveries of the given channels, each in its own step; return how many succeeded."""
    sent = 0
    due = Delivery.objects.filter(status="waiting", channel__in=channels, next_at__lte=clock.wall())
    for row in due.order_by("next_at").values_list("id", flat=True)[:limit]:
        delivery = _claim(row)
        if delivery is None:
            continue
        failpoints.reach("outbox.before_send")
        try:
            channels[delivery.channel](delivery)
        except NotYetError:
            _put_back(delivery)
            continue
        except Exception as error:  # noqa: BLE001 - one delivery's fault must not hold up the others
            _failed(delivery, error)
            continue
        failpoints.reach("outbox.after_send")
        Delivery.objects.filter(id=delivery.id).update(status="done", done_at=clock.wall(), last_error="")
        sent += 1
    return sent


class DeliveryFailedError(Exception):
    """A recipient answered, but did not take the delivery; it is tried again later. `code` says why, as it told."""

    def __init__(self, what: str, code: str = "") -> None:
        super().__init__(what)
        self.code = code


class NotYetError(Exception):
    """The delivery cannot be made yet (its act has no proof); it is tried again at the next round."""


def _put_back(delivery: Delivery) -> None:
    Delivery.objects.filter(id=delivery.id).update(attempts=delivery.attempts - 1, next_at=clock.wall())


def _claim(row: uuid.UUID) -> Delivery | None:
    """Take a delivery for this attempt: another worker does not see it as due until its retry time."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update().filter(id=row, status="waiting", next_at__lte=clock.wall()).first()
        )
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.next_at = _next_attempt(delivery.attempts)
        delivery.save(update_fields=["attempts", "next_at"])
        return delivery


def _next_attempt(attempts: int) -> datetime:
    ladder = law.parameter("house.outbox.retry").value
    minutes = ladder[min(attempts, len(ladder)) - 1] if isinstance(ladder, list) else ladder
    return clock.wall() + timedelta(minutes=float(str(minutes)))


def _failed(delivery: Delivery, error: Exception) -> None:
    said = (type(error).__name__, getattr(error, "code", "") if isinstance(error, DeliveryFailedError) else "")
    Delivery.objects.filter(id=delivery.id).update(last_error=": ".join(filter(None, said))[:200])


def _about(delivery: Delivery) -> Notice:
    return Notice.objects.get(id=str(delivery.notice))


def _mail(delivery: Delivery) -> None:
    if settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend"):
        raise DeliveryFailedError("no mail server: set SAKIMORI_SMTP")
    notice = _about(delivery)
    stamp = clock.world(notice.world).stamp
    url = settings.SAKIMORI_DEPLOYMENT["url"]
    message = EmailMessage(
        subject=f"[{stamp}] {_MAIL.ja}" if stamp else _MAIL.ja,
        body=f"{_MAIL.ja}\n{_MAIL.en}\n\n{url}/notices/{notice.id}/\n",
        to=[delivery.recipient],
        headers={"Message-ID": f"<{delivery.id}@{settings.SAKIMORI_DEPLOYMENT['name']}.sakimori>"},
        connection=get_connection(timeout=TIMEOUT_SECONDS),
    )
    message.send()


def webhook_body(notice: Notice) -> bytes:
    """Return what a webhook carries: that a notice waits, and its id. As in mail, not even its title or kind."""
    body = {
        "type": "sakimori.notice/1",
        "notice": str(notice.id),
        "created_at": notice.created_at.isoformat(),
        "stamp": clock.world(notice.world).stamp,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _webhook(delivery: Delivery) -> None:
    body = webhook_body(_about(delivery))
    timestamp = str(int(clock.wall().timestamp()))
    signed = f"{delivery.id}.{timestamp}.".encode() + body
    signature = base64.b64encode(keys.private("envelope").sign(signed)).decode()
    headers = {
        "content-type": "application/json",
        "webhook-id": str(delivery.id),
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1a,{signature}",
    }
    status = reach.post(delivery.recipient, body, headers, TIMEOUT_SECONDS)
    if status not in _SUCCESS:
        raise DeliveryFailedError(str(status))
