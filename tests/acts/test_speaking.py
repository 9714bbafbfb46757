"""Who may speak as whom from another deployment: every kind that travels, said by every sort of organisation.

A peer's signature proves which deployment speaks. What its organisations may say is the law book's, and whom a minister
may say it to is the register's: anything else is answered with a refusal, kept, and changes nothing.
"""

import uuid

import pytest
from django.core.checks import run_checks

from sakimori import law
from sakimori.acts import envelopes, registry
from sakimori.acts.models import Act, Notice, Obligation, Received
from sakimori.assets.models import Matter, Reminder
from sakimori.law.kinds import ORGANISATIONS
from sakimori.parties.models import Designation
from sakimori.record import open_door
from sakimori.warnings.models import Received as Warned
from tests.acts.foreign import Foreign
from tests.support.deployment import fixed

pytestmark = pytest.mark.both_databases

TYPES = sorted(ORGANISATIONS - {"any", "system"})
HERE = ("power", "rail", "meti", "bureau", "cabinet", "committee", "ppc", "police", "vendor")
TO = ("power", "meti", "committee")
IN_THE_NAME_OF = {
    "assets.vendor.recall": {"operator"},
    "assets.vendor.send": {"operator"},
    "assets.vendor.urge": {"operator"},
    "custody.notice.send": {"cabinet_office"},
    "oversight.decision.send": {"committee"},
    "warnings.delivery.send": {"ministry", "cabinet_office"},
}
"""For whom the system speaks to other deployments, written here a second time: a wider list is a decision."""
OF_A_MINISTER = (
    "assets.correction.ask",
    "assets.guidance.give",
    "assets.material.demand",
    "assets.order.issue",
    "assets.question.ask",
    "assets.reminder.send",
    "warnings.delivery.send",
)
"""What a minister says only to an operator of his own (強化法2条3項, 6条, 9条, 10条, 40条1項)."""


def changed():
    """Return how much there is of whatever an arrival could have made."""
    taken_in = Act.objects.filter(kind__in=registry.receivers().values()).count()
    return [taken_in, *(table.objects.count() for table in (Notice, Obligation, Matter, Reminder, Warned))]


def admitted(kind):
    """Return the types of organisation that the law book gives an act to: a second time, apart from the door's."""
    if kind.system:
        return set(kind.speaks_for)
    return {actor.organisation for actor in kind.actors} | {actor.organisation for actor in kind.second_actors}


def test_for_whom_the_system_speaks_is_what_was_decided():
    found = {name: set(law.kind(name).speaks_for) for name in registry.receivers() if law.kind(name).system}
    assert found == IN_THE_NAME_OF
    assert not [kind.name for kind in law.kinds() if kind.speaks_for and kind.name not in found]


@pytest.mark.parametrize("name", sorted(registry.receivers()))
def test_no_organisation_says_what_the_law_does_not_give_it(parties, name):
    north, kind = Foreign(), law.kind(name)
    hosted = {one: north.host(one) for one in TYPES}
    for operator in ("power", "rail"):
        north.supervise(fixed(operator), hosted["ministry"])
    before = changed()
    for sort in set(hosted) - admitted(kind):
        for addressee in TO:
            said = north.hear(name, {"operator": str(fixed(addressee))}, hosted[sort], fixed(addressee))
            assert said == "envelope.actor", (sort, addressee)
    assert changed() == before
    refused = Received.objects.filter(kind=name)
    assert refused.count() == len(set(hosted) - admitted(kind)) * len(TO)
    assert not refused.exclude(effect=None).exists()
    for answer in refused.values_list("acknowledgement", flat=True):
        assert answer["reason"]["ja"]
        assert answer["reason"]["en"]
    for sort in admitted(kind):
        for addressee in TO:
            said = north.hear(name, {"operator": str(fixed(addressee))}, hosted[sort], fixed(addressee))
            assert said not in ("envelope.actor", "envelope.sender"), (sort, addressee)


@pytest.mark.parametrize("name", sorted(registry.receivers()))
def test_nobody_speaks_as_an_organisation_of_another_deployment(parties, name):
    north, kind = Foreign(), law.kind(name)
    before = changed()
    for sender in (*(fixed(one) for one in HERE), uuid.uuid4()):
        assert north.hear(name, {}, sender, fixed("power")) == "envelope.sender"
        stand_in = {"organisation": str(north.operator), "on_behalf_of": str(sender)}
        assert north.hear(name, {"issuer": str(sender)}, sender, fixed("power"), actor=stand_in) == "envelope.sender"
    nobody = {"organisation": None, "on_behalf_of": None}
    for payload in ({"issuer": None}, {"issuer": 5}, {"issuer": [str(north.operator)]}):
        assert north.hear(name, payload, north.operator, fixed("power"), actor=nobody) == "envelope.sender", kind
    assert changed() == before


@pytest.mark.parametrize("name", OF_A_MINISTER)
@pytest.mark.parametrize("designated", [None, "withdrawn", "rail"])
def test_a_minister_speaks_to_his_own_operators_only(parties, name, designated):
    """No designation, one that was withdrawn, one of another operator: each gives no power over this one."""
    north = Foreign()
    if designated == "rail":
        north.supervise(fixed("rail"))
    elif designated:
        north.supervise(fixed("power"))
        with open_door("test"):
            Designation.objects.filter(minister=north.ministry).update(withdrawn_on="2026-11-24")
    before = changed()
    assert north.hear(name, {"operator": str(fixed("power"))}, north.ministry, fixed("power")) == "envelope.competence"
    assert changed() == before
    north.supervise(fixed("power"))
    assert north.hear(name, {"text": 5}, north.ministry, fixed("power")) != "envelope.competence"


def test_what_a_minister_may_say_to_anybody_rests_on_the_receivers_own_record():
    """Whoever lets a further kind pass without a designation says here why: its receiver looks for the record."""
    spared = {kind.name for kind in law.kinds() if kind.competence == "record" and kind.name in registry.receivers()}
    assert spared == {
        "assets.matter.close",
        "assets.matter.remind",
        "assets.order.withdraw",
        "incidents.question.ask",
        "incidents.report.open",
    }


def test_a_kind_without_anybody_to_say_it_is_refused_at_the_start_and_at_the_door(room, monkeypatch):
    """A new kind that travels falls under the rule by itself: the system's own acts speak for nobody unless told."""
    assert not [one for one in run_checks() if one.id == "acts.E005"]
    monkeypatch.setitem(registry.receivers(), "trial.self.do", "trial.letter.receive")
    (fault,) = [one for one in run_checks() if one.id == "acts.E005"]
    assert "trial.self.do" in fault.msg
    assert envelopes.senders(law.kind("trial.self.do")) == frozenset()
    north = Foreign()
    for sender in (north.operator, north.ministry):
        assert north.hear("trial.self.do", {}, sender, fixed("power")) == "envelope.actor"


def test_a_minister_s_order_arrives_where_he_is_competent(parties):
    north = Foreign()
    north.supervise(fixed("power"))
    ordered = {
        "operator": str(fixed("power")), "filing": None, "facility_category": "", "text": "届け出ること。", "rows": [],
        "what": "notify", "limit": "2027-01-31", "reasons": "届出がない。", "remedies": "（官署の文言）",
        "hearing": {"way": "not_held", "why_not": "急を要する。"},
    }  # fmt: skip
    assert north.hear("assets.order.issue", ordered, north.ministry, fixed("power")) == "accepted"
    found = Matter.objects.get(addressee=fixed("power"))
    assert (found.giver, found.sort, found.status) == (north.ministry, "order", "open")
    assert found.content["text"] == "届け出ること。"
