"""A computer's page says at once: must it be notified, by when, why, and what to do next."""

import pytest
from django.db import transaction
from django.urls import reverse

from sakimori.acts import door, proposals
from sakimori.assets.forms import drafts
from sakimori.assets.interview import units
from sakimori.assets.models import Computer, Finding, Notification
from sakimori.record.guard import open_door
from tests.assets.interview.test_answers import FACILITY, answer, paper, row
from tests.support.deployment import WORLD, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parties")]
CATEGORY = "発電設備の監視制御システム"
PART = ",その他,○,"


def page(client, key):
    computer = Computer.objects.get(world=WORLD, key=key)
    return client.get(reverse("assets:computer", args=[computer.id])).content.decode()


def changed(key, **told):
    computer = Computer.objects.get(world=WORLD, key=key)
    payload = {"computer": str(computer.id), "changed_on": "2026-11-20", **told}
    door.perform("assets.computer.change", payload, by=viewer("power", "reporter"))


def banner(said):
    start = said.index('aria-labelledby="verdict"')
    return said[start : said.index("</section>", start)]


def test_the_banner_says_what_holds_and_leads_on(enter):
    client = enter("power", "reporter")
    import_register(
        [
            row("YES", firewall="○"),
            row("OPEN"),
            row("NO", firewall="×"),
            row("OWN", firewall="○", serves="専用品"),
            row("EITHER", firewall="○").replace(",×,×,×,○,", ",×,,×,○,"),
        ]
    )
    expected = {
        "YES": ("It must be notified by 31 Mar 2027.", "127 days left.", reverse("assets:drafts")),
        "OPEN": ("Not decided yet: 1 question is open.", "", reverse("assets:interview", args=[FACILITY, "firewall"])),
        "NO": ("no specified critical computer", "Order Art. 1", reverse("assets:register")),
        "OWN": ("exempt", "warnings still concern it", reverse("assets:register")),
        "EITHER": ("31 Mar 2027", "by which clause is open", reverse("assets:interview", args=[FACILITY, "routing"])),
    }
    for key, (headline, note, leads) in expected.items():
        said = banner(page(client, key))
        assert headline in said, key
        assert note in said, key
        assert f'href="{leads}"' in said, key
    drafts = client.get(reverse("assets:drafts"), follow=True).content.decode()
    assert "1 computer must be notified in any case" in drafts
    file_notification()
    said = banner(page(client, "YES"))
    assert "has not arrived yet" in said
    assert "See its notification" in said


def test_the_page_says_who_answered_what_it_is_notified_as_and_whether_a_paper_stands_in(enter):
    import_register(
        [
            row("A-1", product="架空OS", name="境界ルーター", unit="OS").replace(",その他,×,", PART),
            row("A-2"),
        ]
    )
    paper(("架空ＯＳ", "架空製作所"))
    answer({"A-2": {"nearest_firewall": True}})
    client = enter("power", "viewer")
    said = page(client, "A-1")
    assert "This software is notified as one item." in said
    assert "Is it a device with a program for one particular use" in said  # a question, not a decision
    assert "full width against half width" in said
    answered = page(client, "A-2")
    assert "Nearest firewall?" in answered
    assert reverse("act", args=[Computer.objects.get(key="A-2").answered["nearest_firewall"]]) in answered


@pytest.mark.parametrize(
    ("unit", "name", "product", "doubtful"),
    [
        ("os", "境界ルーター", "IOS", True),
        ("application", "配線盤", "Layer 3 Switch", True),
        ("os", "ルーター用 Linux", "Linux", False),
        ("appliance", "業務サーバー", "架空データベース", True),
        ("appliance", "境界ルーター", "架空 R-1", False),
        ("application", "認証", "架空クラウド認証", True),
        ("cloud", "認証", "架空クラウド認証", False),
        ("middleware", "業務", "架空DB", False),
        ("os", "マルタ", "スイス時計", False),
    ],
)
def test_a_kind_that_does_not_fit_the_name_raises_a_question(unit, name, product, doubtful):
    assert (units.doubt(unit, name, product) is not None) is doubtful


def test_what_is_still_to_be_notified_of_a_change_opens_the_page_of_what_has_arrived(enter):
    client = enter("power", "reporter")
    import_register()
    file_notification()
    carry()
    assert "the notification has arrived" in banner(page(client, "P-002"))
    changed("P-002", product="FortiOS 8")
    said = banner(page(client, "P-002"))
    assert "must be notified" in said
    assert "It must be notified by " in said
    assert f"{reverse('assets:changes')}?state=waiting" in said
    assert "has arrived" not in said
    changed("P-002", product="FortiOS")  # as it was: nothing is left to notify, and nobody is told that none was owed
    shown = page(client, "P-002")
    assert "the notification has arrived" in banner(shown)
    assert "not to be notified" not in shown
    assert "<details open>" in shown  # the question that is left is seen


def on_their_way(**more):
    payload = drafts.changes(viewer("power", "reporter"), CATEGORY).model_dump(mode="json") | more
    kind = f"assets.change_notification.file{'_otherwise' if more else ''}"
    made = proposals.propose(kind, payload, by=viewer("power", "reporter"))
    return proposals.confirm(made.id, by=viewer("power", "approver"))


@pytest.mark.parametrize("more", [{}, {"channel": "post", "sent_at": "2026-11-20T09:00:00+09:00"}])
def test_what_is_filed_of_a_change_and_has_not_arrived_is_not_said_to_have_arrived(enter, more):
    client = enter("power", "reporter")
    register = reverse("assets:register")
    import_register()
    file_notification()
    carry()
    changed("P-002", product="FortiOS 8")
    assert "notified; a change since is not filed yet" in client.get(register).content.decode()
    done = on_their_way(**more)
    sent = Notification.objects.get(side="operator", what="change")
    shown = page(client, "P-002")
    assert "A change is filed and waits for arrival." in banner(shown)
    assert reverse("assets:notification", args=[sent.id]) in banner(shown)
    assert "banner good" not in shown
    said = "notified; a change is filed, not arrived yet"
    assert shown.count(said) == 1
    listed = client.get(register).content.decode()
    assert listed.count(said) == 1  # of one computer; the others have arrived
    assert said in client.get(register, {"format": "csv"}).content.decode()
    assert said in client.get(register, {"status": "notified", "sort": "-status"}).content.decode()
    assert "the notification has arrived" in banner(page(client, "P-001"))
    act = client.get(reverse("act", args=[done.act])).content.decode()
    assert "Nothing more follows" not in act
    if more:
        assert "once its arrival is recorded, with evidence" in act
        assert reverse("assets:notification", args=[sent.id]) in act
        assert reverse("assets:arrived", args=[sent.id]) in act
        stamp = {"notification": str(sent.id), "arrived_at": "2026-11-21T09:00:00+09:00", "reference": "受付 12"}
        door.perform("assets.notification.confirm_arrival", stamp, by=viewer("power", "reporter"))
    else:
        carry()
    assert "the notification has arrived" in banner(page(client, "P-002"))
    assert said not in client.get(register).content.decode()
    assert reverse("assets:arrived", args=[sent.id]) not in client.get(reverse("act", args=[done.act])).content.decode()


def test_a_change_filed_before_the_first_notification_arrived_says_that_neither_has(enter):
    client = enter("power", "reporter")
    import_register()
    file_notification()
    changed("P-002", product="FortiOS 8")
    on_their_way()
    said = banner(page(client, "P-002"))
    assert "A change is filed and waits for arrival." in said
    assert "Neither what was notified before" in said


def test_a_kind_changed_after_it_was_notified_leaves_the_question_in_the_banner_until_the_name_is_said(enter):
    client = enter("power", "reporter")
    import_register([row("YES", firewall="○")])
    file_notification()
    carry()
    assert "the notification has arrived" in banner(page(client, "YES"))
    changed("YES", unit="cloud")
    said = banner(page(client, "YES"))
    assert "whether a change since must be notified is open" in said
    assert "has arrived" not in said
    computer = Computer.objects.get(world=WORLD, key="YES")
    assert reverse("assets:change_computer", args=[computer.id]) in said
    changed("YES", product="架空クラウド")
    assert "The change must be notified" in page(client, "YES")
    assert "is open" not in banner(page(client, "YES"))


@pytest.mark.parametrize(
    "content",
    [{}, [], {"scope": {}}, {"scope": None, "notify": {"label": "x"}}, {"scope": {"label": {}, "basis": [],
     "reasons": [{}], "open_questions": [], "confidence": "certain"}}],
)  # fmt: skip
def test_a_finding_that_is_empty_or_broken_breaks_no_page(enter, content):
    import_register([row("YES", firewall="○"), row("OPEN")])
    with transaction.atomic(), open_door("a test breaks what was kept"):
        Finding.objects.update(content=content)
    client = enter("power", "reporter")
    for key in ("YES", "OPEN"):
        assert "verdict" in page(client, key)
    for name in ("scoping_facility", "open_points", "interview_review", "picture"):
        assert client.get(reverse(f"assets:{name}", args=[FACILITY])).status_code == 200, name
    assert client.get(reverse("assets:ask_vendor")).status_code == 200
    assert client.get(reverse("assets:drafts"), follow=True).status_code == 200
