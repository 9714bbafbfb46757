"""Whatever people do, in whatever order: no act without authority, every act one leaf, every duty settled once."""

import json
import shutil
import uuid
from contextlib import suppress
from datetime import date

import pytest
from django.conf import settings as live
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from sakimori import law, proofs
from sakimori.acts import authority, door, proposals, sequencer
from sakimori.acts.errors import RefusedError
from sakimori.acts.models import Act, ActContent, Leaf, Obligation, Proposal
from sakimori.record import Bound
from tests.acts import room as trial_room
from tests.support.deployment import REHEARSAL, WORLD, viewer

pytestmark = pytest.mark.both_databases

RULE = "kyokaho.incident.full"
PEOPLE = [
    viewer(organisation, role, world)
    for organisation, role in (("power", "reporter"), ("power", "approver"), ("power", "viewer"),
                               ("rail", "reporter"), ("rail", "approver"), ("meti", "officer"))
    for world in (WORLD, REHEARSAL)
]  # fmt: skip
people = st.sampled_from(PEOPLE)
keys = st.sampled_from(["", "", "k1", "k2"])


class Doings(RuleBasedStateMachine):
    """Several people of three organisations and two worlds perform, propose, confirm, refuse, owe and settle."""

    made = Bundle("made")
    owed = Bundle("owed")

    @initialize()
    def install(self):
        room = trial_room.install(self.put)
        room.does("trial.clock.run", self.start)
        room.does("trial.clock.end", self.settle)
        self.first = Act.objects.count()
        self.accepted = []

    def start(self, ctx, payload):
        thing = Bound("trial.thing", uuid.UUID(payload.text))
        ctx.start(RULE, bearer=ctx.actor.acting_organisation, about=thing, begins=date(2026, 11, 20))
        ctx.waive("notify:minister", "試験")
        return thing

    def settle(self, ctx, payload):
        ctx.settle(RULE, uuid.UUID(payload.text), bearer=ctx.actor.acting_organisation)
        return Bound("trial.thing", uuid.UUID(payload.text))

    def attempt(self, act):
        with suppress(RefusedError):
            done = act()
            self.accepted.append(done.act)

    @rule(by=people, text=st.sampled_from("ab"), key=keys)
    def perform(self, by, text, key):
        self.attempt(lambda: door.perform("trial.note.write", {"text": text}, by=by, idempotency_key=key))

    @rule(by=people)
    def skip_the_second_person(self, by):
        with suppress(RefusedError):
            door.perform("trial.two.do", {"text": "alone"}, by=by)
            raise AssertionError("an act of two was done by one")

    @rule(target=made, by=people, kind=st.sampled_from(["trial.two.do", "trial.later.do"]), key=keys)
    def propose(self, by, kind, key):
        with suppress(RefusedError):
            return proposals.propose(kind, {"text": "p"}, by=by, idempotency_key=key).id
        return multiple()

    @rule(proposal=made, by=people, key=keys)
    def confirm(self, proposal, by, key):
        self.attempt(lambda: proposals.confirm(proposal, by=by, idempotency_key=key))

    @rule(proposal=made, by=people)
    def refuse(self, proposal, by):
        with suppress(RefusedError):
            proposals.refuse(proposal, "いや", by=by)

    @rule(target=owed, by=people)
    def begin_a_duty(self, by):
        thing = str(uuid.uuid4())
        self.attempt(lambda: door.perform("trial.clock.run", {"text": thing}, by=by))
        return thing

    @rule(thing=owed, by=people)
    def fulfil_a_duty(self, thing, by):
        self.attempt(lambda: door.perform("trial.clock.end", {"text": thing}, by=by))

    @rule()
    def sequence(self):
        sequencer.drain()

    @invariant()
    def every_act_has_its_leaf_content_and_receipt(self):
        acts = list(Act.objects.order_by("number")[self.first :])
        leaves = {leaf.of: leaf for leaf in Leaf.objects.filter(what="act")}
        contents = {one.id: one for one in ActContent.objects.all()}
        for act in acts:
            content = contents[act.id]
            assert proofs.commit(bytes(content.content), bytes(content.salt)) == bytes(leaves[act.id].commitment)
            assert act.receipt["commitment"] == act.commitment == bytes(leaves[act.id].commitment).hex()
            assert json.loads(bytes(content.content))["kind"] == act.kind
        assert len(leaves) == Act.objects.count()
        placed = [leaf.position for leaf in leaves.values() if leaf.position is not None]
        assert len(placed) == len(set(placed))

    @invariant()
    def no_accepted_act_is_lost(self):
        assert set(self.accepted) <= set(Act.objects.values_list("id", flat=True))

    @invariant()
    def no_act_is_without_authority(self):
        for act in Act.objects.order_by("number")[self.first :]:
            kind = law.kind(act.kind)
            if act.organisation_type == "system":
                assert kind.system
                assert act.caused_by
                continue
            assert authority.allowed_by_role(kind, act.organisation_type, act.role, confirming=act.proposal is not None)
            assert (act.proposal is not None) == (kind.second_person != "none")
            assert act.proposal is None or act.proposed_by not in (None, act.person)
            assert act.world == REHEARSAL or law.in_force(kind.in_force_by, act.recorded_at.date())

    @invariant()
    def a_proposal_ends_once(self):
        for one in Proposal.objects.all():
            done = Act.objects.filter(proposal=one.id)
            assert done.count() == (one.status == "confirmed")
            assert [act.id for act in done] == ([one.act] if one.act else [])
            assert [act.world for act in done] in ([], [one.world])
            assert (one.settled_by is None) == (one.status == "open")

    @invariant()
    def a_duty_is_settled_once_by_its_bearer(self):
        for duty in Obligation.objects.all():
            by = Act.objects.filter(id=duty.settled_by or uuid.UUID(int=0)).first()
            assert (by is not None) == (duty.status == "settled")
            if by is not None:
                assert (by.kind, by.world, by.organisation) == ("trial.clock.end", duty.world, duty.bearer)
                first = Act.objects.filter(
                    kind=by.kind, subject=duty.subject, world=duty.world, organisation=duty.bearer
                )
                assert first.order_by("number").first().id == by.id


@pytest.mark.slow
def test_whatever_people_do(parties, monkeypatch):
    class Undone(Doings):
        """Each run of the machine is undone before the next."""

        def __init__(self):
            super().__init__()
            self.put = monkeypatch.setitem
            self.point = transaction.savepoint()

        def teardown(self):
            transaction.savepoint_rollback(self.point)
            shutil.rmtree(live.SAKIMORI_LOG, ignore_errors=True)

    run_state_machine_as_test(
        Undone,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
