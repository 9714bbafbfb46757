"""Between office and operator: asked and answered, corrected, ordered and met, demanded, guided; who sees what."""

import uuid

import pytest

from sakimori.acts import clock as world_clock
from sakimori.acts import door, proposals, reading
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, RefusedError
from sakimori.acts.models import Notice, Obligation
from sakimori.assets.forms import drafts
from sakimori.assets.models import Matter, Notification
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.warning import carry

pytestmark = pytest.mark.django_db

CATEGORY = "発電設備の監視制御システム"
DUE = "2026-12-10"


_ROW = "{},{},power 第一,{},{},アプライアンス,2025-04-01,専用,その他,○,×,×,×,×,×,×,×,×,×"
ODD = (
    _ROW.format("Q-1", "a", "不明", "監視装置"),
    _ROW.format("Q-2", "b", "Catalyst 9300", "Cisco"),
    _ROW.format("Q-3", "c", "架空通信", "回線監視サービス"),
    _ROW.format("Q-4", "d", "Fortinet", "FortiGate-100F"),
    _ROW.format("Q-5", "e", "Fortinet Inc.", "FortiGate 100F"),
)
"""Computers with something to look at: no maker, swapped fields, a service, two spellings of one name."""


def arrived(rows=ROWS):
    """Return the power operator's notification as it arrived at the minister."""
    import_register(rows)
    file_notification()
    carry()
    return Notification.objects.get(side="minister")


def give(kind, by=None, **payload):
    """Give a matter to the power operator and let it arrive; return its number."""
    wanted = {"operator": str(fixed("power")), "text": "確認してください。", **payload}
    done = door.perform(kind, wanted, by=by or viewer("meti", "officer"))
    carry()
    return done.subject.id


def order(**payload):
    """Order the power operator to notify, by two persons, and let it arrive; return its number."""
    wanted = {
        "operator": str(fixed("power")), "what": "notify", "facility_category": CATEGORY, "limit": DUE,
        "text": "届け出ること。", "reasons": "期限を過ぎても届出がない。", "remedies": "（官署の文言）",
        "hearing": {"way": "in_writing", "held_on": "2026-11-20", "statement": "異議はない。"}, **payload,
    }  # fmt: skip
    made = proposals.propose("assets.order.issue", wanted, by=viewer("meti", "officer"))
    done = proposals.confirm(made.id, by=viewer("meti", "decider"))
    carry()
    return done.subject.id


def now():
    """Return this moment in the world's time, as a payload has it."""
    return world_clock.now(WORLD).isoformat()


def matter(name, role, number):
    """Return a matter as somebody sees it."""
    return reading.read_one(viewer(name, role), "assets.matters", matter=number)


def clock(number):
    """Return the one clock of a matter."""
    return Obligation.objects.get(subject=number)


def test_a_row_that_the_filing_does_not_have_is_no_matter(parties):
    filed = arrived()
    rows = [{"row": filed.count}, {"row": filed.count + 1, "product": "Nonexistent"}, {"row": 99}]
    about = {"operator": str(fixed("power")), "text": "確認", "filing": str(filed.act)}
    for kind in ("assets.question.ask", "assets.correction.ask"):
        with pytest.raises(RefusedError) as refused:
            door.perform(kind, {**about, "rows": rows}, by=viewer("meti", "officer"))
        error = refused.value
        assert error.where == "rows"
        assert f"2行目に挙げた届出の行{filed.count + 1}はありません" in error.explain("ja")
        assert f"Line 2 names row {filed.count + 1}" in error.explain("en")
        assert "leave it empty and name the product" in error.explain("en")
    assert not Matter.objects.exists()
    named = [{"row": filed.count}, {"product": "Nonexistent", "wrong": "届出にない"}]  # what is missing has no number
    asked = give("assets.question.ask", filing=str(filed.act), rows=named)
    assert [one["row"] for one in matter("power", "reporter", asked)["content"]["rows"]] == [filed.count, None]


def test_a_question_travels_is_answered_and_its_target_is_no_deadline(parties):
    filed = arrived()
    asked = give("assets.question.ask", viewer("meti", "intake"), filing=str(filed.act), due_on=DUE,
                 rows=[{"row": 1, "product": "CENTUM VP", "wrong": "版ではないか"}])  # fmt: skip
    running = clock(asked)
    assert (running.bearer, str(running.due_on), running.is_target, running.status) == (
        fixed("power"),
        DUE,
        True,
        "open",
    )
    seen = matter("power", "reporter", asked)
    assert (seen["side"], seen["content"]["rows"][0]["wrong"], seen["filing"]) == (
        "addressee",
        "版ではないか",
        filed.act,
    )
    assert Notice.objects.filter(addressee=fixed("power"), subject=asked).count() == 1
    assert matter("meti", "officer", asked)["reached_at"] is not None
    for name, role in (("rail", "reporter"), ("mlit", "officer"), ("cabinet", "officer")):
        with pytest.raises(NotFoundError):
            matter(name, role, asked)
    door.perform(
        "assets.question.answer", {"number": str(asked), "text": "製品名です。"}, by=viewer("power", "reporter")
    )
    carry()
    told = matter("meti", "officer", asked)
    assert (told["status"], told["answer"]["text"], clock(asked).status) == ("answered", "製品名です。", "settled")
    assert Notice.objects.filter(addressee=fixed("meti"), kind="assets.answer.receive").count() == 1
    with pytest.raises(RefusedError, match="回答済み"):
        door.perform("assets.question.answer", {"number": str(asked), "text": "再"}, by=viewer("power", "reporter"))


@pytest.mark.parametrize(
    ("payload", "where"),
    [
        ({"filing": str(uuid.uuid4())}, "filing"),
        ({"due_on": "2026-11-24"}, "due_on"),
        ({"operator": str(fixed("rail"))}, "operator"),
    ],
)
def test_a_question_that_fits_nothing_is_refused(parties, payload, where):
    with pytest.raises(RefusedError) as refused:
        give("assets.question.ask", **payload)
    assert refused.value.where == where
    assert refused.value.mend is not None
    assert not Matter.objects.exists()


def test_a_request_for_correction_ends_when_the_paper_that_names_it_arrives(parties):
    filed = arrived()
    asked = give("assets.correction.ask", filing=str(filed.act), due_on=DUE, text="製造者名が空です。")
    entry = {"operator": str(fixed("power")), "channel": "post", "arrived_at": "2026-11-23T10:00:00+09:00",
             "reference": "補正 1", "facility_category": CATEGORY, "answers": str(asked),
             "covers": "unknown"}  # fmt: skip
    done = door.perform("assets.entry.record", entry, by=viewer("meti", "intake"))
    assert {one.status for one in Matter.objects.filter(number=asked)} == {"met"}
    assert clock(asked).status == "settled"
    assert matter("power", "reporter", asked)["met_by"] == done.act
    assert matter("meti", "officer", asked)["state"] == "met"
    withdraw = {"notification": str(done.subject.id), "reason": "別の事業者のもの"}
    door.perform("assets.entry.withdraw", withdraw, by=viewer("meti", "intake"))
    assert {one.status for one in Matter.objects.filter(number=asked)} == {"open"}
    assert clock(asked).status == "open"


def test_a_correction_on_paper_takes_the_place_of_the_wrong_one_until_its_entry_is_withdrawn(parties):
    filed = arrived()
    asked = give("assets.correction.ask", filing=str(filed.act), due_on=DUE)
    entry = {"operator": str(fixed("power")), "channel": "post", "arrived_at": "2026-11-23T10:00:00+09:00",
             "what": "correction", "reference": "訂正 1", "facility_category": CATEGORY}  # fmt: skip
    for wrong in ({}, {"corrects": str(uuid.uuid4())}, {"corrects": str(filed.id), "what": "change"}):
        with pytest.raises(RefusedError) as refused:
            door.perform("assets.entry.record", {**entry, **wrong}, by=viewer("meti", "intake"))
        assert refused.value.where == "corrects"
    entry |= {"corrects": str(filed.id), "answers": str(asked)}
    done = door.perform("assets.entry.record", entry, by=viewer("meti", "intake"))
    filed.refresh_from_db()
    assert (filed.status, filed.replaced_by) == ("replaced", done.subject.id)
    (stands,) = reading.read(viewer("meti", "officer"), "assets.standing")
    assert (stands["state"], stands["notifications"], stands["on_paper"]) == ("filed", 1, 1)
    assert matter("power", "reporter", asked)["state"] == "met"
    waits = Obligation.objects.filter(rule="kyokaho.notice.pass_on", status="open")
    assert set(waits.values_list("subject", flat=True)) == {done.subject.id}
    withdraw = {"notification": str(done.subject.id), "reason": "別の届出の訂正"}
    door.perform("assets.entry.withdraw", withdraw, by=viewer("meti", "intake"))
    filed.refresh_from_db()
    assert (filed.status, filed.replaced_by) == ("received", None)
    assert set(waits.values_list("subject", flat=True)) == {filed.id}


def test_a_day_let_pass_is_seen_and_so_is_what_came_late(parties, settings):
    filed = arrived()
    asked = give("assets.correction.ask", filing=str(filed.act), due_on=DUE)
    settings.SAKIMORI_DEPLOYMENT = {
        **settings.SAKIMORI_DEPLOYMENT,
        "worlds": {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": "2026-12-15"}},
    }
    assert matter("meti", "officer", asked)["state"] == "late"
    assert [row["id"] for row in reading.read(viewer("meti", "officer"), "assets.matters", state="late")] == [asked]
    draft = drafts.correction(viewer("power", "reporter"), own_filing(), "綴りの誤り", asked)
    made = proposals.propose("assets.correction.file", draft, by=viewer("power", "reporter"))
    proposals.confirm(made.id, by=viewer("power", "approver"))
    carry()
    for name, role in (("meti", "officer"), ("power", "reporter")):
        assert matter(name, role, asked)["state"] == "met_late"
    assert clock(asked).status == "settled"


def own_filing():
    """Return the power operator's own record of its notification."""
    return Notification.objects.get(side="operator", what="notification").id


def test_an_order_binds_is_served_and_is_met_by_what_was_ordered(parties):
    import_register()
    number = order()
    running = clock(number)
    assert (running.rule, str(running.due_on), running.is_target) == ("kyokaho.order.compliance", DUE, False)
    seen = matter("power", "approver", number)
    assert (seen["content"]["remedies"], seen["content"]["hearing"]["way"]) == ("（官署の文言）", "in_writing")
    served = {"number": str(number), "how": "post", "served_at": now()}
    with pytest.raises(RefusedError, match="証拠"):
        door.perform("assets.order.serve", served, by=viewer("meti", "intake"))
    door.perform("assets.order.serve", {**served, "reference": "書留 1"}, by=viewer("meti", "intake"))
    assert matter("meti", "officer", number)["service"]["how"] == "post"
    file_notification()
    carry()
    assert clock(number).status == "settled"
    assert {one.status for one in Matter.objects.filter(number=number)} == {"met"}


def test_an_order_of_another_category_is_not_met_and_can_be_withdrawn(parties):
    import_register()
    number = order(facility_category="別の区分")
    file_notification()
    carry()
    assert clock(number).status == "open"
    with pytest.raises(RefusedError):
        door.perform("assets.matter.close", {"number": str(number), "reason": "x"}, by=viewer("meti", "officer"))
    made = proposals.propose(
        "assets.order.withdraw", {"number": str(number), "reason": "誤り"}, by=viewer("meti", "officer")
    )
    proposals.confirm(made.id, by=viewer("meti", "decider"))
    carry()
    assert {one.status for one in Matter.objects.filter(number=number)} == {"withdrawn"}
    assert clock(number).status == "settled"


@pytest.mark.parametrize(
    ("hearing", "where"),
    [
        ({"way": "not_held"}, "hearing.why_not"),
        ({"way": "orally", "statement": "x"}, "hearing.held_on"),
        ({"way": "orally", "held_on": "2026-11-20"}, "hearing.statement"),
        ({"way": "orally", "held_on": "2027-01-01", "statement": "x"}, "hearing.held_on"),
        ({"way": "orally", "notified_on": "2026-11-23", "held_on": "2026-11-20", "statement": "x"}, "hearing.held_on"),
    ],
)
def test_an_order_without_a_record_of_the_hearing_is_refused(parties, hearing, where):
    with pytest.raises(RefusedError) as refused:
        order(hearing=hearing)
    assert refused.value.where == where


def test_an_order_needs_a_decider(parties):
    with pytest.raises(NotAuthorisedError):
        door.perform("assets.order.issue", {}, by=viewer("meti", "intake"))
    wanted = {"operator": str(fixed("power")), "what": "notify", "limit": DUE, "text": "x", "reasons": "x",
              "remedies": "x", "hearing": {"way": "not_held", "why_not": "x"}}  # fmt: skip
    made = proposals.propose("assets.order.issue", wanted, by=viewer("meti", "officer"))
    with pytest.raises(RefusedError):
        proposals.confirm(made.id, by=viewer("meti", "officer"))


def test_material_is_demanded_given_by_two_and_settles_on_arrival(parties):
    number = give("assets.material.demand", reasons="届出の確認", due_on=DUE)
    assert (clock(number).rule, clock(number).is_target) == ("kyokaho.material.answer", False)
    made = proposals.propose(
        "assets.material.give", {"number": str(number), "text": "報告します。"}, by=viewer("power", "reporter")
    )
    proposals.confirm(made.id, by=viewer("power", "approver"))
    assert clock(number).status == "open"
    carry()
    assert (clock(number).status, matter("meti", "decider", number)["answer"]["text"]) == ("settled", "報告します。")


def test_what_needs_no_answer_any_more_is_closed_on_both_sides(parties):
    number = give("assets.question.ask", due_on=DUE)
    with pytest.raises(NotFoundError):
        door.perform("assets.matter.close", {"number": str(number), "reason": "x"}, by=viewer("mlit", "officer"))
    door.perform("assets.matter.remind", {"number": str(number)}, by=viewer("meti", "intake"))
    carry()
    assert Notice.objects.filter(addressee=fixed("power"), subject=number).count() == 2
    assert len(matter("meti", "officer", number)["content"]["reminded"]) == 1
    door.perform("assets.matter.close", {"number": str(number), "reason": "解決した"}, by=viewer("meti", "intake"))
    carry()
    assert clock(number).status == "settled"
    seen = matter("power", "reporter", number)
    assert (seen["status"], seen["content"]["ended"]) == ("closed", "解決した")
    with pytest.raises(RefusedError, match="待っている"):
        door.perform("assets.matter.remind", {"number": str(number)}, by=viewer("meti", "intake"))


def test_guidance_and_the_opinion_reach_whom_they_are_for(parties):
    filed = arrived()
    guided = give("assets.guidance.give", filing=str(filed.act))
    assert matter("power", "viewer", guided)["status"] == "given"
    assert not Obligation.objects.filter(subject=guided).exists()
    stated = {
        "minister": str(fixed("meti")),
        "operator": str(fixed("power")),
        "what": "order",
        "text": "x",
        "reasons": "y",
    }
    with pytest.raises(RefusedError, match="通知されていません"):
        proposals.propose("assets.opinion.state", {**stated, "filing": str(filed.act)}, by=viewer("cabinet", "officer"))
    made = proposals.propose("assets.opinion.state", stated, by=viewer("cabinet", "officer"))
    number = proposals.confirm(made.id, by=viewer("cabinet", "decider")).subject.id
    carry()
    assert matter("meti", "decider", number)["sort"] == "opinion"
    with pytest.raises(NotFoundError):
        matter("power", "reporter", number)


def test_many_are_passed_on_at_once_or_none(parties):
    filed = arrived()
    entry = {"operator": str(fixed("power")), "channel": "post", "arrived_at": "2026-11-20T10:00:00+09:00",
             "reference": "1", "facility_category": "別の区分", "covers": "unknown"}  # fmt: skip
    other = door.perform("assets.entry.record", entry, by=viewer("meti", "intake")).subject.id
    both = {"notifications": [str(filed.id), str(other)]}
    door.perform("assets.notification.pass_on_chosen", both, by=viewer("meti", "officer"))
    assert set(Notification.objects.filter(side="minister").values_list("status", flat=True)) == {"passed_on"}
    assert not Obligation.objects.filter(rule="kyokaho.notice.pass_on", status="open").exists()
    with pytest.raises(RefusedError, match="2件"):
        door.perform("assets.notification.pass_on_chosen", both, by=viewer("meti", "officer"))


def test_a_notice_names_the_article_its_own_matter_rests_on(parties):
    filed = arrived()
    asked = give("assets.question.ask", due_on=DUE)
    corrected = give("assets.correction.ask", filing=str(filed.act), due_on=DUE)
    ordered = order(facility_category="別の区分")
    demanded = give("assets.material.demand", reasons="確認", due_on=DUE)
    guided = give("assets.guidance.give")
    said = dict(Notice.objects.filter(addressee=fixed("power")).values_list("subject", "basis"))
    assert {one: said[one] for one in (asked, corrected, ordered, demanded, guided)} == {
        asked: "house", corrected: "house", ordered: "強化法6", demanded: "強化法9", guided: "強化法10",
    }  # fmt: skip
    door.perform("assets.question.answer", {"number": str(asked), "text": "x"}, by=viewer("power", "reporter"))
    carry()
    assert Notice.objects.get(addressee=fixed("meti"), subject=asked).basis == "house"


@pytest.mark.parametrize(
    ("how", "served_at", "where"),
    [("post", "2026-11-01T09:00:00+09:00", "served_at"), ("system", "", "how")],
)
def test_a_service_before_the_order_or_by_mere_say_so_is_refused(parties, how, served_at, where):
    number = order()
    served = {"number": str(number), "how": how, "served_at": served_at or now(), "reference": "書留 1"}
    with pytest.raises(RefusedError) as refused:
        door.perform("assets.order.serve", served, by=viewer("meti", "intake"))
    assert refused.value.where == where
    assert matter("meti", "officer", number)["service"]["how"] == "system"


def test_an_earlier_record_of_service_stays_and_a_withdrawn_order_is_not_served(parties):
    number = order()
    served = {"number": str(number), "how": "post", "served_at": now(), "reference": "書留 1"}
    for reference in ("書留 1", "書留 2"):
        door.perform("assets.order.serve", {**served, "reference": reference}, by=viewer("meti", "intake"))
    seen = matter("meti", "officer", number)
    assert [one["how"] for one in seen["content"]["services"]] == ["system", "post"]
    assert (seen["content"]["services"][1]["reference"], seen["service"]["reference"]) == ("書留 1", "書留 2")
    back = {"number": str(number), "reason": "誤り"}
    made = proposals.propose("assets.order.withdraw", back, by=viewer("meti", "officer"))
    proposals.confirm(made.id, by=viewer("meti", "decider"))
    with pytest.raises(RefusedError, match="取り消した"):
        door.perform("assets.order.serve", served, by=viewer("meti", "intake"))


def test_a_paper_is_entered_with_what_it_leaves_blank_and_answers_no_mere_question(parties):
    asked = give("assets.question.ask", due_on=DUE)
    entry = {"operator": str(fixed("power")), "channel": "post", "arrived_at": "2026-11-23T10:00:00+09:00",
             "reference": "1", "facility_category": "区分", "contents": "typed",
             "rows": [{"product": "監視装置"}, {"clause": "2(1)", "maker": "Cisco"}]}  # fmt: skip
    for wrong, where in (
        ({"answers": str(asked)}, "answers"),
        ({"answers": str(uuid.uuid4())}, "answers"),
        ({"rows": [{}]}, "rows"),
    ):
        with pytest.raises(RefusedError) as refused:
            door.perform("assets.entry.record", {**entry, **wrong}, by=viewer("meti", "intake"))
        assert refused.value.where == where
    entered = door.perform("assets.entry.record", entry, by=viewer("meti", "intake")).subject.id
    hints = reading.read(viewer("meti", "officer"), "assets.hints", notification=entered)
    assert {"no_maker", "no_product"} <= {row["code"] for row in hints}
    assert Notification.objects.get(id=entered).count == 2
