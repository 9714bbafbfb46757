"""Labels flow down only through a release: algebra, ceilings, what is withheld, what may be given and derived."""

import uuid
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori import law
from sakimori.acts import clock, door, labels
from sakimori.acts.context import Context
from sakimori.acts.errors import DeclarationError, LabelError
from sakimori.acts.labels import Ceiling
from sakimori.acts.models import Dispatch, Notice
from sakimori.analysis.models import Assessment
from sakimori.parties.models import Organisation
from sakimori.record import SYSTEM, Bound, open_door
from sakimori.text import Text
from tests.acts.enrolling import enrol_by_system
from tests.support.deployment import REHEARSAL, TODAY, WORLD, fixed, viewer

both = pytest.mark.both_databases

RESTRICTIONS = [
    "selected_information", "party_consent:a", "party_consent:b", "reported_information", "secret",
    "reporter_identity", "private_inventory", "need_to_know:case", "tlp:red", "tlp:green",
]  # fmt: skip
TYPES = ["operator", "ministry", "cabinet_office", "committee", "police", "foreign_government", "council_associate"]
label_maps = st.dictionaries(
    st.sampled_from(["all", "inner", "outer", "unmapped"]), st.lists(st.sampled_from(RESTRICTIONS), max_size=4)
)
ceilings = st.builds(
    Ceiling,
    st.none() | st.just(uuid.UUID(int=1)),
    st.frozensets(st.sampled_from(TYPES), max_size=2),
    st.frozensets(st.sampled_from(RESTRICTIONS), max_size=3),
)
owners = st.none() | st.just(uuid.UUID(int=1)) | st.just(uuid.UUID(int=2))
GROUPS = {"inner": ("a", "b"), "outer": ("c",)}


# --- the algebra ---


@given(label_maps, label_maps, label_maps)
def test_union_is_idempotent_commutative_associative_and_monotone(one, two, three):
    joined = labels.union(one, two)
    assert joined == labels.union(two, one) == labels.union(joined, joined) == labels.union(joined, one)
    assert labels.union(joined, three) == labels.union(one, labels.union(two, three))
    for part in (one, two):
        assert all(set(restrictions) <= set(joined[group]) for group, restrictions in part.items())


@given(label_maps, st.lists(st.sampled_from([*RESTRICTIONS, "party_consent", "need_to_know"]), max_size=4))
def test_releasing_removes_exactly_what_is_released(one, released):
    left = labels.without(one, released)

    def gone(label):
        return label in released or label.partition(":")[0] in released

    for group, restrictions in one.items():
        assert set(left.get(group, [])) == {label for label in restrictions if not gone(label)}
    assert labels.without(left, released) == left
    assert all(left.values()), "an empty group is dropped"


@given(
    label_maps, owners, ceilings, st.frozensets(st.sampled_from(TYPES)), st.frozensets(st.sampled_from(RESTRICTIONS))
)
def test_a_lower_ceiling_never_shows_more(restrictions, owner, low, more_types, more_cleared):
    high = Ceiling(low.organisation, low.types | more_types, low.cleared | more_cleared)
    row = {"id": 1, "a": "A", "b": "B", "c": "C", "d": "D", "labels": restrictions, "owner": owner, "about": 2}
    shown_low, shown_high = labels.withhold(row, GROUPS, low), labels.withhold(row, GROUPS, high)
    for name in ("a", "b", "c", "d"):
        assert shown_low[name] is None or shown_low[name] == shown_high[name]
    assert set(shown_high["withheld"]) <= set(shown_low["withheld"])
    assert not {"labels", "owner", "about"} & (set(shown_low) | set(shown_high))


@given(label_maps, owners, ceilings)
def test_what_may_be_given_is_what_is_not_withheld(restrictions, owner, ceiling):
    row = {"id": 1, "a": "A", "b": "B", "c": "C", "d": "D", "labels": restrictions, "owner": owner}
    withheld = labels.withhold(row, GROUPS, ceiling)["withheld"]
    if not withheld:
        labels.require(ceiling, restrictions, owner, Text("相手", "them"))
        return
    with pytest.raises(LabelError):
        labels.require(ceiling, restrictions, owner, Text("相手", "them"))


# --- ceilings ---


@pytest.mark.parametrize("label", [key for key in RESTRICTIONS if ":" not in key or key.startswith("tlp:")])
@pytest.mark.parametrize("kind", TYPES)
def test_every_restriction_has_its_ceiling_from_the_law(label, kind):
    ceiling = Ceiling(None, frozenset({kind}), frozenset())
    assert (ceiling.lacks([label], None) is None) == (kind in law.restriction(label).ceilings)


def test_a_parameter_must_be_cleared_to_the_letter():
    ceiling = Ceiling(None, frozenset({"cabinet_office"}), frozenset({"party_consent:a"}))
    assert ceiling.lacks(["party_consent:a"], None) is None
    assert ceiling.lacks(["party_consent:b"], None) == "party_consent:b"
    assert ceiling.lacks(["party_consent"], None) == "party_consent"


def test_its_own_information_binds_nobody_and_nobodys_is_not_owned():
    mine = uuid.uuid4()
    ceiling = Ceiling(mine, frozenset(), frozenset())
    assert ceiling.lacks(["secret"], mine) is None
    assert ceiling.lacks(["secret"], uuid.uuid4()) == "secret"
    assert ceiling.lacks(["secret"], None) == "secret"
    assert Ceiling(None, frozenset(), frozenset()).lacks(["secret"], None) == "secret"


def test_an_unknown_restriction_is_never_let_through():
    with pytest.raises(law.UnknownRestrictionError):
        Ceiling(None, frozenset(TYPES), frozenset()).lacks(["invented"], None)


def _clear(restriction, valid_from, until=None):
    enrol_by_system(
        {"thing": "clearance", "organisation": str(fixed("police")), "restriction": restriction, "basis": "試験",
         "valid_from": valid_from, "valid_until": until}
    )  # fmt: skip


def _lacks(label, world=WORLD):
    return labels.ceiling_of(Organisation.objects.get(id=fixed("police")), world).lacks([label], None)


@both
def test_a_clearance_counts_from_its_first_to_its_last_day(parties, later):
    assert _lacks("selected_information")
    _clear("selected_information", "2026-11-25", "2026-11-26")
    seen = []
    for day in range(4):
        later(day)
        seen.append(_lacks("selected_information") is None)
    assert seen == [False, True, True, False]


@both
def test_a_clearance_is_of_one_organisation_one_parameter_and_the_base_world(parties):
    _clear("need_to_know:one", TODAY)
    assert _lacks("need_to_know:one") is None
    assert _lacks("need_to_know:one", REHEARSAL) is None
    assert _lacks("need_to_know:two")
    rail = labels.ceiling_of(Organisation.objects.get(id=fixed("rail")), WORLD)
    assert rail.lacks(["need_to_know:one"], None)


@both
def test_an_administrator_is_cleared_for_nothing_even_its_own(parties):
    ceiling = labels.ceiling_of_viewer(viewer("meti", "administrator"))
    assert ceiling.lacks(["reported_information"], fixed("meti")) == "reported_information"
    assert labels.ceiling_of_viewer(viewer("meti", "officer")).lacks(["reported_information"], None) is None
    assert labels.ceiling_of_viewer(SYSTEM(WORLD)).lacks(["tlp:clear"], None) == "tlp:clear"


# --- withholding ---


def test_a_group_that_maps_to_no_field_hides_the_whole_row():
    row = {"id": 1, "a": "A", "c": "C", "labels": {"forgotten": ["secret"]}, "owner": None}
    shown = labels.withhold(row, GROUPS, Ceiling(None, frozenset({"operator"}), frozenset()))
    assert shown == {"id": 1, "a": None, "c": None, "withheld": {"forgotten": law.restriction("secret").article}}


def test_only_the_group_above_the_ceiling_is_withheld():
    row = {"id": 1, "a": "A", "b": "B", "c": "C", "labels": {"inner": ["secret"], "outer": ["tlp:clear"]}}
    shown = labels.withhold(row, GROUPS, Ceiling(None, frozenset({"operator"}), frozenset()))
    assert shown == {"id": 1, "a": None, "b": None, "c": "C", "withheld": {"inner": "強化法44(1)"}}


# --- what an act makes of them ---


def assessment(ctx, **more):
    told = {"minister": fixed("meti"), "title": "t", "text": "x", "provided_at": ctx.now, "provided_by": ctx.act}
    return ctx.create(Assessment, **{**told, **more})


def source(restrictions, owner=None, group="inner"):
    return SimpleNamespace(labels={group: restrictions}, owner=owner)


def context(kind, by):
    now = clock.now(by.world)
    return Context(law.kind(kind), by, uuid.uuid4(), clock.world(by.world), now, now)


def done(room, kind, by, run):
    """Perform an act whose handler keeps what `run` made; return it."""
    kept = []

    def handler(ctx, payload):
        kept.append(run(ctx))
        return Bound("trial.thing", uuid.uuid4())

    room.does(kind, handler)
    door.perform(kind, {}, by=by)
    return kept[0]


@both
def test_a_record_carries_what_its_kind_declares_and_whose_it_is(room):
    made = done(room, "trial.secret.keep", viewer("meti", "officer"), assessment)
    stored = Assessment.objects.get(id=made.id)
    assert stored.labels == {"inner": ["secret"]}
    assert stored.owner == fixed("meti")


@both
def test_derived_data_carries_the_union_less_what_the_kind_releases(room):
    sources = [source(["reported_information", "tlp:amber"]), source(["secret", "reported_information"], group="other")]
    kept = done(room, "trial.secret.keep", viewer("meti", "officer"), lambda ctx: assessment(ctx, derived_from=sources))
    assert kept.labels == {"all": ["reported_information", "secret", "tlp:amber"], "inner": ["secret"]}
    released = done(
        room, "trial.release.make", viewer("meti", "decider"), lambda ctx: assessment(ctx, derived_from=sources)
    )
    assert released.labels == {"all": ["secret", "tlp:amber"]}


@both
def test_many_records_carry_them_too(room):
    row = {
        "minister": fixed("meti"),
        "title": "t",
        "text": "x",
        "provided_by": uuid.uuid4(),
        "provided_at": clock.wall(),
    }
    count = done(
        room, "trial.secret.keep", viewer("meti", "officer"), lambda ctx: ctx.create_many(Assessment, [row] * 3, size=2)
    )
    assert count == 3
    assert [(one.labels, one.owner) for one in Assessment.objects.all()] == [({"inner": ["secret"]}, fixed("meti"))] * 3


@both
def test_nobody_derives_from_what_it_may_not_be_given(room):
    for label in ("selected_information", "need_to_know:x", "private_inventory"):
        with pytest.raises(LabelError) as refused:
            done(
                room, "trial.secret.keep", viewer("meti", "officer"),
                lambda ctx, label=label: assessment(ctx, derived_from=[source([label])]),
            )  # fmt: skip
        assert refused.value.article == law.restriction(label.partition(":")[0]).article
    assert Assessment.objects.count() == 0


@both
def test_a_label_leaves_only_by_a_release(room):
    made = done(
        room, "trial.secret.keep", viewer("meti", "officer"),
        lambda ctx: assessment(ctx, derived_from=[source(["reported_information"])]),
    )  # fmt: skip
    for lost in ({}, {"inner": ["secret"]}, {"all": ["reported_information"]}):
        with pytest.raises(DeclarationError, match="releases"):
            done(
                room, "trial.secret.keep", viewer("meti", "officer"),
                lambda ctx, lost=lost: ctx.change(ctx.get(Assessment, made.id), labels=lost),
            )  # fmt: skip
    grown = {"all": ["reported_information", "secret"], "inner": ["secret"]}
    done(room, "trial.secret.keep", viewer("meti", "officer"),
         lambda ctx: ctx.change(ctx.get(Assessment, made.id), labels=grown))  # fmt: skip
    less = {"all": ["secret"], "inner": ["secret"]}
    done(room, "trial.release.make", viewer("meti", "decider"),
         lambda ctx: ctx.change(ctx.get(Assessment, made.id), labels=less))  # fmt: skip
    assert Assessment.objects.get(id=made.id).labels == {"all": ["secret"], "inner": ["secret"]}


@both
def test_whose_information_it_is_never_changes(room):
    made = done(room, "trial.secret.keep", viewer("meti", "officer"), assessment)
    with pytest.raises(DeclarationError, match="whose information"):
        done(room, "trial.secret.keep", viewer("meti", "officer"),
             lambda ctx: ctx.change(ctx.get(Assessment, made.id), owner=fixed("police")))  # fmt: skip


@both
def test_giving_above_a_ceiling_is_refused_with_the_article(room):
    record = source(["reported_information"], owner=fixed("power"))

    def tell(ctx, _):
        ctx.waive("notify:prime_minister", "試験")
        about = Bound("trial.thing", uuid.uuid4())
        ctx.tell("minister", fixed("police"), Text("題", "title"), about=about, derived_from=[record])

    room.does("trial.notice.give", tell)
    with pytest.raises(LabelError) as refused:
        door.perform("trial.notice.give", {}, by=viewer("power", "reporter"))
    assert refused.value.article == "強化法8(1)"
    assert refused.value.where == "inner"
    room.does("trial.letter.send", lambda ctx, _: ctx.send(fixed("vendor"), carrying=[record]) and None)
    with pytest.raises(LabelError):
        door.perform("trial.letter.send", {}, by=viewer("power", "reporter"))
    assert (Notice.objects.count(), Dispatch.objects.count()) == (0, 0)
    room.does("trial.letter.send", lambda ctx, _: ctx.send(fixed("meti"), carrying=[record]) and None)
    door.perform("trial.letter.send", {}, by=viewer("power", "reporter"))
    assert Dispatch.objects.count() == 1


# --- reports are never used for sanctions (強化法8) ---


@both
@pytest.mark.parametrize("kind", ["plans.order.make", "plans.later_order.make"])
def test_a_sanction_never_rests_on_a_report(parties, kind):
    ctx = context(kind, viewer("meti", "decider"))
    with open_door("test"):
        for group in ("items", "all"):
            with pytest.raises(LabelError, match="cannot be the ground") as refused:
                assessment(ctx, derived_from=[source(["secret"]), source(["reported_information"], group=group)])
            assert (refused.value.code, refused.value.article) == ("act.purpose", "強化法8(1)")
        assert assessment(ctx, derived_from=[source(["secret"])]).labels == {"all": ["secret"]}
        # Not even the reporter's own: who reported must not come to regret it.
        with pytest.raises(LabelError):
            assessment(ctx, derived_from=[source(["reported_information"], owner=fixed("meti"))])


@both
def test_the_label_passes_through_what_was_derived_in_between(parties):
    with open_door("test"):
        first = context("plans.recommendation.make", viewer("meti", "decider"))
        step = assessment(first, derived_from=[source(["reported_information"])])
        with pytest.raises(LabelError, match="cannot be the ground"):
            assessment(context("plans.order.make", viewer("meti", "decider")), derived_from=[step])


def test_an_order_to_notify_or_to_correct_a_report_is_no_sanction():
    """強化法6: it enforces the duty itself, and correcting a report needs the report."""
    assert {kind.name for kind in law.kinds() if kind.purpose} == {"plans.order.make", "plans.later_order.make"}
    assert law.kind("incidents.order.issue").purpose is None
    labels.require_purpose(law.kind("incidents.order.issue"), {"items": ["reported_information"]})
    with pytest.raises(LabelError):
        labels.require_purpose(
            replace(law.kind("incidents.order.issue"), purpose="sanction"), {"items": ["reported_information"]}
        )
