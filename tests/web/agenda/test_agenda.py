"""The calendar, its feed, a matter's time line and dossier, the daily mail: complete, and nothing to those outside."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from sakimori import law
from sakimori.acts import door
from sakimori.acts.models import Act, Notice, Obligation
from sakimori.parties.models import Account, Membership, Person
from sakimori.record import open_door
from sakimori.web.agenda import dossier, mailing, moments
from sakimori.web.agenda.models import DailyMail, Feed
from sakimori.web.viewing import key_of
from tests.support.deployment import fixed, viewer
from tests.web import scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(parties):
    return scene.play()


@pytest.fixture
def address(enter, played):
    """The secret address of a feed without titles."""
    page = enter("power", "reporter").post(reverse("calendar_feeds"), {"name": "机"}).content.decode()
    return re.search(r"/calendar/read/[\w-]{40,}\.ics", page).group()


def events(answer):
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_the_month_shows_what_falls_due_and_which_days_are_closed(enter, played):
    page = enter("power", "reporter", language="ja").get("/calendar/?month=2027-03").content.decode()
    assert "2027年3月（令和9年）" in page
    assert "春分の日" in page
    assert "届出" in page.partition("今月")[2]


@pytest.mark.parametrize("typed", ["", "2026-13", "9999-01", "0001-01", "ｘ", "2026-1-1"])
def test_a_month_that_cannot_be_is_this_month(enter, played, typed):
    answer = enter("power", "reporter").get("/calendar/", {"month": typed})
    assert answer.status_code == 200
    assert "November 2026" in answer.content.decode()


def test_another_organisation_sees_none_of_it(enter, played):
    owed = Obligation.objects.filter(bearer=fixed("power")).first()
    page = enter("rail", "reporter").get("/calendar/?month=2027-03").content.decode()
    assert owed.title_en not in page
    for name in ("matter", "dossier"):
        for act in Act.objects.filter(organisation=fixed("power")):
            assert enter("rail", "reporter").get(reverse(name, args=[act.subject])).status_code == 404


def test_a_feed_says_only_that_something_is_due(client, address, played):
    answer = client.get(address)
    assert answer["content-type"].startswith("text/calendar")
    found = events(answer)
    due = set(Obligation.objects.filter(bearer=fixed("power"), status="open").values_list("due_on", flat=True))
    assert {one["dtstart"].dt for one in found} == due - {None}
    for one in Obligation.objects.all():
        assert one.title_ja not in answer.content.decode()
    assert Feed.objects.get().read_at is not None


def test_a_feed_with_titles_says_what(enter, client, played):
    page = enter("power", "reporter").post(reverse("calendar_feeds"), {"titles": "on"}).content.decode()
    answer = client.get(re.search(r"/calendar/read/[\w-]{40,}\.ics", page).group())
    said = {str(one["summary"]) for one in events(answer)}
    assert any(title in one for one in said for title in Obligation.objects.values_list("title_ja", flat=True))


def test_a_feed_ends_with_its_role_and_when_its_owner_ends_it(enter, client, address, played):
    with open_door("a role ends"):
        memberships = Membership.objects.filter(person_id=fixed("power.reporter"))
        kept = memberships.values_list("id", "valid_until")[0]
        memberships.update(valid_until=memberships[0].valid_from - timedelta(days=1))
    assert client.get(address).status_code == 404
    with open_door("and is given back"):
        Membership.objects.filter(id=kept[0]).update(valid_until=kept[1])
    assert client.get(address).status_code == 200
    feed = Feed.objects.get()
    enter("power", "approver").post(reverse("calendar_feed_end", args=[feed.id]))
    assert client.get(address).status_code == 200  # not theirs to end
    enter("power", "reporter").post(reverse("calendar_feed_end", args=[feed.id]))
    assert client.get(address).status_code == 404


def test_an_address_guessed_is_none(client, played):
    assert client.get(reverse("calendar_feed", args=["x" * 43])).status_code == 404


def test_a_matter_is_one_line_of_time(enter, played):
    filed = Act.objects.get(id=played.filed)
    found = moments.matter(viewer("power", "reporter"), filed.subject)
    assert [one.at for one in found.moments] == sorted(one.at for one in found.moments)
    assert {"done", "sent", "arrived"} <= {one.kind for one in found.moments}
    page = enter("power", "reporter").get(reverse("matter", args=[filed.subject])).content.decode()
    assert reverse("act", args=[filed.id]) in page


def test_a_duty_is_drawn_with_its_derivation(enter, played):
    owed = Obligation.objects.filter(bearer=fixed("power"), status="open", due_on__isnull=False).first()
    page = enter("power", "reporter").get(reverse("matter", args=[owed.subject])).content.decode()
    assert "<svg" in page
    assert 'class="chart-open"' in page
    assert law.cite(owed.derivation["basis"]).en in page


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_dossier_is_a_pdf_with_its_own_font(enter, played, language):
    filed = Act.objects.get(id=played.filed)
    answer = enter("power", "reporter", language=language).get(reverse("dossier", args=[filed.subject]))
    assert answer.content.startswith(b"%PDF-")
    assert b"notosanscjkjp" in answer.content.lower()
    assert answer["content-disposition"].startswith("attachment")


def test_who_may_not_handle_the_kind_gets_a_dossier_without_contents(played):
    filed = Act.objects.get(id=played.filed)
    reader = viewer("power", "viewer")
    shown = dossier._act(reader, moments.matter(reader, filed.subject).acts[0])
    assert [label for label, _ in shown["lines"]] == [""]
    writer = viewer("power", "reporter")
    assert len(dossier._act(writer, moments.matter(writer, filed.subject).acts[0])["lines"]) > 1


@pytest.fixture
def wished(enter, played, settings, smtp_sink):
    """An intake officer with a notice unopened who wants a mail a day, and a running mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    with open_door("an address"):
        Person.objects.filter(id=fixed("meti.intake")).update(email="intake@example.jp")
    client = enter("meti", "intake")
    client.post(reverse("daily_mail"), {"hour": "0"})
    return client


def test_the_daily_mail_counts_and_says_nothing_else(wished, smtp_sink):
    wished.post(reverse("daily_mail"), {"hour": "24"})  # no hour of a day: nothing changes
    assert DailyMail.objects.get().hour == 0
    assert mailing.run_once() == 1
    assert mailing.run_once() == 0  # once a day
    (message,) = smtp_sink.wait_for(1)
    assert smtp_sink.recipients == [["intake@example.jp"]]
    said = f"{message['subject']} {message.get_content()}"
    assert "未開封の通知：1件" in said
    for secret in ("架空電力", "FortiOS", "届出", *Notice.objects.values_list("title_ja", flat=True)):
        assert secret not in said


def test_no_mail_is_wanted_any_more(wished, smtp_sink):
    wished.post(reverse("daily_mail"), {"hour": ""})
    assert not DailyMail.objects.exists()
    assert mailing.run_once() == 0
    assert smtp_sink.messages == []


def test_a_mail_server_that_refuses_is_asked_again(wished, smtp_sink):
    smtp_sink.refuse_with = "451 later"
    assert mailing.run_once() == 0
    assert DailyMail.objects.get().sent_on is None
    smtp_sink.refuse_with = None
    assert mailing.run_once() == 1


def test_an_account_that_is_closed_gets_no_mail_and_no_feed(client, address, played):
    Account.objects.filter(login="power.reporter").update(is_active=False)
    assert client.get(address).status_code == 404


def test_a_name_in_several_lines_is_one_line(enter, client, played):
    page = enter("power", "reporter").post(reverse("calendar_feeds"), {"name": "a\r\nATTENDEE:b"}).content.decode()
    answer = client.get(re.search(r"/calendar/read/[\w-]{40,}\.ics", page).group())
    assert answer.status_code == 200
    assert b"\r\nATTENDEE" not in answer.content


def test_who_acts_for_another_reads_that_ones_days(enter, client, played):
    door.perform(
        "parties.delegation.give",
        {
            "principal": str(fixed("power")),
            "delegate": str(fixed("rail")),
            "kinds": ["assets.register.import"],
            "valid_from": "2026-11-01",
        },
        by=viewer("power", "approver"),
    )
    stand_in = enter("rail", "reporter")
    session = stand_in.session
    session["role"] = key_of(replace(viewer("rail", "reporter"), on_behalf_of=fixed("power")))
    session.save()
    page = stand_in.post(reverse("calendar_feeds"), {"name": "for power"}).content.decode()
    answer = client.get(re.search(r"/calendar/read/[\w-]{40,}\.ics", page).group())
    assert answer.status_code == 200


def test_a_name_too_long_is_refused_and_kept_as_typed(enter):
    client = enter("power", "reporter", language="en")
    late = client.post(reverse("calendar_feeds"), {"name": "n" * 61})
    assert late.status_code == 422
    assert "at most 60 characters" in late.content.decode()
    assert "n" * 61 in late.content.decode()
    assert client.post(reverse("calendar_feeds"), {"name": "n" * 60}).status_code == 200
