"""A computer's page says at once: must it be notified, by when, why, and what to do next."""

import pytest
from django.db import transaction
from django.urls import reverse

from sakimori.acts import door
from sakimori.assets.interview import units
from sakimori.assets.models import Computer, Finding
from sakimori.record.guard import open_door
from tests.assets.interview.test_answers import FACILITY, answer, paper, row
from tests.support.deployment import WORLD, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parties")]
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
