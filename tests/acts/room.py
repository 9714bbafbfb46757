"""A room of the tests' own: act kinds read from YAML as the law's are, and handlers that do as a test tells them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from pydantic import Field

from sakimori import law
from sakimori.acts import registry
from sakimori.law.kinds import read_kinds
from sakimori.parties.models import Consent
from sakimori.record import Bound, Handler, Payload
from tests.support.deployment import fixed

KINDS = """
room: trial
defaults: {known_since: 2026-11-20, source: HOUSE, confidence: certain, basis: [house]}
kinds:
  - {name: trial.note.write, title: {ja: 覚書, en: Note}, actors: [operator/reporter, operator/approver], token: true}
  - {name: trial.two.do, title: {ja: 二人, en: Two}, actors: [operator/reporter, operator/approver], token: true,
     second_person: house, second_actors: [operator/approver], proposal_rule: house.proposal.expiry}
  - {name: trial.mandate.do, title: {ja: 代理, en: Mandate}, second_person: house, proposal_rule: house.proposal.expiry,
     actors: [operator/reporter, operator/approver, vendor/vendor_contact, sector_body/liaison]}
  - {name: trial.checked.do, title: {ja: 前提付き, en: Checked}, actors: [operator/reporter],
     second_person: law, second_actors: [operator/approver], proposal_rule: house.proposal.expiry,
     predicates: [trial_holds]}
  - {name: trial.once.do, title: {ja: 一度だけ, en: Once}, actors: [operator/reporter], predicates: [trial_holds]}
  - {name: trial.later.do, title: {ja: 未施行, en: Later}, actors: [operator/reporter], basis: [強化法17],
     second_person: house, second_actors: [operator/approver], proposal_rule: house.proposal.expiry}
  - {name: trial.clock.run, title: {ja: 期限, en: Clock}, actors: [operator/reporter],
     starts: [{rule: kyokaho.incident.full, bearer: actor, from: aware_on}],
     notifies: [{to: minister, within: promptly, basis: 強化法5}],
     settles: [kyokaho.incident.full]}
  - {name: trial.clock.end, title: {ja: 終期, en: Clock end}, actors: [operator/reporter],
     settles: [kyokaho.incident.full]}
  - {name: trial.notice.give, title: {ja: 連絡, en: Notice}, actors: [operator/reporter],
     notifies: [{to: minister, within: promptly, basis: 強化法5},
                {to: prime_minister, within: promptly, basis: 強化法5}]}
  - {name: trial.self.do, title: {ja: 自動, en: By itself}, actors: [system/system], system: true}
  - {name: trial.bulk.take, title: {ja: 束, en: Bulk}, actors: [operator/reporter, operator/approver],
     bulk: true}
  - {name: trial.bulk.two, title: {ja: 二人の束, en: Bulk of two}, actors: [operator/reporter, operator/approver],
     bulk: true, second_person: house, second_actors: [operator/approver], proposal_rule: house.proposal.expiry}
  - {name: trial.secret.keep, title: {ja: 秘密, en: Secret}, actors: [ministry/officer, cabinet_office/analyst,
     operator/reporter], restricts: {inner: [secret]}}
  - {name: trial.release.make, title: {ja: 解除, en: Release}, actors: [ministry/decider, cabinet_office/decider],
     releases: [reported_information]}
  - {name: trial.letter.send, title: {ja: 送付, en: Letter}, actors: [operator/reporter, operator/approver]}
  - {name: trial.word.send, title: {ja: 伝言, en: Word}, actors: [system/system], system: true,
     speaks_for: [ministry, operator], competence: record}
  - {name: trial.letter.receive, title: {ja: 受領, en: Letter received}, actors: [system/system], system: true}
  - {name: trial.letter.arrive, title: {ja: 到達, en: Letter arrived}, actors: [system/system], system: true}
"""


class Trial(Payload):
    """What the acts of this room take in."""

    text: str = ""
    number: int = 0
    given: dict[str, Any] = Field(default_factory=dict)
    attachments: list[str] = Field(default_factory=list)


class Received(Payload):
    """What the act takes in that a letter sets off at its addressee."""

    envelope: uuid.UUID
    sender: uuid.UUID | None
    addressee: uuid.UUID
    document: dict[str, Any]


class Arrived(Payload):
    """What the act takes in that an acknowledgement sets off at the sender."""

    dispatch: uuid.UUID
    accepted: bool


_PAYLOADS: dict[str, type[Payload]] = {"trial.letter.receive": Received, "trial.letter.arrive": Arrived}


@dataclass
class Room:
    """The room installed: `does` says what a kind's handler does, `holds` what the predicate answers."""

    put: Callable[[dict[str, Any], str, Any], None]
    runs: list[tuple[str, Any]] = field(default_factory=list)

    def does(self, kind: str, run: Callable[[Any, Any], Bound | None]) -> None:
        """Let a kind's handler do this; a consent is recorded where it returns nothing."""

        def handler(ctx: Any, payload: Any) -> Bound:
            self.runs.append((kind, payload))
            return run(ctx, payload) or note(ctx, payload)

        self.put(registry.handlers(), kind, Handler(_PAYLOADS.get(kind, Trial), handler))

    def holds(self, predicate: Callable[[Any, Any], Any]) -> None:
        """Let the predicate `trial_holds` answer this."""
        self.put(registry.predicates(), "trial_holds", predicate)


def note(ctx: Any, payload: Any) -> Bound:
    """Record what was said as a consent: the plainest record there is."""
    kept = ctx.create(
        Consent,
        organisation_id=ctx.actor.organisation or fixed("power"),
        matter=getattr(payload, "text", "")[:60],
        given_on=ctx.today,
    )
    return Bound("trial.note", kept.id)


def install(put: Callable[[dict[str, Any], str, Any], None] = dict.__setitem__) -> Room:
    """Put the room's kinds beside the law's and its handlers beside the rooms'."""
    room = Room(put)
    for kind in read_kinds(yaml.safe_load(KINDS), "kinds/trial.yaml"):
        put(law.book().kind_versions, kind.name, (kind,))  # type: ignore[arg-type]
        room.does(kind.name, lambda *_: None)
    room.holds(lambda *_: None)
    put(registry.receivers(), "trial.letter.send", "trial.letter.receive")
    put(registry.receivers(), "trial.word.send", "trial.letter.receive")
    put(registry.arrivals(), "trial.letter.send", "trial.letter.arrive")
    return room
