"""A vendor that is silent is reminded the way it was asked; who can be asked about what is found by open questions."""

import pytest
from django.urls import reverse

from sakimori.acts.models import Notice
from sakimori.assets.models import Computer
from tests.assets.vendors.test_requests import answer, ask, register
from tests.support.deployment import fixed
from tests.support.filing import ROWS, import_register

pytestmark = pytest.mark.django_db
__all__ = ["register"]


def test_a_vendor_that_is_silent_is_reminded_from_the_request_and_finds_it_on_its_desk(enter, register):
    request = ask(register)
    client = enter("power", "reporter")
    page = reverse("assets:vendor_request", args=[request.id])
    shown = client.get(page).content.decode()
    assert "Send the reminder" in shown
    assert "Last reminded" not in shown
    done = client.post(page, {"action": "remind", "key": "r"}, follow=True).content.decode()
    assert "The reminder is recorded." in done
    assert "Last reminded" in done
    told = Notice.objects.filter(addressee=fixed("vendor"), kind="assets.vendor.remind").get()
    assert told.title_en.startswith("A reminder: request Q2026-0001")
    assert (told.subject_type, told.subject) == ("assets.asked", request.id)
    answer(request, {1: {"version": "6.1", "controls_access": "yes"}, 2: {"product": "FortiOS", "serves": "unknown"}})
    assert "Send the reminder" not in client.get(page).content.decode()
    late = client.post(page, {"action": "remind", "key": "s"})
    assert late.status_code in (409, 422)
    assert "This request has been answered" in late.content.decode()
    assert Notice.objects.filter(addressee=fixed("vendor"), kind="assets.vendor.remind").count() == 1
    by_file = ask(register, vendor=None, vendor_name="名前だけの会社")
    address = reverse("assets:vendor_request", args=[by_file.id])
    assert "send that file once more" in client.get(address).content.decode()
    client.post(address, {"action": "remind", "key": "t"})
    by_file.refresh_from_db()
    assert by_file.reminded_at is not None
    assert enter("power", "viewer").post(address, {"action": "remind", "key": "u"}).status_code == 403


def test_the_choice_offers_whatever_has_an_open_question_also_where_it_is_decided_that_it_is_notified(enter, parties):
    # To be notified in any case, and by which clause is open: a question that a vendor can answer.
    import_register([ROWS[0], ROWS[1].replace(",×,×,×,○,", ",×,,×,○,").replace("P-002", "EITHER")])
    either = Computer.objects.get(key="EITHER")
    assert (either.notify, either.clause) == ("yes", "")
    client = enter("power", "reporter")
    rows = client.get(reverse("assets:ask_vendor")).context["rows"]
    assert [row["key"] for row in rows] == ["EITHER"]
    assert rows[0]["open"]
    every = client.get(reverse("assets:ask_vendor"), {"every": "1"}).context["rows"]
    assert [row["key"] for row in every] == ["EITHER", "P-001"]
