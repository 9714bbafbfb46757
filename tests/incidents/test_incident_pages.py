"""The pages: a tired reporter gets from awareness to arrival, everything typed stays, nobody else gets in."""

import html
import re

import pytest
from django.urls import reverse

from sakimori.incidents.models import Case, Draft, Filing, Report
from tests.support import incidents as story
from tests.support.deployment import fixed
from tests.support.filing import import_register

AWARENESS = {
    "f-title": "監視制御サーバーの暗号化",
    "f-nature": "incident",
    "f-aware_at": "令和8年11月20日 9:30",
    "f-aware_by": "当直 架空太郎",
    "f-attack": "ransomware",
    "f-register_keys": "P-001\r\nP-002\r\n",
    "f-described": "",
}
REPORT = {
    "f-outline.name": "架空電力",
    "f-outline.contact.name": "架空花子",
    "f-event.summary": "1台が暗号化された",
    "f-event.state": "contained",
    "f-technical.indicators": "203.0.113[.]7\r\nevil[.]example",
    "f-technical.description": "VPN装置から",
    "f-response.measures": "遮断した",
    "f-personal.outline": "顧客名簿",
    "f-police.wish": "捜査に協力する",
}
ANSWERS = {
    "e-harmed": "true",
    "e-obstruction_attempt_only": "false",
    "p-personal_data": "true",
    "p-leaked": "true",
    "p-strongly_protected": "false",
    "p-entrusted": "false",
    "p-wrongful_purpose": "true",
    "police": "yes",
}


def address(name, *args):
    """Return the address of one of the room's pages."""
    return reverse(f"incidents:{name}", args=args)


def text(answer):
    """Return what a page says, without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_reporter_and_an_approver_get_from_awareness_to_arrival(enter):
    import_register()
    reporter, approver = enter("power", "reporter"), enter("power", "approver")
    made = reporter.post(address("new"), AWARENESS)
    case = Case.objects.get().id
    assert made.url == address("case", case)
    assert reporter.post(address("decide", case), ANSWERS).status_code == 302
    page = text(reporter.get(address("case", case)))
    assert "It must be reported to the minister and to the Prime Minister." in page
    assert "Personal Information Protection Commission" not in page or "PPC" in page
    looked = reporter.post(address("report", case, "first"), {**REPORT, "do": "look"})
    assert looked.status_code == 200
    assert not Filing.objects.exists()
    assert "Cabinet Office (fictitious)" in text(looked)
    proposed = reporter.post(address("report", case, "first"), {**REPORT, "do": "propose"})
    assert proposed.url == address("confirm", case)
    waits = reporter.get(address("confirm", case))
    assert "Confirm and send" not in text(waits)
    waits = approver.get(address("confirm", case))
    found = re.findall(r'name="proposal" value="([^"]+)"', waits.content.decode())
    assert len(found) == 3
    assert approver.post(address("confirm", case), {"proposal": found}).url == address("case", case)
    story.carry()
    assert Report.objects.count() == 4
    page = text(approver.get(address("case", case)))
    assert page.count("Arrived") >= 4
    assert "2026-12-21" in page


def test_the_second_person_is_never_the_first(enter):
    case = story.aware()
    story.triage(case)
    both = enter("power", "approver")
    both.post(address("report", case, "first"), {**REPORT, "do": "propose"})
    page = both.get(address("confirm", case))
    found = re.findall(r'name="proposal" value="([^"]+)"', page.content.decode())
    assert "Confirm and send" not in text(page)
    both.post(address("confirm", case), {"proposal": found})
    assert not Filing.objects.exists()


def test_every_unknown_computer_is_named_and_what_was_typed_stays(enter):
    import_register()
    typed = {**AWARENESS, "f-register_keys": "P-001\r\nP-999\r\n", "f-described": "rei1-3-1, CENTUM VP\r\n"}
    answer = enter("power", "reporter", "ja").post(address("new"), typed)
    assert answer.status_code == 422
    assert not Case.objects.exists()
    page = text(answer)
    assert "登録簿にない管理番号です" in page
    assert "号, 製品名, 製造者名 の順に" in page
    assert "P-999" in page
    assert "当直 架空太郎" in answer.content.decode()


def test_faults_in_the_report_stand_at_their_fields_and_the_draft_is_kept(enter):
    case = story.aware()
    story.triage(case)
    reporter = enter("power", "reporter")
    typed = {
        **REPORT,
        "f-technical.indicators": "203.0.113.7\r\n300.1.1.1",
        "f-technical.vulnerabilities": "CVE-1",
        "do": "look",
    }
    answer = reporter.post(address("report", case, "first"), typed)
    assert answer.status_code == 422
    page = text(answer)
    assert "not an IP address" in page
    assert "CVE-2026-1234" in page
    assert Draft.objects.get().content["f-technical.indicators"] == "203.0.113.7\r\n300.1.1.1"
    again = enter("power", "approver").get(address("report", case, "first")).content.decode()
    assert "300.1.1.1" in again
    kept = reporter.post(address("report", case, "first"), {**typed, "do": "save"})
    assert kept.status_code == 200
    assert "Kept as a draft" in text(kept)


def test_every_question_asked_can_be_answered(enter):
    case = story.aware()
    reporter = enter("power", "reporter")
    page = reporter.get(address("decide", case)).content.decode()
    asked = dict.fromkeys(re.findall(r'<select id="([ep]-[a-z_]+)"', page), "false")
    asked |= {"e-input_by": "stranger", "p-persons": "12"}
    assert len(asked) > 15
    assert reporter.post(address("decide", case), asked).status_code == 302
    wrong = reporter.post(address("decide", case), {**asked, "p-persons": "大勢"})
    assert wrong.status_code == 422
    assert "Please enter a whole number." in text(wrong)


def test_a_form_shows_only_the_parts_it_has_a_use_for(enter):
    case = story.aware()
    story.triage(case)
    page = enter("power", "reporter").get(address("report", case, "first")).content.decode()
    assert 'name="f-technical.ransomware.extension"' in page
    for absent in ("technical.ddos.length", "personal.outline", "police.wish", "reason"):
        assert f'name="f-{absent}"' not in page
    assert 'value="架空電力"' in page  # nobody types what is on record


def test_an_authority_reads_what_it_received_with_the_clock(enter):
    told = story.reported()
    for name, role in (("bureau", "officer"), ("cabinet", "analyst"), ("meti", "officer")):
        page = text(enter(name, role).get(address("case", told.case)))
        assert "サーバー1台が暗号化された" in page
        assert "2026-12-21" in page
        assert "顧客名簿" not in page
    page = text(enter("ppc", "liaison").get(address("case", told.case)))
    assert "顧客名簿" in page
    assert "サーバー1台が暗号化された" not in page
    assert "evil" not in page


def test_a_clock_in_the_desk_leads_to_the_case(enter):
    told = story.reported()
    page = enter("cabinet", "analyst").get(reverse("desk")).content.decode()
    assert address("case", told.case) in page


def test_who_has_no_business_here_is_kept_out(enter):
    told = story.reported()
    for name, role, status in (
        ("rail", "approver", 404),
        ("mlit", "officer", 404),
        ("committee", "secretariat", 403),
        ("vendor", "vendor_contact", 403),
        ("cabinet", "administrator", 403),
    ):
        assert enter(name, role).get(address("case", told.case)).status_code == status, name
    for name, role in (("power", "viewer"), ("meti", "officer"), ("cabinet", "analyst")):
        client = enter(name, role)
        assert client.get(address("new")).status_code == 403
        assert client.post(address("decide", told.case), ANSWERS).status_code == 403
        assert client.post(address("report", told.case, "full"), {**REPORT, "do": "propose"}).status_code == 403
        assert client.post(address("confirm", told.case), {}).status_code == 403
    rail = enter("rail", "reporter")
    for page in (address("decide", told.case), address("report", told.case, "full"), address("confirm", told.case)):
        assert rail.get(page).status_code == 404
    assert not Draft.objects.filter(organisation=fixed("rail")).exists()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_is_in_the_readers_language(enter, language):
    told = story.reported()
    own, theirs = enter("power", "reporter", language), enter("bureau", "officer", language)
    pages = [
        own.get(address("index")),
        own.get(address("new")),
        own.get(address("case", told.case)),
        own.get(address("decide", told.case)),
        own.get(address("report", told.case, "full")),
        own.get(address("confirm", told.case)),
        theirs.get(address("index")),
        theirs.get(address("case", told.case)),
    ]
    for page in pages:
        assert page.status_code == 200
        heading = re.search(r"<h1>(.*?)</h1>", page.content.decode(), re.DOTALL)[1]
        assert f'lang="{language}"' in page.content.decode()
        if language == "en":
            assert not re.search(r"[ぁ-ん]", re.sub(r"サーバーの暗号化|監視制御", "", heading))
