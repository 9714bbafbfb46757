"""A filing that was corrected leads on to its correction on both sides; what was asked about and left is said."""

import pytest
from django.urls import reverse

from sakimori.acts import door
from sakimori.acts.errors import PreconditionError
from sakimori.assets.forms import drafts
from sakimori.assets.models import Matter, Notification
from tests.assets.another_way import arrive, send_on_paper
from tests.assets.forms.test_other_filings import CATEGORY, OFFICER, REPORTER, carry, file, mend, pass_on
from tests.support.deployment import fixed
from tests.support.filing import file_notification, import_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrived(parties):
    import_register()
    file_notification()
    carry()
    return Notification.objects.get(side="minister")


def ask(filing, *rows, kind="assets.correction.ask"):
    payload = {
        "operator": str(fixed("power")), "filing": str(filing.act), "facility_category": CATEGORY,
        "text": "確かめてください。", "rows": [{"row": row} for row in rows],
    }  # fmt: skip
    done = door.perform(kind, payload, by=OFFICER)
    carry()
    return done.subject.id


def correct(matter=None):
    own = Notification.objects.get(side="operator", what__in=drafts.CORRECTABLE, status="arrived")
    file("assets.correction.file", drafts.correction(REPORTER, own.id, "誤記", matter))
    carry()
    return Notification.objects.filter(side="minister", what="correction").latest("arrived_at")


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_a_request_about_what_was_corrected_leads_to_the_correction_on_both_sides(arrived, enter):
    number = ask(arrived, 3)  # before the correction, which does not answer it
    mend("P-005", product="Catalyst 9500")
    correction = correct()
    officer, reporter = enter("meti", "officer"), enter("power", "reporter")
    shown = text(officer.get(reverse("assets:notification", args=[arrived.id])))
    assert reverse("assets:notification", args=[correction.id]) in shown
    assert "about that one" in shown
    assert reverse("assets:begin", args=["correction"]) not in shown
    own = Notification.objects.get(side="operator", what="correction")
    page = reporter.get(reverse("assets:matter", args=[number]))
    assert reverse("assets:notification", args=[own.id]) in text(page)
    (address, *_) = [step for step, label in page.context["steps"] if "correct" in step]
    answer = reporter.get(address)
    assert answer.status_code == 200
    assert answer.context["row"]["id"] == own.id
    assert str(number) in text(answer)  # goes with what is filed
    old = f"{reverse('assets:correct', args=[own.corrects])}?matter={number}"
    assert reporter.get(old).headers["Location"] == address
    assert reverse("assets:notification", args=[correction.id]) in text(
        officer.get(reverse("assets:matter", args=[number]))
    )
    for kind in ("assets.correction.ask", "assets.question.ask"):
        with pytest.raises(PreconditionError) as refused:
            ask(arrived, 1, kind=kind)
        assert refused.value.code == "assets.replaced"
    ask(correction, 1)


def test_rows_asked_about_and_left_as_they_were_are_named_before_and_after_on_both_sides(arrived, enter):
    number = ask(arrived, 1, 3)
    mend("P-005", product="Catalyst 9500")
    reporter, officer = enter("power", "reporter"), enter("meti", "officer")
    own = Notification.objects.get(side="operator")
    asked = reporter.get(reverse("assets:correct", args=[own.id]), {"matter": str(number)})
    assert asked.context["unchanged"] == [1]
    assert "Row 1, which the office asked about, is as it was notified" in text(asked)
    draft = reporter.post(reverse("assets:correct", args=[own.id]), {"matter": str(number), "reason": "誤記"})
    assert "Row 1, which the office asked about" in text(draft)
    correction = correct(number)
    assert set(Matter.objects.values_list("status", flat=True)) == {"met"}
    for client in (reporter, officer):
        assert client.get(reverse("assets:matter", args=[number])).context["unchanged"] == [1]
    page = officer.get(reverse("assets:notification", args=[correction.id]))
    shown = text(page)
    assert page.context["unchanged"] == [1]
    assert [one["product"] for one in page.context["out"]] == ["Catalyst 9300"]
    assert [one["product"] for one in page.context["new"]] == ["Catalyst 9500"]
    assert f"<dd>{number}</dd>" not in shown
    assert reverse("assets:matter", args=[number]) in shown
    mine = Notification.objects.get(side="operator", what="correction")
    assert [one["product"] for one in reporter.get(reverse("assets:notification", args=[mine.id])).context["new"]] == [
        "Catalyst 9500"
    ]


def test_the_cabinet_sees_what_a_correction_changes_once_it_was_passed_on(arrived, enter):
    pass_on("notification")
    mend("P-005", product="Catalyst 9500")
    correction = correct()
    pass_on("correction")
    page = enter("cabinet", "analyst").get(reverse("assets:notification", args=[correction.id]))
    assert [one["product"] for one in page.context["new"]] == ["Catalyst 9500"]


def test_a_paper_that_arrived_counts_as_arrived_while_its_correction_is_on_its_way(parties, enter):
    import_register()
    sent = send_on_paper()
    arrive(sent)
    mend("P-005", product="Catalyst 9500")
    reporter = enter("power", "reporter")
    before = text(reporter.get(reverse("assets:duties")))
    draft = drafts.correction(REPORTER, sent.id, "誤記").model_dump(mode="json")
    file("assets.correction.file_otherwise", {**draft, "channel": "post", "sent_at": "2026-11-22T09:00:00+09:00"})
    assert "on their way" not in text(reporter.get(reverse("assets:duties")))
    assert before.count("computers arrived") == text(reporter.get(reverse("assets:duties"))).count("computers arrived")
    shown = text(reporter.get(reverse("assets:notification", args=[sent.id])))
    assert "not arrived" not in shown.partition("<main")[2].partition("Act and receipt")[0]
