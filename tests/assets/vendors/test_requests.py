"""Facts asked of a vendor: what it sees, what it may answer, what is taken over, and that it sees nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.acts import door, reading, registry
from sakimori.acts.errors import ConflictError, NotAuthorisedError, NotFoundError, RefusedError
from sakimori.acts.models import Notice, Obligation
from sakimori.assets.models import Computer, ComputerChange, VendorItem, VendorRequest
from sakimori.assets.vendors import facts
from sakimori.errors import SakimoriError
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

OPERATOR, VENDOR = ("power", "reporter"), ("vendor", "vendor_contact")
SECRETS = ("P-001", "P-002", "監視制御サーバー", "境界ファイアウォール", "power 第一")


def by(who):
    return viewer(*who)


def perform(what, payload, who=OPERATOR):
    return door.perform(f"assets.vendor.{what}", payload, by=by(who))


@pytest.fixture
def register(parties):
    """The power operator's five computers, notified."""
    import_register()
    file_notification()
    carry()
    return {one.key: one for one in Computer.objects.filter(world=WORLD)}


def ask(register, rows=None, **told):
    rows = rows or {"P-001": ["version", "controls_access"], "P-002": ["product", "serves"]}
    payload = {
        "vendor": str(fixed("vendor")), "due_on": "2026-12-08",
        "rows": [{"computer": str(register[key].id), "asks": asks} for key, asks in rows.items()], **told,
    }  # fmt: skip
    return VendorRequest.objects.get(id=perform("ask", payload).subject.id)


def answer(request, rows, who=VENDOR, **told):
    said = [
        {"position": place, "answers": [{"fact": name, "answer": value} for name, value in answers.items()]}
        for place, answers in rows.items()
    ]
    return perform("record" if told else "answer", {"request": str(request.id), "rows": said, **told}, who)


def seen(item):
    """Return what tells the row as the operator sees it now."""
    rows = reading.read(by(OPERATOR), "assets.vendor_items", request=item.request_id)
    return next(row["seen"] for row in rows if row["id"] == item.id)


def take(item, *names, day="2026-11-20", **told):
    return perform("take", {"item": str(item.id), "seen": seen(item), "facts": list(names), "changed_on": day, **told})


def decline(item, reason):
    return perform("decline", {"item": str(item.id), "seen": seen(item), "reason": reason})


def take_version(item, **told):
    return take(item, "version", **told)


def decline_as(item, **told):
    return perform("decline", {"item": str(item.id), "reason": "", **told})


@pytest.mark.django_db
class TestRequests:
    """From the question to the register."""

    def test_the_vendor_sees_the_rows_asked_about_and_of_those_only_what_is_needed(self, register):
        request = ask(register, note="保守契約の更新のため")
        mine = reading.read(by(VENDOR), "assets.requests_to_us")
        assert [(row["number"], row["rows"], row["note"]) for row in mine] == [
            ("Q2026-0001", 2, "保守契約の更新のため")
        ]
        rows = reading.read(by(VENDOR), "assets.asked_rows", asked=request.id)
        assert [(row["product"], row["maker"], row["asks"]) for row in rows] == [
            ("CENTUM VP", "横河電機", ["version", "controls_access"]), ("FortiOS", "Fortinet", ["product", "serves"]),
        ]  # fmt: skip
        assert {name for row in rows for name in row} == {
            "id", "position", "product", "maker", "unit", "asks", "answers", "note", "status", "withheld",
        }  # fmt: skip
        assert not any(secret in repr([mine, rows]) for secret in SECRETS)
        notice = Notice.objects.get(addressee=fixed("vendor"))
        assert "CENTUM" not in notice.title_ja

    def test_the_vendor_is_refused_everything_else_of_the_room(self, register):
        other = ask(register)
        theirs = {"assets.requests_to_us", "assets.asked_rows"}
        tried = 0
        for name in registry.queries():
            if name.startswith("assets.") and name not in theirs:
                tried += 1
                with pytest.raises((NotAuthorisedError, NotFoundError)):
                    reading.read(by(VENDOR), name)
        assert tried > 20
        for who in (("rail", "reporter"), ("meti", "officer"), ("cabinet", "analyst")):
            with pytest.raises(SakimoriError):
                reading.read(by(who), "assets.asked_rows", asked=other.id)
        assert reading.read(viewer("rail", "reporter"), "assets.vendor_requests") == []
        assert reading.read(viewer("rail", "reporter"), "assets.vendor_items", request=other.id) == []

    def test_a_file_request_to_a_name_is_no_vendors_to_see(self, register):
        request = ask(register, vendor=None, vendor_name="別の供給者")
        assert reading.read(by(VENDOR), "assets.requests_to_us") == []
        assert reading.read(by(VENDOR), "assets.asked_rows", asked=request.id) == []
        with pytest.raises(NotFoundError):
            answer(request, {1: {"version": "R7"}})
        answer(request, {1: {"version": "R7"}}, OPERATOR, answered_by="別の供給者 丙山")
        assert VendorItem.objects.get(position=1).answers == {"version": "R7"}

    def test_a_vendor_named_exactly_finds_the_request_and_who_takes_part_is_not_told(self, register, settings):
        own = settings.SAKIMORI_DEPLOYMENT
        shared = {**own, "edition": "authority"}
        settings.SAKIMORI_DEPLOYMENT = shared
        assert reading.read(by(OPERATOR), "assets.known_vendors") == []
        settings.SAKIMORI_DEPLOYMENT = own
        request = ask(register, vendor=None, vendor_name="架空ベンダー")
        settings.SAKIMORI_DEPLOYMENT = shared
        assert request.vendor == fixed("vendor")
        assert [row["operator_ja"] for row in reading.read(by(VENDOR), "assets.requests_to_us")] == ["架空電力"]
        assert [row["id"] for row in reading.read(by(OPERATOR), "assets.known_vendors")] == [fixed("vendor")]
        assert reading.read(viewer("rail", "reporter"), "assets.known_vendors") == []

    def test_answers_stand_beside_the_present_values_and_are_taken_over_row_by_row(self, register):
        request = ask(register)
        answer(request, {1: {"version": "R7.01", "controls_access": "はい"}})
        request.refresh_from_db()
        assert request.status == "open"  # the second row is still open
        answer(request, {2: {"product": "FortiOS NG", "serves": "不明"}})
        request.refresh_from_db()
        assert request.status == "answered"
        assert Notice.objects.filter(addressee=fixed("power"), kind="assets.vendor.answer").count() == 2
        first, second = reading.read(by(OPERATOR), "assets.vendor_items", request=request.id)
        assert (first["now_version"], first["answers"]) == ("", {"version": "R7.01", "controls_access": True})
        assert (second["now_product"], second["answers"]["serves"]) == ("FortiOS", "unknown")
        items = {one.position: one for one in VendorItem.objects.all()}
        take(items[1], "version")
        register["P-001"].refresh_from_db()
        assert (register["P-001"].version, register["P-001"].facts.get("controls_access")) == ("R7.01", False)
        assert ComputerChange.objects.get().outcome == "none"  # a version is not notified
        with pytest.raises(RefusedError):
            take(items[2], "serves")  # it does not know
        take(items[2], "product")
        assert ComputerChange.objects.get(outcome="change").due_on == date(2027, 3, 23)
        assert Obligation.objects.filter(rule="kyokaho.notice.change", status="open").count() == 1
        request.refresh_from_db()
        assert request.status == "closed"

    def test_an_answer_to_an_open_question_decides_it(self, parties):
        row = "P-009,新しい箱,power 第一,架空製作,ハコ,機器,2026-05-01,専用,,○,×,×,×,×,×,×,×,×,×"
        import_register((row,))
        computer = Computer.objects.get(key="P-009")
        assert computer.notify == "open"
        request = ask({"P-009": computer}, {"P-009": ["serves"]})
        answer(request, {1: {"serves": "others"}})
        take(VendorItem.objects.get(), "serves")
        computer.refresh_from_db()
        assert (computer.notify, computer.facts["serves"]) == ("yes", "others")
        assert Obligation.objects.filter(status="open", subject=computer.duty_id).exists()

    @pytest.mark.parametrize(
        ("rows", "code"),
        [
            ({1: {"serves": "others"}}, "assets.not_asked"),
            ({9: {"version": "1"}}, "assets.not_asked"),
            ({1: {"controls_access": "たぶん"}}, "assets.vendor_answer"),
            ({1: {"version": "x" * 101}}, "assets.vendor_answer"),
            ({1: {"version": "1\u202e2"}}, None),
        ],
    )
    def test_nothing_but_what_was_asked_is_taken(self, register, rows, code):
        request = ask(register)
        with pytest.raises(SakimoriError) as refused:
            answer(request, rows)
        assert code is None or refused.value.code == code
        assert not VendorItem.objects.exclude(answers={}).exists()

    def test_a_request_that_makes_no_sense_is_refused(self, register):
        for told in (
            {"rows": {"P-001": ["serial"]}}, {"due_on": "2026-11-01"}, {"vendor": None}, {"vendor": str(fixed("rail"))},
        ):  # fmt: skip
            with pytest.raises(RefusedError):
                ask(register, **told)
        door.perform(
            "assets.computer.retire", {"computer": str(register["P-002"].id), "retired_on": "2026-11-20"},
            by=by(OPERATOR),
        )  # fmt: skip
        with pytest.raises(RefusedError):
            ask(register)
        assert not VendorRequest.objects.exists()

    def test_a_withdrawn_request_shows_no_rows_and_takes_no_answer(self, register):
        request = ask(register)
        perform("withdraw", {"request": str(request.id), "reason": "不要になった"})
        assert reading.read(by(VENDOR), "assets.asked_rows", asked=request.id) == []
        with pytest.raises(RefusedError) as refused:
            answer(request, {1: {"version": "R7"}})
        assert refused.value.code == "assets.request_ended"

    def test_what_was_dealt_with_is_not_answered_anew(self, register):
        request = ask(register)
        answer(request, {1: {"version": "R7"}, 2: {"product": "FortiOS"}})
        items = {one.position: one for one in VendorItem.objects.all()}
        take(items[1], "version")
        decline(items[2], "別の製品のこと")
        with pytest.raises(RefusedError):
            answer(request, {1: {"version": "R8"}})
        with pytest.raises(RefusedError):
            take(items[2], "product")

    def test_why_an_answer_is_left_aside_stays_with_the_operator_and_the_vendors_note_stays(self, register):
        request = ask(register)
        rows = [{"position": 1, "answers": [{"fact": "version", "answer": "R7"}], "note": "出荷時の版"}]
        perform("answer", {"request": str(request.id), "rows": rows}, VENDOR)
        decline(VendorItem.objects.get(position=1), "別の製品のこと")
        (mine,) = [row for row in reading.read(by(OPERATOR), "assets.vendor_items", request=request.id)
                   if row["position"] == 1]  # fmt: skip
        assert (mine["note"], mine["reason"], mine["status"]) == ("出荷時の版", "別の製品のこと", "declined")
        theirs = reading.read(by(VENDOR), "assets.asked_rows", asked=request.id)
        assert theirs[0]["note"] == "出荷時の版"
        assert "別の製品のこと" not in str(theirs)

    @pytest.mark.parametrize("deal", [take_version, decline_as])
    @pytest.mark.parametrize("by_vendor", [True, False])
    def test_what_nobody_has_looked_at_is_neither_taken_nor_left_aside(self, register, deal, by_vendor):
        request = ask(register)
        answer(request, {1: {"version": "R7"}})
        item = VendorItem.objects.get(position=1)
        old = seen(item)
        if by_vendor:
            answer(request, {1: {"version": "R8"}})
        else:
            told = {"computer": str(item.computer_id), "changed_on": "2026-11-20", "version": "R6"}
            door.perform("assets.computer.change", told, by=by(OPERATOR))
        for looked_at in (old, ""):
            with pytest.raises(ConflictError):
                deal(item, seen=looked_at)
        deal(item, seen=seen(item))
        assert VendorItem.objects.get(position=1).status in ("taken", "declined")

    def test_nobody_takes_over_what_another_operator_asked(self, register):
        request = ask(register)
        answer(request, {1: {"version": "R7"}})
        item = VendorItem.objects.get(position=1)
        payload = {"item": str(item.id), "seen": seen(item), "facts": ["version"], "changed_on": "2026-11-20"}
        with pytest.raises(NotFoundError):
            perform("take", payload, ("rail", "reporter"))
        with pytest.raises(NotAuthorisedError):
            perform("take", payload, VENDOR)


@given(st.sampled_from(sorted(facts.questions())), st.text(max_size=60))
def test_an_answer_is_kept_as_the_question_takes_it_or_refused(name, typed):
    question = facts.questions()[name]
    try:
        kept = facts.read(name, typed)
    except SakimoriError:
        return
    if kept != facts.UNKNOWN:
        assert {"yesno": isinstance(kept, bool), "choice": kept in question.choices, "date": True, "text": True}[
            question.kind
        ]
    assert facts.read(name, kept) == kept


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("support_end", "令和9年3月31日", "2027-03-31"),
        ("unit", "機器", None),
        ("unit", "アプライアンス", "appliance"),
        ("unit", "Operating System", "os"),
        ("has_ip_address", "○", True),
        ("has_ip_address", "No", False),
        ("serves", "others", "others"),
        ("version", "わからない", "unknown"),
    ],
)
def test_words_of_both_languages_are_read(name, typed, kept):
    if kept is None:
        with pytest.raises(SakimoriError):
            facts.read(name, typed)
    else:
        assert facts.read(name, typed) == kept
