"""The pages of the authorities' side: findings, questions, orders, passing on in one go, the sector, the map."""

import html
import re

import pytest
from django.urls import reverse

from sakimori.acts import proposals
from sakimori.acts.models import Notice, ReadRecord
from sakimori.assets.models import Hint, MapPermission, Matter, Notification
from sakimori.parties.models import Clearance
from sakimori.record import open_door
from sakimori.web.agenda import moments
from tests.assets.supervision.test_matters import CATEGORY, ODD, arrived, give, order
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.warning import carry, notify

pytestmark = pytest.mark.django_db


def text(response):
    """Return a page's text without markup; it must have been found."""
    assert response.status_code == 200, response.status_code
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_findings_become_a_question_and_the_operator_answers_it(parties, enter):
    filed = arrived(ODD)
    office = enter("meti", "officer")
    office.post(reverse("assets:office"), {"f-answer_days": "14", "f-remedies": "教示の文言", "key": "o"})
    page = office.get(reverse("assets:notification", args=[filed.id])).content.decode()
    assert "What to look at" in page
    found = Hint.objects.filter(place__gt=0).first()
    begin = f"{reverse('assets:begin', args=['question'])}?filing={filed.act}&hint={found.id}"
    form = office.get(begin).content.decode()
    assert "2026-12-08" in form
    assert f"{found.place}\t{found.product}" in form
    sent = {"filing": str(filed.act), "f-text": "確認を", "f-rows": f"{found.place}\t{found.product}\t\t違う",
            "f-due_on": "2026-12-08", "key": "k"}  # fmt: skip
    went = office.post(reverse("assets:begin", args=["question"]), sent)
    assert went.status_code == 302
    carry()
    (number,) = set(Matter.objects.values_list("number", flat=True))
    reporter = enter("power", "reporter")
    assert "question: Minister A" in text(reporter.get(reverse("desk")))
    shown = text(reporter.get(reverse("assets:matter", args=[number])))
    assert "違う" in shown
    assert "Target of the office" in shown
    answer = reverse("assets:matter-answer", args=[number])
    assert reporter.post(answer, {"f-text": "", "key": "a"}).status_code == 422
    assert reporter.post(answer, {"f-text": "確認しました", "key": "b"}).status_code == 302
    carry()
    assert "確認しました" in text(office.get(reverse("assets:matter", args=[number])))
    assert "answered" in text(office.get(reverse("assets:matters")))
    assert enter("rail", "reporter").get(reverse("assets:matter", args=[number])).status_code == 404
    assert enter("mlit", "officer").get(reverse("assets:matter", args=[number])).status_code == 404


def test_an_order_is_prepared_with_the_offices_words_and_seen_with_its_penalty(parties, enter):
    office = enter("meti", "officer")
    office.post(reverse("assets:office"), {"f-remedies": "教示の文言", "key": "o"})
    form = office.get(f"{reverse('assets:begin', args=['order'])}?operator={fixed('power')}").content.decode()
    assert "教示の文言" in form
    assert "2,000,000 yen at most (Act Art. 83)" in form
    faulty = office.post(reverse("assets:begin", args=["order"]), {"operator": str(fixed("power")), "key": "1",
                         "f-text": "届け出ること", "f-reasons": "理由", "f-what": "notify", "f-limit": "2026-12-10",
                         "f-hearing.way": "not_held", "f-remedies": "x"})  # fmt: skip
    assert faulty.status_code in (409, 422, 400)
    assert "届け出ること" in faulty.content.decode()
    number = order()
    for name, role in (("meti", "decider"), ("power", "viewer")):
        shown = text(enter(name, role).get(reverse("assets:matter", args=[number])))
        assert "異議はない" in shown
        assert "（官署の文言）" in shown
        assert "(Act Art. 83)" in shown
    assert enter("power", "approver").get(reverse("assets:begin", args=["order"])).status_code == 403
    assert office.get(reverse("assets:begin", args=["nothing"])).status_code == 404
    assert office.get(f"{reverse('assets:begin', args=['question'])}?filing=x&operator=y&hint=z").status_code == 200


def test_what_waits_is_filtered_by_findings_and_passed_on_in_one_go(parties, enter):
    filed = arrived()
    office = enter("meti", "officer")
    assert str(filed.id) in office.get(reverse("assets:checking")).content.decode()
    without = "no" if filed.hints else "yes"
    assert str(filed.id) not in office.get(f"{reverse('assets:checking')}?findings={without}").content.decode()
    assert office.post(reverse("assets:checking"), {"chosen": [], "key": "0"}).status_code == 422
    went = office.post(reverse("assets:checking"), {"chosen": [str(filed.id)], "key": "1"})
    assert "Passed on to the Prime Minister" in text(office.get(went.headers["Location"]))
    assert Notification.objects.get(id=filed.id).status == "passed_on"
    again = office.post(reverse("assets:checking"), {"chosen": [str(filed.id)], "key": "2"})
    assert "1 of those chosen" in html.unescape(again.content.decode())
    assert office.get(f"{reverse('assets:checking')}?passed=x&all=1").status_code == 200


def test_a_correction_on_paper_is_entered_from_the_page_of_the_wrong_filing(parties, enter):
    filed = arrived()
    intake = enter("meti", "intake")
    page = intake.get(reverse("assets:notification", args=[filed.id])).content.decode()
    (address,) = re.findall(r'href="([^"]*what=correction[^"]*)"', page)
    form = intake.get(html.unescape(address)).content.decode()
    assert f'value="{filed.id}" selected' in form
    sent = {
        "f-operator": str(fixed("power")), "f-what": "correction", "f-channel": "post", "f-reference": "訂正 1",
        "f-arrived_at": "2026-11-23 10:00", "f-facility_category": CATEGORY, "f-corrects": str(filed.id), "key": "1",
    }  # fmt: skip
    went = intake.post(reverse("assets:enter"), sent)
    assert went.status_code == 302, text(went)
    shown = text(intake.get(reverse("assets:notification", args=[filed.id])))
    assert "replaced by a correction" in shown
    assert intake.post(reverse("assets:enter"), {**sent, "f-reference": "2", "key": "2"}).status_code == 422


def test_the_sector_is_seen_by_its_minister_and_what_was_passed_on_by_the_cabinet_office(parties, enter):
    notify()
    give("assets.question.ask")
    page = enter("meti", "officer").get(reverse("assets:sector"))
    assert "<svg" in page.content.decode()
    csv = enter("meti", "officer").get(f"{reverse('assets:sector')}?format=csv")
    assert "text/csv" in csv.headers["Content-Type"]
    assert "Minister A" in text(enter("cabinet", "officer").get(reverse("assets:sector")))
    assert enter("power", "viewer").get(reverse("assets:sector")).status_code == 403


def test_the_map_is_read_by_few_each_reading_is_kept_in_clear_and_no_file_leaves_without_a_decision(parties, enter):
    notify()
    analyst = enter("cabinet", "analyst")
    products = reverse("assets:products")
    page = analyst.get(f"{products}?q=forti").content.decode()
    assert "FortiOS" in page
    assert "format=csv" not in page
    assert analyst.get(f"{products}?format=csv").status_code == 403
    assert analyst.get(f"{products}?format=csv&maker=Fortinet&product=FortiOS").status_code == 403
    api = "/api/v1/queries/assets.spread"
    assert analyst.get(api).status_code == 403
    with open_door("test"):
        cleared = Clearance.objects.create(
            world=WORLD, organisation_id=fixed("cabinet"), restriction="concentration", valid_from="2026-11-01"
        )
    assert analyst.get(api).json()["rows"]
    with open_door("test"):
        cleared.delete()
    for name, role in (("cabinet", "intake"), ("cabinet", "administrator"), ("meti", "decider"), ("power", "approver")):
        assert enter(name, role).get(products).status_code == 403
    readers = enter("cabinet", "decider").get(reverse("assets:map-readers"))
    assert "words=forti" in text(readers)
    told = enter("cabinet", "decider").get("/api/v1/queries/assets.map_readers").json()["rows"]
    assert any("words=forti" in one["asked"] for one in told)
    assert ReadRecord.objects.filter(query="assets.spread").exclude(content=b"").count() == 2
    assert analyst.get(reverse("assets:map-readers")).status_code == 403
    made = proposals.propose(
        "assets.map.allow", {"until": "2026-11-30", "reason": "白書の統計"}, by=viewer("cabinet", "officer")
    )
    proposals.confirm(made.id, by=viewer("cabinet", "decider"))
    assert MapPermission.objects.count() == 1
    file = analyst.get(f"{products}?format=csv")
    assert "FortiOS" in file.content.decode("utf-8-sig")
    assert "rows=all" in text(enter("cabinet", "decider").get(reverse("assets:map-readers")))


WRONG = (
    ("question", {"f-text": "x", "f-rows": "abc\tX\tY\tZ"}, "abc\tX"),
    ("question", {"f-text": "x" * 9000}, "xxx"),
    ("question", {"f-text": "x", "f-due_on": "2026-13-45"}, "2026-13-45"),
    ("question", {"f-text": "x\u202ey"}, "f-text-error"),
    ("question", {"f-text": "x", "f-rows": "\n".join("1\ta" for _ in range(501))}, "1\ta"),
    ("question", {"f-text": "x", "operator": "", "f-operator": ""}, "required"),
    ("correction", {"f-text": "x"}, "Choose the filing"),
    ("order", {"f-text": "x", "f-limit": "2020-01-01"}, "2020-01-01"),
    ("demand", {"f-text": "x", "f-reasons": "y", "f-due_on": "2026-11-01"}, "The day must lie after today"),
)


def test_what_cannot_be_comes_back_in_words_with_everything_typed(parties, enter):
    office = enter("meti", "officer")
    for sort, typed, said in WRONG:
        sent = office.post(reverse("assets:begin", args=[sort]), {"operator": str(fixed("power")), "key": "1", **typed})
        assert sent.status_code in (409, 422), typed
        assert said in html.unescape(sent.content.decode()), typed
    assert not Matter.objects.exists()


def test_addresses_that_mean_nothing_find_nothing(parties, enter):
    office = enter("meti", "officer")
    for address in (
        "matters/?sort_of=x&state=x&page=99999999999999&sort=nothing&q=" + "a" * 500,
        "matters/new/question/?filing=00000000-0000-4000-8000-000000000000&operator=00000000-0000-4000-8000-000000000000",
        "checking/?findings=maybe&sort=-&page=-1",
        "sector/?sort=x&format=pdf",
        "office/?answer_days=abc",
    ):
        assert office.get(f"/assets/{address}").status_code == 200, address
    assert office.get("/assets/matters/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert office.get("/assets/matters/00000000-0000-4000-8000-000000000000/serve/").status_code == 404
    for chosen in (["x"], ["00000000-0000-4000-8000-000000000000"]):
        assert office.post(reverse("assets:checking"), {"chosen": chosen, "key": chosen[0]}).status_code in (404, 422)
    assert office.post(reverse("assets:office"), {"f-answer_days": "1e9", "key": "1"}).status_code == 422


def test_passing_on_nothing_says_what_to_tick(parties, enter):
    arrived()
    page = enter("meti", "officer").post(reverse("assets:checking"), {"key": "n"})
    assert page.status_code >= 400
    assert "Tick them at the left of the list." in html.unescape(page.content.decode())


def test_an_opinion_goes_to_ministers_and_may_be_about_an_operator_that_never_filed(parties, enter):
    page = enter("cabinet", "officer").get(reverse("assets:begin", args=["opinion"])).content.decode()
    ministers, operators = (page.split(f'id="f-{name}"')[1].split("</select>")[0] for name in ("minister", "operator"))
    assert str(fixed("meti")) in ministers
    assert str(fixed("power")) not in ministers
    assert str(fixed("cabinet")) not in ministers
    assert str(fixed("power")) in operators
    assert str(fixed("meti")) not in operators


def test_a_fault_in_a_row_is_said_as_people_count(parties, enter):
    sent = {"f-operator": str(fixed("power")), "f-channel": "post", "f-arrived_at": "2026-11-20 14:30",
            "f-reference": "1", "f-facility_category": CATEGORY, "key": "r",
            "f-rows": "a\tb\tc\n" + "x" * 300}  # fmt: skip
    page = enter("meti", "intake").post(reverse("assets:enter"), sent)
    assert page.status_code == 422
    assert "1.clause" not in page.content.decode()
    assert re.search(r"2 [^:]*[Cc]l[^:]*: ", text_of(page))


def test_service_by_this_system_is_not_offered_to_be_recorded_by_hand(parties, enter):
    page = enter("meti", "intake").get(reverse("assets:matter-serve", args=[order()])).content.decode()
    ways = page.split('id="f-how"')[1].split("</select>")[0]
    assert "by post" in ways
    assert "this system" not in ways


def test_a_basis_of_our_own_is_said_in_words_wherever_a_question_shows(parties, enter):
    give("assets.question.ask", due_on="2026-12-10")
    reporter = enter("power", "reporter")
    pages = [reverse(name) for name in ("desk", "inbox", "obligations")]
    pages.append(reverse("matter", args=[Matter.objects.first().number]))
    pages.append(reverse("notice", args=[Notice.objects.get(addressee=fixed("power")).id]))
    for page in pages:
        shown = text(reporter.get(page))
        assert "house rule" in shown, page
        raw = re.search(r".{60}\bhouse\b(?! rule).{20}", shown)
        assert raw is None, (page, raw and raw.group())


def test_the_time_line_of_an_order_is_not_buried_under_its_own_readers(parties, enter):
    number = order()
    office = enter("meti", "officer")
    for _ in range(3):
        office.get(reverse("assets:matter", args=[number]))
    found = moments.matter(viewer("meti", "officer"), number)
    assert [one.kind for one in found.moments].count("read") == len(
        {one.who for one in found.moments if one.kind == "read"}
    )
    assert "read" in {one.kind for one in found.moments}


def text_of(response):
    """Return a page's text without markup, whatever its status."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))
