"""What a kind declares it does: start clocks, notify, settle; nothing else, and nothing less, unless it says why."""

import uuid
from datetime import date

import pytest

from sakimori import law
from sakimori.acts import door, reading
from sakimori.acts.errors import DeclarationError, NotAuthorisedError, NotFoundError
from sakimori.acts.models import Act, Delivery, Notice, Obligation, Watch
from sakimori.parties.models import Consent
from sakimori.record import Bound
from sakimori.text import Text
from sakimori.web import founding
from tests.acts.room import note
from tests.support.deployment import REHEARSAL, WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases

REPORTER = viewer("power", "reporter")
RULE = "kyokaho.incident.full"
THING = Bound("trial.thing", fixed("thing"))
TITLE = Text("お知らせ", "A notice")


def start(ctx, **more):
    told = {"bearer": fixed("power"), "about": THING, "begins": date(2026, 11, 20), **more}
    return ctx.start(RULE, **told)


def run(room, kind, *steps, by=REPORTER):
    room.does(kind, lambda ctx, _: [step(ctx) for step in steps] and None)
    return door.perform(kind, {"text": "x"}, by=by)


def tell(role, to="meti", about=THING):
    return lambda ctx: ctx.tell(role, fixed(to), TITLE, about=about)


def waive(what):
    return lambda ctx: ctx.waive(what, "今回は起きない")


def test_a_clock_declared_must_start_or_be_waived(room):
    with pytest.raises(DeclarationError, match="must start"):
        run(room, "trial.clock.run", tell("minister"))
    with pytest.raises(DeclarationError, match="must notify"):
        run(room, "trial.clock.run", start)
    assert (Obligation.objects.count(), Notice.objects.count(), Consent.objects.count()) == (0, 0, 0)
    run(room, "trial.clock.run", start, tell("minister"))
    run(room, "trial.clock.run", waive(RULE), waive("notify:minister"))
    assert (Obligation.objects.count(), Notice.objects.count()) == (1, 1)


def test_what_is_not_declared_cannot_be_done(room):
    with pytest.raises(DeclarationError, match="does not declare that it starts"):
        run(room, "trial.clock.end", start)
    with pytest.raises(DeclarationError, match="does not declare that it notifies"):
        run(room, "trial.clock.end", tell("minister"))
    with pytest.raises(DeclarationError, match="does not declare that it settles"):
        run(room, "trial.note.write", lambda ctx: ctx.settle(RULE, THING.id))
    with pytest.raises(DeclarationError, match="does not declare that it notifies"):
        run(room, "trial.clock.run", start, tell("prime_minister"))


def test_an_obligation_keeps_how_its_day_was_computed(room):
    done = run(
        room, "trial.clock.run", lambda ctx: start(ctx, shown_to=[fixed("meti"), fixed("power")]), tell("minister")
    )
    owed = Obligation.objects.get()
    deadline = law.deadline(RULE, date(2026, 11, 20), on=date(2026, 11, 24))
    assert owed.due_on == deadline.due == date(2026, 12, 21)
    assert owed.derivation == deadline.as_dict()
    assert owed.law_digest == law.book().digest == Act.objects.get(id=done.act).law_digest
    assert (owed.started_by, owed.status, owed.bearer) == (done.act, "open", fixed("power"))
    assert [watch.organisation for watch in Watch.objects.all()] == [fixed("meti")], "not the bearer itself"


def test_who_sees_a_clock(room):
    run(room, "trial.clock.run", lambda ctx: start(ctx, shown_to=[fixed("meti")]), tell("minister"))
    seen = {
        name: [row["mine"] for row in reading.read(viewer(name, role), "acts.obligations")]
        for name, role in (("power", "viewer"), ("meti", "intake"), ("rail", "viewer"), ("mlit", "intake"))
    }
    assert seen == {"power": [True], "meti": [False], "rail": [], "mlit": []}


def test_settled_once_by_a_declared_kind_for_its_bearer_and_thing(room):
    run(room, "trial.clock.run", start, tell("minister"))
    other = Bound("trial.thing", uuid.uuid4())
    run(room, "trial.clock.run", lambda ctx: start(ctx, about=other), waive("notify:minister"))
    run(room, "trial.clock.run", lambda ctx: start(ctx, bearer=fixed("rail")), waive("notify:minister"))
    counts = []

    def settle(ctx):
        counts.append(ctx.settle(RULE, THING.id, bearer=fixed("power"), evidence={"portal": "12"}))

    done = run(room, "trial.clock.end", settle)
    run(room, "trial.clock.end", settle)
    assert counts == [1, 0]
    (settled,) = Obligation.objects.filter(status="settled")
    assert (settled.settled_by, settled.evidence, settled.subject, settled.bearer) == (
        done.act, {"portal": "12"}, THING.id, fixed("power")
    )  # fmt: skip
    assert Obligation.objects.filter(status="open").count() == 2


def test_a_clock_of_one_world_is_not_settled_from_another(room):
    run(room, "trial.clock.run", start, tell("minister"))
    run(room, "trial.clock.end", lambda ctx: ctx.settle(RULE, THING.id), by=viewer("power", "reporter", REHEARSAL))
    assert Obligation.objects.get().status == "open"
    assert reading.read(viewer("power", "viewer", REHEARSAL), "acts.obligations") == []


# --- notices ---


def test_one_notice_an_organisation_and_thing(room):
    other = Bound("trial.thing", uuid.uuid4())
    run(
        room, "trial.notice.give", tell("minister"), tell("minister"), tell("prime_minister", "meti"),
        tell("minister", about=other), tell("minister", "mlit"),
    )  # fmt: skip
    assert sorted((one.addressee, one.subject) for one in Notice.objects.all()) == sorted(
        [(fixed("meti"), THING.id), (fixed("meti"), other.id), (fixed("mlit"), THING.id)]
    )


def test_each_channel_gets_its_delivery(room):
    for channel, address in (("smtp", "a@example.com"), ("webhook", "http://127.0.0.1:1/x")):
        door.perform(
            "parties.subscription.set",
            {"organisation": str(fixed("meti")), "channel": channel, "address": address},
            by=viewer("meti", "administrator"),
        )
    run(room, "trial.notice.give", tell("minister"), waive("notify:prime_minister"))
    assert sorted(Delivery.objects.values_list("channel", "recipient")) == [
        ("smtp", "a@example.com"),
        ("webhook", "http://127.0.0.1:1/x"),
    ]


def test_the_inbox_is_the_addressees_alone_and_opened_once(room):
    run(room, "trial.notice.give", tell("minister"), waive("notify:prime_minister"))
    notice = Notice.objects.get()
    assert [row["id"] for row in reading.read(viewer("meti", "intake"), "acts.inbox")] == [notice.id]
    for stranger in (viewer("mlit", "intake"), viewer("power", "viewer"), viewer("meti", "intake", REHEARSAL)):
        assert reading.read(stranger, "acts.inbox") == []
        with pytest.raises(NotFoundError):
            door.perform("acts.notice.open", {"notice": str(notice.id)}, by=stranger)
    with pytest.raises(NotAuthorisedError):
        reading.read(viewer("meti", "administrator"), "acts.inbox")
    for by in (viewer("meti", "intake"), viewer("meti", "officer")):
        door.perform("acts.notice.open", {"notice": str(notice.id)}, by=by)
    assert Notice.objects.get().opened_by == fixed("meti.intake")
    assert reading.read(viewer("meti", "intake"), "acts.inbox", unopened=True) == []


def test_nobody_unknown_is_told(room):
    with pytest.raises(NotFoundError):
        run(room, "trial.notice.give", tell("minister", "nobody"), waive("notify:prime_minister"))


# --- the system's own acts, and acts that follow acts ---


def test_a_follow_up_names_the_act_that_caused_it(room):
    done = run(room, "trial.note.write", lambda ctx: ctx.follow("trial.self.do", {"text": "then"}))
    followed = Act.objects.get(kind="trial.self.do")
    assert (followed.caused_by, followed.organisation_type, followed.person) == (done.act, "system", None)


def test_a_follow_up_that_fails_undoes_the_act(room):
    room.does("trial.self.do", lambda ctx, _: ctx.get(Consent, uuid.uuid4()) and None)
    before = Act.objects.count()
    with pytest.raises(NotFoundError):
        run(room, "trial.note.write", lambda ctx: ctx.follow("trial.self.do", {}))
    assert (Act.objects.count(), Consent.objects.count()) == (before, 0)


def test_only_the_systems_own_kinds_follow(room):
    with pytest.raises(NotAuthorisedError):
        run(room, "trial.note.write", lambda ctx: ctx.follow("trial.clock.end", {}))


def test_acts_that_follow_each_other_for_ever_are_stopped(room):
    def again(ctx, payload):
        if payload.number:
            ctx.follow("trial.self.do", {"number": payload.number - 1})

    room.does("trial.self.do", again)
    run(room, "trial.note.write", lambda ctx: ctx.follow("trial.self.do", {"number": door.MAX_CHAIN - 1}))
    assert Act.objects.filter(kind="trial.self.do").count() == door.MAX_CHAIN
    with pytest.raises(DeclarationError, match="deep"):
        run(room, "trial.note.write", lambda ctx: ctx.follow("trial.self.do", {"number": door.MAX_CHAIN}))
    assert Act.objects.filter(kind="trial.self.do").count() == door.MAX_CHAIN


def test_the_system_acts_only_by_its_own_kinds_and_names_its_authority(room):
    with pytest.raises(NotAuthorisedError):
        door.perform_system("trial.note.write", {}, world=WORLD, authorised_by=founding.founding_act())
    with pytest.raises(NotAuthorisedError):
        door.perform_system("trial.self.do", {}, world=WORLD, authorised_by=None)
    from sakimori.record import SYSTEM

    with pytest.raises(NotAuthorisedError):
        door.perform("trial.self.do", {}, by=SYSTEM(WORLD))
    with pytest.raises(NotAuthorisedError):
        door.perform("trial.self.do", {}, by=REPORTER)
    done = door.perform_system("trial.self.do", {}, world=WORLD, authorised_by=founding.founding_act())
    assert Act.objects.get(id=done.act).caused_by == founding.founding_act()


def test_a_handler_reaches_only_its_own_world(room):
    made = door.perform("trial.note.write", {"text": "x"}, by=REPORTER)
    notice = run(room, "trial.notice.give", tell("minister"), waive("notify:prime_minister"))
    there = viewer("power", "reporter", REHEARSAL)
    with pytest.raises(NotFoundError):
        run(room, "trial.note.write", lambda ctx: ctx.get(Notice, Notice.objects.get(act=notice.act).id), by=there)
    with pytest.raises(NotFoundError):
        run(room, "trial.note.write",
            lambda ctx: ctx.change(Consent.objects.get(id=made.subject.id), scope="y"), by=there)  # fmt: skip
    kept = run(room, "trial.note.write", lambda ctx: note(ctx, type("P", (), {"text": "z"})), by=there)
    assert Consent.objects.get(id=kept.subject.id).world == REHEARSAL
