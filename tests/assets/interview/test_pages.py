"""The interview on the site: left and gone on with, one answer for many, recorded once; its points, picture, papers."""

import re
import uuid

import pytest
from django.urls import reverse

from sakimori.acts import door
from sakimori.acts.models import Act
from sakimori.assets.interview import picture
from sakimori.assets.models import Computer, InterviewDraft, MinistryAnswer
from tests.assets.interview.test_answers import FACILITY, paper, row
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import import_register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parties")]


def text(answer):
    return answer.content.decode()


def at(name, *more):
    return reverse(f"assets:{name}", args=[FACILITY, *more])


def fields(page):
    return re.findall(r'<select id="(g-[0-9a-f]+-[a-z_]+)"', page)


def chosen(page, name):
    block = page[page.index(f'<select id="{name}"') :]
    found = re.search(r'<option value="([^"]*)" selected', block[: block.index("</select>")])
    return found.group(1) if found else ""


@pytest.fixture
def register():
    """Return a register of seven computers: six ask about the firewall, of two products; one asks whom it serves."""
    rows = [row(f"F-{n}", product="架空FW", maker="甲社") for n in range(4)]
    rows += [row(f"G-{n}", product="架空GW", maker="乙社") for n in range(2)]
    import_register([*rows, row("H-1", firewall="○", serves="")])


def test_one_answer_for_many_is_kept_left_gone_on_with_and_recorded_as_one_act(enter, register):
    client = enter("power", "reporter")
    overview = text(client.get(at("scoping_facility")))
    assert "7 of 7 computers still open" in overview
    assert at("interview", "firewall") in overview
    page = text(client.get(at("interview", "firewall")))
    names = fields(page)
    assert len(names) == 2  # two products, one choice each
    answer = client.post(at("interview", "firewall"), {names[0]: "yes", "then": "stay"})
    assert answer.status_code == 302
    assert not Act.objects.filter(kind="assets.scoping.answer").exists()
    again = text(enter("power", "approver").get(at("interview", "firewall")))  # a colleague goes on
    assert chosen(again, names[0]) == "yes"
    assert chosen(again, names[1]) == ""
    assert "3 of 7 computers still open" in again
    onward = client.post(at("interview", "firewall"), {names[0]: "yes", names[1]: "no"})
    assert onward.url.startswith(at("interview", "product"))
    serves = fields(text(client.get(at("interview", "product"))))
    done = client.post(at("interview", "product"), {serves[0]: "one_operator"})
    assert done.url == at("interview_review")
    review = client.get(at("interview_review"))
    assert "Answers about 7 computers, 7 in all" in text(review)
    assert "0 of 7 computers still open" in text(review)
    key = re.search(r'name="key" value="([^"]+)"', text(review)).group(1)
    recorded = client.post(at("interview_review"), {"key": key, "action": "record"})
    assert recorded.status_code == 302
    assert Act.objects.filter(kind="assets.scoping.answer").count() == 1
    assert not InterviewDraft.objects.exists()
    found = dict(Computer.objects.filter(world=WORLD).values_list("key", "notify"))
    assert found == {**{f"F-{n}": "yes" for n in range(4)}, "G-0": "no", "G-1": "no", "H-1": "exempt"}
    after = text(client.get(recorded.url))
    assert "The answers are recorded" in after
    assert reverse("assets:duties") in after


def test_an_answer_can_be_taken_back_dropped_and_given_to_one_alone(enter, register):
    client = enter("power", "reporter")
    each = fields(text(client.get(at("interview", "firewall"), {"by": "each"})))
    assert len(each) == 6
    client.post(at("interview", "firewall") + "?by=each", {each[0]: "yes", "then": "stay"})
    together = text(client.get(at("interview", "firewall")))
    first = fields(together)[0]
    assert chosen(together, first) == ""  # the group has two different answers: none is shown as that of all
    client.post(at("interview", "firewall"), {first: "", "then": "stay"})  # left alone: nothing is lost
    assert "answers about 1 computer not recorded yet" in text(client.get(at("scoping_facility")))
    client.post(at("interview", "firewall") + "?by=each", {each[0]: "", "then": "stay"})
    assert "not recorded yet" not in text(client.get(at("scoping_facility")))
    client.post(at("interview", "firewall"), {first: "no", "then": "stay"})
    client.post(at("interview_review"), {"action": "drop"})
    assert not InterviewDraft.objects.exists()
    assert set(Computer.objects.values_list("notify", flat=True)) == {"open"}


def test_what_is_no_answer_changes_nothing_and_an_empty_record_says_so(enter, register):
    client = enter("power", "reporter")
    name = fields(text(client.get(at("interview", "firewall"))))[0]
    for nonsense in ({name: "perhaps"}, {"g-0000-nearest_firewall": "yes"}, {name.replace("firewall", "fire"): "yes"}):
        assert client.post(at("interview", "firewall"), nonsense).status_code == 302
    assert "not recorded yet" not in text(client.get(at("scoping_facility")))
    assert "There is no answer to record" in text(client.post(at("interview_review"), {"action": "record", "key": "k"}))
    assert client.get(at("interview", "no-such-topic")).status_code == 404
    assert client.get(reverse("assets:scoping_facility", args=[fixed("rail.facility")])).status_code == 404


def test_two_answers_of_which_the_second_comes_late_leave_no_half(enter, register):
    client = enter("power", "reporter")
    name = fields(text(client.get(at("interview", "firewall"))))[0]
    client.post(at("interview", "firewall"), {name: "yes"})
    key = {"key": "once", "action": "record"}
    assert client.post(at("interview_review"), key).status_code == 302
    late = client.post(at("interview_review"), key)  # sent twice
    assert "There is no answer to record" in text(late)
    assert Act.objects.filter(kind="assets.scoping.answer").count() == 1


def test_a_page_of_many_groups_stays_where_one_was(enter):
    import_register([row(f"F-{n:03}", product=f"架空FW {n:03}") for n in range(60)])
    client = enter("power", "reporter")
    second = text(client.get(at("interview", "firewall"), {"page": "2", "q": "架空"}))
    names = fields(second)
    assert len(names) == 10
    assert "2 / 2" in second
    kept = client.post(at("interview", "firewall") + "?by=product&q=架空&page=2", {names[0]: "no", "then": "stay"})
    assert "page=2" in kept.url
    assert chosen(text(client.get(kept.url)), names[0]) == "no"
    all_of_them = dict.fromkeys(names, "") | {"all-nearest_firewall": "yes", names[1]: "no"}
    client.post(at("interview", "firewall") + "?page=2", all_of_them)
    again = text(client.get(at("interview", "firewall"), {"page": "2"}))
    assert [chosen(again, name) for name in names] == ["yes", "no", *["yes"] * 8]
    assert "50 of 60 computers still open" in again


def test_a_viewer_sees_and_cannot_answer_and_others_see_nothing(enter, register):
    client = enter("power", "viewer")
    page = text(client.get(at("interview", "firewall")))
    assert "disabled" in page
    assert "Keep and go on" not in page
    name = fields(page)[0]
    assert client.post(at("interview", "firewall"), {name: "yes"}).status_code == 403
    assert enter("meti", "officer").get(reverse("assets:scoping")).status_code == 403
    assert enter("rail", "reporter").get(at("interview", "firewall")).status_code == 404


def test_open_points_name_who_can_answer_and_take_the_ministrys_answer(enter):
    import_register(
        [row("W-1", maker="Microsoft", product="Windows IoT", unit="OS", firewall="○"), row("F-1")],
    )
    client = enter("power", "reporter")
    page = text(client.get(at("open_points")))
    assert "W-1" not in page
    assert "W-1" in text(client.get(at("open_points"), {"show": "designated_item"}))
    assert "W-1" not in text(client.get(at("open_points"), {"show": "no-such-fact"}))
    assert f"{at('ministry_answer')}?fact=designated_item" in page
    form = client.get(at("ministry_answer"), {"fact": "designated_item"}, follow=True)
    assert "Is this product one that the minister" in text(form)  # the law's question stands in the form
    given = {"f-question": "含まれますか", "f-answer": "含まれます。", "f-answered_on": "2026-11-20",
             "f-answered_by": "架空省", "f-value": "windows", "key": "a"}  # fmt: skip
    address = at("ministry_answer") + "?fact=designated_item"
    wrong = client.post(address, {**given, "f-answered_on": "2026-02-31"})
    assert wrong.status_code == 422
    assert "含まれます。" in text(wrong)  # what was typed stays
    assert client.post(address, given).status_code == 302
    assert Computer.objects.get(key="W-1").notify == "exempt"
    kept = text(client.get(at("open_points")))
    assert "含まれます。" in kept
    assert "架空省" in kept
    withdraw = at("ministry_answer_withdraw", MinistryAnswer.objects.get().id)
    assert client.post(withdraw, {"f-reason": "誤り", "key": "b"}).status_code == 302
    assert Computer.objects.get(key="W-1").notify == "open"


def test_kinds_that_may_not_fit_are_asked_about_once_for_all_alike(enter):
    import_register([row(f"R-{n}", name=f"境界ルーター {n}号", unit="OS", product="架空OS") for n in range(3)])
    page = text(enter("power", "viewer").get(at("open_points")))
    assert "Kinds that may not fit" in page
    assert page.count("The name says “ルーター”") == 1
    assert "R-0" in page
    assert "R-1" not in page


def test_the_picture_names_the_clause_of_every_node_and_letters_only_where_sources_have_them(enter):
    rows = [
        row("A-1", firewall="○"),
        row("A-2").replace(",×,×,×,,×", ",○,×,×,×,×"),
        *(row(f"O-{n}") for n in range(3)),
    ]
    import_register(rows)
    page = text(enter("power", "viewer").get(at("picture")))
    svg = page[page.index("<svg") : page.index("</svg>")]
    assert "<title" in svg
    assert "<desc" in svg
    assert "Order Art. 1(1)(iii)" in svg
    assert "Order Art. 1(1)(iii) [" not in svg  # C, D or F: which is not known
    assert "Cabinet Order Art. 1(3)(i) [E]" in svg
    assert "× 3" in svg
    assert "net-open" in svg
    rows = enter("power", "viewer").get(at("picture"), {"format": "csv"}).content.decode("utf-8-sig")
    assert rows.count("\n") == 4


def test_a_picture_of_many_products_draws_the_most_numerous_and_counts_the_rest(enter):
    rows = [row(f"P-{n:02}", product=f"架空機 {n:02}") for n in range(picture.MOST + 5)]
    import_register([*rows, *(row(f"Q-{n}", product="多数機") for n in range(3)), row("F-1", firewall="○")])
    client = enter("power", "viewer")
    page = client.get(at("picture"))
    svg = text(page)[text(page).index("<svg") : text(page).index("</svg>")]
    assert svg.count('class="net-name"') == picture.MOST  # one less than room in the full band, and the firewall
    assert "多数機" in svg
    assert "7 more products, 7 computers" in svg
    shown = client.get(at("picture"), {"q": "多数", "sort": "-computers"}).context["table"]
    assert (shown.total, shown.all) == (1, picture.MOST + 7)
    assert "Covered or not is open" in text(page)
    by_place = text(client.get(at("picture"), {"q": "not is open"}))
    assert "多数機" in by_place[by_place.index("</svg>") :]


def test_a_name_that_differs_by_one_character_is_shown_at_that_character(enter):
    import_register([row("S-1", product="CENTUM VP").replace(",その他,×,", ",その他,○,")])
    client = enter("power", "reporter")
    assert "No paper is recorded" in text(client.get(at("plan_papers")))
    form = {"f-paper": "plan", "f-filed_on": "2026-03-01", "f-items": "CENTUM VP\t架空製作所", "key": "k"}
    assert client.post(at("plan_paper"), {**form, "f-items": ""}).status_code == 422
    assert client.post(at("plan_paper"), form).status_code == 302
    assert "may stand in" in text(client.get(at("plan_papers")))
    paper(("CENTUM　VP", "㈱架空製作所"))
    import_register([row("S-2", product="CENTUM－VP").replace(",その他,×,", ",その他,○,")])
    page = text(client.get(at("plan_papers")))
    assert "<mark>－</mark>" in page
    assert "names are not the same" in page


@pytest.mark.parametrize("role", ["reporter", "viewer"])
def test_what_is_anothers_cannot_be_told_from_what_is_nobodys(enter, role):
    theirs = {"facility": str(fixed("rail.facility"))}
    said = {"question": "問", "answer": "答", "answered_on": "2026-11-20", "answered_by": "課", "attachments": []}
    named = {"paper": "plan", "filed_on": "2026-03-01", "items": [{"name": "甲", "supplier": "乙"}]}
    rail = viewer("rail", "reporter")
    answer = door.perform("assets.ministry_answer.record", theirs | said, by=rail)
    held = door.perform("assets.plan_paper.record", theirs | named, by=rail)
    client = enter("power", role)
    for page, thing in (("ministry_answer_withdraw", answer), ("plan_paper_withdraw", held)):
        for facility in (FACILITY, fixed("rail.facility"), uuid.uuid4()):
            for one in (thing.subject.id, uuid.uuid4()):
                address = reverse(f"assets:{page}", args=[facility, one])
                asked = [client.get(address), client.post(address, {"reason": "x", "key": "k"})]
                assert [page_.status_code for page_ in asked] == [404, 404], (page, facility, one)
