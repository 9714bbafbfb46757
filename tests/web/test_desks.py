"""Every role's desk: what to do first, by when and why; the blocks that are its own, and nothing of anybody else."""

import pytest
from django.urls import reverse

from sakimori.acts import door, registry
from sakimori.assets.models import Duty
from sakimori.law.kinds import ORGANISATIONS as TYPES
from sakimori.law.kinds import ROLES as EVERY_ROLE
from sakimori.pages.desks import Item
from sakimori.sample.organisations import corporate_number
from sakimori.web import desk, deskblocks, desks, rooms
from tests.support.deployment import ORGANISATIONS, REHEARSAL, ROLES, fixed, viewer
from tests.support.incidents import aware, carry, reported
from tests.support.warning import match, notify, provide, release
from tests.web import scene

PEOPLE = [(name, role) for name, (kind, _, _) in ORGANISATIONS.items() for role in ROLES[kind] if name != "rail"]
BLOCKS = {block.name: block for block in deskblocks.BLOCKS} | rooms.desk_blocks()


def test_every_block_named_exists_and_is_used():
    named = {name for order in desks.ORDERS.values() for name in order}
    assert named == set(BLOCKS)


@pytest.mark.parametrize("organisation_type", sorted(TYPES - {"any", "system"}))
def test_every_role_of_the_law_has_a_desk_and_a_sentence(organisation_type):
    for role in EVERY_ROLE - {"any", "system"}:
        assert desks.of(desks.ORDERS, organisation_type, role)
        assert desks.of(desks.LEADS, organisation_type, role)
        if role == "administrator":
            assert desks.of(desks.ORDERS, organisation_type, role) == desks.ADMINISTRATOR


@pytest.mark.django_db
@pytest.mark.parametrize(("organisation", "role"), [one for one in PEOPLE if one != ("power", "administrator")])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_empty_desk_says_so_and_where_to_go(enter, organisation, role, language):
    page = enter(organisation, role, language=language).get("/")
    assert page.status_code == 200
    said = page.content.decode()
    nothing = {"ja": "今日すぐにすることはありません", "en": "Nothing has to be done today"}[language]
    assert nothing in said
    assert page.context["quiet"]
    for block in page.context["quiet"]:
        assert block.empty in said.replace("&#x27;", "'")
        assert not block.url or f'href="{block.url}"' in said


@pytest.mark.django_db
def test_an_administrators_desk_leads_to_set_up_until_it_is_finished(enter):
    answer = enter("power", "administrator").get("/")
    assert answer.context["first"].item.link == reverse("enrol:step", args=["organisation"])
    assert "Go on with set-up" in answer.content.decode()
    told = {"organisation": str(fixed("power")), "corporate_number": corporate_number("999999000001")}
    door.perform("parties.organisation.correct", told, by=viewer("power", "administrator"))
    answer = enter("power", "administrator").get("/")
    assert answer.context["first"].item is None
    assert "Go on with set-up" not in answer.content.decode()


@pytest.mark.django_db
def test_a_clock_says_which_facility_or_event_it_belongs_to(enter, busy):
    case = aware(title="変電所の監視端末の異常")
    page = enter("power", "reporter").get("/")
    owed = next(block for block in page.context["asking"] if block.name == "acts-owed")
    assert {"power 第一", "変電所の監視端末の異常"} <= {item.detail for item in owed.items}
    listed = enter("power", "reporter").get(reverse("obligations")).content.decode()
    assert "変電所の監視端末の異常" in listed
    matter = enter("power", "reporter").get(reverse("matter", args=[case])).content.decode()
    assert "<h1>変電所の監視端末の異常</h1>" in matter
    duty = Duty.objects.first()
    assert "<h1>power 第一" in enter("power", "reporter").get(reverse("matter", args=[duty.id])).content.decode()


@pytest.fixture
def busy(parties):
    """A deployment where something waits for everybody."""
    return scene.play()


@pytest.mark.django_db
def test_the_second_person_is_told_first_what_waits_for_it(enter, busy):
    answer = enter("power", "approver").get("/")
    first = answer.context["first"]
    assert first.pressing
    assert first.item.link == reverse("assets:filing", args=[busy.proposal])
    assert "First of all" in answer.content.decode()


@pytest.mark.django_db
def test_the_proposer_sees_its_own_proposal_wait_and_the_next_clock(enter, busy):
    answer = enter("power", "reporter").get("/")
    page = answer.content.decode()
    assert "yours: waits for a second person" in page
    assert answer.context["first"].item.due is not None
    owed = next(block for block in answer.context["asking"] if block.name == "acts-owed")
    assert owed.items
    for item in owed.items:
        assert item.steps or item.reason
        assert item.basis
        assert item.basis_link.startswith("/law/?chapter=rule#")


@pytest.mark.django_db
def test_a_viewer_is_offered_nothing_it_may_not_do(enter, busy):
    answer = enter("power", "viewer").get("/")
    owed = next(block for block in answer.context["asking"] if block.name == "acts-owed")
    assert owed.items
    assert all(not item.buttons for item in owed.items)
    for item in (one for block in answer.context["telling"] for one in block.items):
        if item.link:
            assert enter("power", "viewer").get(item.link).status_code == 200, item.link


@pytest.mark.django_db
def test_every_link_and_button_of_every_desk_leads_somewhere(enter, busy):
    for organisation, role in PEOPLE:
        client = enter(organisation, role)
        context = client.get("/").context
        for block in (*context["asking"], *context["telling"], *context["quiet"]):
            wanted = [block.url, *(item.link for item in block.items)]
            wanted += [button.url for item in block.items for button in item.buttons if not button.post]
            for address in filter(None, wanted):
                assert client.get(address, follow=True).status_code == 200, (organisation, role, address)


@pytest.mark.django_db
def test_the_minister_sees_what_arrived_and_who_is_silent(enter, busy):
    answer = enter("meti", "officer").get("/")
    blocks = {block.name: block for block in (*answer.context["asking"], *answer.context["telling"])}
    assert len(blocks["assets-arrived"].items) == 1
    assert "Fictitious Power" in blocks["assets-standing"].items[0].title
    silent = enter("mlit", "officer").get("/").context
    (standing,) = (block for block in silent["telling"] if block.name == "assets-standing")
    assert standing.items[0].tag == "nothing notified yet"
    assert standing.items[0].due.isoformat() == "2027-03-31"


@pytest.mark.django_db
def test_a_desk_does_not_count_as_opening_anything(enter, busy):
    from sakimori.acts import reading

    enter("meti", "intake").get("/")
    assert reading.read(viewer("power", "reporter"), "acts.readers", act=busy.filed) == []


@pytest.mark.django_db
def test_incidents_reach_every_desk_concerned(enter, parties):
    reported()
    for organisation, role in (("bureau", "intake"), ("cabinet", "analyst"), ("ppc", "liaison")):
        blocks = {block.name: block for block in enter(organisation, role).get("/").context["asking"]}
        assert blocks["incidents-arrived"].items, organisation
    own = {block.name: block for block in enter("power", "reporter").get("/").context["asking"]}
    assert own["incidents-cases"].items[0].tag == "full report to be filed"
    assert "incidents-cases" not in {b.name for b in enter("rail", "reporter").get("/").context["asking"]}


@pytest.mark.django_db
def test_warnings_wait_for_the_operator_and_the_issuer_sees_the_silence(enter, parties):
    notify()
    findings = match()
    provide(findings)
    release(findings)
    carry()
    own = {block.name: block for block in enter("power", "reporter").get("/").context["asking"]}
    assert own["warnings-to_answer"].items[0].urgency == "waiting"
    told = {block.name: block for block in enter("meti", "officer").get("/").context["telling"]}
    assert told["warnings-silent"].items[0].detail == "1 of 1 recipient has not answered"


@pytest.mark.django_db
def test_the_committee_sees_its_docket_in_the_rehearsal(enter, parties):
    from tests.support.committee import ask

    ask()
    answer = enter("committee", "member", REHEARSAL).get("/")
    assert answer.context["first"].item.tag == "to be decided"
    office = {b.name: b for b in enter("cabinet", "officer", REHEARSAL).get("/").context["asking"]}
    assert office["measures-open"].items[0].tag == "the committee has not decided yet"


@pytest.mark.django_db
def test_an_administrator_sees_people_and_not_one_title(enter, busy):
    reported()
    answer = enter("power", "administrator").get("/")
    page = answer.content.decode()
    assert "Fictitious Power" in page
    assert "架空電力 reporter" in page
    assert {block.name for part in ("asking", "telling", "quiet") for block in answer.context[part]} == {
        "enrol-open", "acts-waiting", "acts-proposed", "parties-people", "parties-tokens",
    }  # fmt: skip
    for hidden in ("Notify specified", "CENTUM", "incident report", "認知", "/incidents/", "/assets/"):
        assert hidden not in page


@pytest.mark.django_db
def test_nobody_else_is_told_anything(enter, busy):
    reported()
    for organisation, role in (("rail", "reporter"), ("vendor", "vendor_contact"), ("carrier", "liaison")):
        context = enter(organisation, role).get("/").context
        for block in (*context["asking"], *context["telling"]):
            assert not block.items, (organisation, block.name)


def test_the_most_urgent_comes_first():
    from datetime import date

    items = [
        Item("far", urgency="later", due=date(2027, 3, 31)), Item("open", urgency="open"),
        Item("asked", urgency="waiting"), Item("late", urgency="late", due=date(2026, 11, 1)),
        Item("soon", urgency="soon", due=date(2026, 11, 30)),
    ]  # fmt: skip
    assert [item.title for item in sorted(items, key=lambda one: one.order)] == [
        "late", "soon", "asked", "far", "open",
    ]  # fmt: skip
    assert desk.first_of([]).item is None


def test_blocks_are_read_by_roles_that_may_read_them():
    """A block whose query refuses its own roles would silently stay empty."""
    for block in BLOCKS.values():
        assert block.roles, block.name
    assert "acts.opened" in registry.queries()


@pytest.mark.django_db
def test_a_notice_to_all_stands_on_its_own_article(enter, parties):
    from sakimori.acts import proposals
    from tests.support.warning import CONTENT

    notify()
    findings = match()
    everybody = [str(row["id"]) for row in findings if row["reach"] == "designated"]
    payload = {"content": CONTENT, "taken_out": "なし", "findings": everybody}
    proposal = proposals.propose("warnings.notice.publish", payload, by=viewer("cabinet", "officer"))
    proposals.confirm(proposal.id, by=viewer("cabinet", "decider"))
    provide(findings)
    release(findings)
    carry()
    client = enter("power", "reporter")
    notices = client.get("/inbox/?format=csv&sort=created_at").content.decode("utf-8-sig")
    assert "Act Art. 41" in notices
    assert "Act Art. 40(1)" in notices
    page = client.get("/")
    blocks = {block.name: block for block in page.context["asking"]}
    assert {item.basis for item in blocks["warnings-to_answer"].items} == {"強化法41", "強化法40(1)"}
    assert "強化法" not in page.content.decode()
