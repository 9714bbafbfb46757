"""Mail through a real SMTP server, webhooks through a real HTTP server: harmless, signed, stable, tried again."""

import base64
import json
from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from sakimori import law
from sakimori.acts import clock, door, keys, outbox, pulse, sequencer, transport, worker
from sakimori.acts.errors import PayloadError
from sakimori.acts.models import Act, Delivery, Notice, Proposal
from sakimori.record import Bound
from sakimori.text import Text
from tests.acts.listening import listening
from tests.support.deployment import NAME, REHEARSAL, WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases
SECRET = "外に出ない内容"  # noqa: S105 - what must not go out


@pytest.fixture
def mail(settings, smtp_sink):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    return smtp_sink


@pytest.fixture
def web():
    with listening() as server:
        yield server


def subscribe(channel, address):
    door.perform(
        "parties.subscription.set",
        {"organisation": str(fixed("meti")), "channel": channel, "address": address},
        by=viewer("meti", "administrator"),
    )


def notify(room, world=WORLD):
    def tell(ctx, _):
        ctx.waive("notify:prime_minister", "試験")
        ctx.tell("minister", fixed("meti"), Text("届きました", "Something arrived"), about=Bound("x", fixed("thing")))

    room.does("trial.notice.give", tell)
    done = door.perform("trial.notice.give", {"text": SECRET}, by=viewer("power", "reporter", world))
    return Notice.objects.get(act=done.act)


def due_now():
    Delivery.objects.filter(status="waiting").update(next_at="2000-01-01T00:00:00+09:00")


def test_mail_goes_out_once_and_says_nothing(room, mail):
    subscribe("smtp", "minister@example.com")
    notice = notify(room)
    assert (outbox.run_once(), outbox.run_once()) == (1, 0)
    (message,) = mail.wait_for(1)
    delivery = Delivery.objects.get()
    assert mail.recipients == [["minister@example.com"]]
    assert message["Message-ID"] == f"<{delivery.id}@{NAME}.sakimori>"
    assert message["Subject"].strip() == "[SAMPLE 見本（架空）] 通知が1件届いています。"
    body = message.get_content()
    assert body.splitlines()[:2] == ["通知が1件届いています。", "A notice is waiting for you."]
    assert "届きました" not in body  # not even the title: it can tell that a measure is under way
    assert f"/notices/{notice.id}/" in body
    assert SECRET not in message.as_string() + body
    assert delivery.status == "done"


def test_mail_refused_is_tried_again_by_the_ladder_under_the_same_id(room, mail):
    subscribe("smtp", "minister@example.com")
    notify(room)
    mail.refuse_with = "451 later"
    ladder = [float(minutes) for minutes in law.parameter("house.outbox.retry").value]
    for attempt in range(1, len(ladder) + 3):
        due_now()
        assert outbox.run_once() == 0
        delivery = Delivery.objects.get()
        wait = timedelta(minutes=ladder[min(attempt, len(ladder)) - 1])
        assert delivery.attempts == attempt
        assert abs(localtime(delivery.next_at) - (clock.wall() + wait)) < timedelta(seconds=30)
        assert delivery.last_error == "SMTPDataError"
        assert outbox.run_once() == 0, "not before its time"
    mail.refuse_with = None
    due_now()
    assert outbox.run_once() == 1
    (message,) = mail.wait_for(1)
    assert message["Message-ID"] == f"<{Delivery.objects.get().id}@{NAME}.sakimori>"
    assert Delivery.objects.get().last_error == ""


def test_without_a_mail_server_nothing_counts_as_sent(room, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    subscribe("smtp", "minister@example.com")
    notify(room)
    assert outbox.run_once() == 0
    assert Delivery.objects.get().status == "waiting"


def test_a_mail_server_that_is_gone_is_tried_again(room, mail, settings):
    settings.EMAIL_PORT = 1
    subscribe("smtp", "minister@example.com")
    notify(room)
    assert outbox.run_once() == 0
    assert (Delivery.objects.get().status, Delivery.objects.get().last_error) == ("waiting", "ConnectionRefusedError")


def test_a_webhook_verifies_with_the_public_key_of_the_ring(room, web):
    subscribe("webhook", f"{web.url}/hook")
    notice = notify(room)
    assert outbox.run_once() == 1
    ((path, headers, body),) = web.requests
    delivery = Delivery.objects.get()
    assert (path, headers["webhook-id"], headers["content-type"]) == ("/hook", str(delivery.id), "application/json")
    version, _, signature = headers["webhook-signature"].partition(",")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert version == "v1a"
    (key,) = [one for one in keys.own_ring() if one.purpose == "envelope"]
    key.verify(base64.b64decode(signature), signed)
    for altered in (signed + b" ", signed.replace(b".", b"-", 1)):
        with pytest.raises(Exception, match="signature"):
            key.verify(base64.b64decode(signature), altered)
    assert abs(int(headers["webhook-timestamp"]) - clock.wall().timestamp()) < 30
    assert json.loads(body) == {
        "type": "sakimori.notice/1",
        "notice": str(notice.id),
        "created_at": notice.created_at.isoformat(),
        "stamp": "SAMPLE 見本（架空）",
    }
    assert SECRET not in body.decode()


def test_a_webhook_that_fails_is_tried_again_with_the_same_id_and_a_redirect_is_no_success(room, web):
    subscribe("webhook", f"{web.url}/hook")
    notify(room)
    for status, headers in ((500, {}), (302, {"location": f"{web.url}/elsewhere"}), (404, {})):
        web.answer = lambda _, reply=(status, headers, b""): reply
        due_now()
        assert outbox.run_once() == 0
    web.answer = lambda _: (204, {}, b"")
    due_now()
    assert outbox.run_once() == 1
    assert {path for path, _, _ in web.requests} == {"/hook"}
    assert {headers["webhook-id"] for _, headers, _ in web.requests} == {str(Delivery.objects.get().id)}
    assert len({body for _, _, body in web.requests}) == 1


def test_an_address_that_is_none_holds_up_nobody(room, web):
    for address in ("http://127.0.0.1:1/x", f"{web.url}/hook"):
        subscribe("webhook", address)
    notify(room)
    assert outbox.run_once() == 1
    assert Delivery.objects.filter(status="waiting").exclude(last_error="").count() == 1


@pytest.mark.parametrize(
    "address", ["http://[", "http://example.com/hook", "https://10.0.0.1/", "https://169.254.169.254/latest", "ftp://x"]
)
def test_an_address_inside_or_without_tls_is_not_taken(room, address):
    with pytest.raises(PayloadError):
        subscribe("webhook", address)


def test_an_address_that_leads_inside_is_never_called(room, web):
    """Entered before the guard stood, or since led elsewhere by its name: it is looked at when connecting, too."""
    subscribe("webhook", f"{web.url}/hook")
    notify(room)
    Delivery.objects.update(recipient=web.url.replace("127.0.0.1", "127.0.0.2") + "/hook")
    assert outbox.run_once() == 0
    assert Delivery.objects.get().last_error == "UnreachableError"
    assert web.requests == []


def test_what_is_claimed_is_not_sent_twice(room, web):
    subscribe("webhook", f"{web.url}/hook")
    notify(room)
    inside = []
    web.answer = lambda _: (inside.append(Delivery.objects.none()), (200, {}, b""))[1]
    delivery = outbox._claim(Delivery.objects.get().id)
    assert delivery is not None
    assert outbox._claim(delivery.id) is None
    assert outbox.run_once() == 0
    assert web.requests == []


def test_a_rehearsal_is_stamped_outside_too(room, mail, web):
    subscribe("smtp", "minister@example.com")
    subscribe("webhook", f"{web.url}/hook")
    notify(room, REHEARSAL)
    assert outbox.run_once() == 2
    assert "REHEARSAL 訓練・リハーサル" in mail.wait_for(1)[0]["Subject"]
    assert json.loads(web.requests[0][2])["stamp"] == "REHEARSAL 訓練・リハーサル"


def test_a_notice_whose_act_was_refused_never_goes_out(room, mail):
    subscribe("smtp", "minister@example.com")

    def tell_and_fail(ctx, _):
        ctx.tell("minister", fixed("meti"), Text("届きました", "arrived"), about=Bound("x", fixed("thing")))
        raise ctx.refuse("trial.no", Text("いや", "no"))

    room.does("trial.notice.give", tell_and_fail)
    with pytest.raises(Exception, match="no"):
        door.perform("trial.notice.give", {}, by=viewer("power", "reporter"))
    assert (Delivery.objects.count(), Notice.objects.count(), outbox.run_once()) == (0, 0, 0)


def test_the_worker_goes_on_when_one_part_fails(room, mail, later, caplog):
    subscribe("smtp", "minister@example.com")
    notify(room)
    from sakimori.acts import proposals

    proposals.propose("trial.two.do", {"text": "x"}, by=viewer("power", "reporter"))
    later(60)

    def broken():
        raise ValueError(SECRET)

    beat = pulse.Beat()
    assert worker._attempt("broken", broken, beat) == 0
    assert "'task': 'broken'" in caplog.text
    assert "'fault': 'ValueError'" in caplog.text
    assert SECRET not in caplog.text
    sequencer.drain()
    parts = [worker._attempt(name, task, beat) for name, task in (("e", transport.run_once), ("o", outbox.run_once))]
    assert parts == [0, 1]
    assert worker._lapse() == 1
    assert Proposal.objects.get().status == "expired"
    assert Act.objects.filter(kind="acts.proposal.expire").count() == 1
