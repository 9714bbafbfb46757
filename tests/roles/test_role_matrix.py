"""The role matrix: every act, page and operation × every role × A's, B's and nobody's thing, against the review.

`.venv/bin/python -m tools.role_matrix` writes `docs/role-matrix.csv` anew; the change in it is what a person reviews.
Whatever the review says: no answer is a fault, a stranger gets nothing, B's thing looks like nobody's to whoever may
not know of it, and no text reaches an organisation it is not for.
"""

import uuid
from typing import Any

import pytest

import sakimori.law as law
from sakimori.acts import authority, door, registry
from sakimori.acts.errors import NotAuthorisedError
from sakimori.errors import SakimoriError
from tests.roles import asking, golden
from tests.roles.cast import EVERY_ROLE, EVERY_TYPE, Asked, people
from tests.roles.conftest import Stage, undone
from tests.support.deployment import REHEARSAL, WORLD, fixed

pytestmark = pytest.mark.django_db

STRANGER = "stranger"
_BOTH = pytest.mark.both_databases  # PostgreSQL's second fence knows organisations, not roles: one role of each type


def _everybody() -> list[Any]:
    seen: set[str] = set()
    found = []
    for asked in people():
        found.append(pytest.param(asked, id=str(asked), marks=() if asked.type in seen else (_BOTH,)))
        seen.add(asked.type)
    return [*found, pytest.param(None, id=STRANGER, marks=(_BOTH,))]


def _kinds() -> list[law.ActKind]:
    return [kind for kind in law.kinds() if kind.name in registry.handlers()]


def _at_the_door(kind: law.ActKind, asked: Asked) -> str:
    """Return what the door says to an empty payload: the role is looked at before the payload is."""
    with undone():
        try:
            door.perform(kind.name, {}, by=asked.viewer())
        except NotAuthorisedError:
            return "refused"
        except SakimoriError:
            return "allowed"
        return "allowed"


def _as_second(kind: law.ActKind, asked: Asked) -> str:
    try:
        authority.require(kind, asked.viewer(), confirming=True)
    except NotAuthorisedError:
        return "refused"
    return "allowed"


@pytest.mark.parametrize("organisation_type", EVERY_TYPE)
def test_acts(stage: Stage, organisation_type: str) -> None:
    found: golden.Found = {}
    everybody = [Asked(organisation_type, role) for role in EVERY_ROLE]
    for asked in everybody:
        for kind in _kinds():
            found["act", kind.name, "", str(asked)] = _at_the_door(kind, asked)
            if kind.second_person != "none":
                found["confirm", kind.name, "", str(asked)] = _as_second(kind, asked)
    differences = golden.compare_or_note(found, {str(asked) for asked in everybody}, {"act", "confirm"})
    assert not differences, "\n".join(differences[:40])


@pytest.mark.parametrize("asked", _everybody())
def test_pages_and_api(stage: Stage, asked: Asked | None) -> None:
    who = str(asked or STRANGER)
    clients = {world: asking.client_of(asked, world) for world in (WORLD, REHEARSAL)}
    found: golden.Found = {}
    faults: list[str] = []
    for question in asking.questions(stage):
        answer = asking.ask(clients[question.world], question)
        found[question.part, question.name, question.case, who] = asking.outcome(question, answer)
        if answer.status_code >= 500 and question.name != "GET health":  # 503 is its word for “no worker here”
            faults.append(f"fault: {question} {answer.status_code}")
        if asked is None and not asking.is_public(question) and answer.status_code not in (302, 401, 405):
            faults.append(f"open to strangers: {question} {answer.status_code}")
        faults += _leaks(stage, asked, question, answer.content.decode(errors="replace"))
    faults += _told_apart(stage, found, asked)
    assert not faults, "\n".join(faults[:40])
    differences = golden.compare_or_note(found, {who}, {"page", "api"})
    assert not differences, "\n".join(differences[:40])


def _leaks(stage: Stage, asked: Asked | None, question: asking.Question, body: str) -> list[str]:
    """Texts that reached somebody they are not for (what the question itself names does not count)."""
    organisation = asked.organisation if asked else ""
    return [
        f"leak: {question} shows {secret.text!r} to {organisation or STRANGER}"
        for made in stage.made.values()
        for secret in made.secrets
        if (organisation not in secret.seen_by or (secret.contents and asked and asked.role == "administrator"))
        and secret.text not in question.address
        and secret.text in body
    ]


def _told_apart(stage: Stage, found: golden.Found, asked: Asked | None) -> list[str]:
    """B's things that answer otherwise than things that do not exist, to somebody who may not know of them."""
    organisation = asked.organisation if asked else ""
    hidden = {
        name
        for name, thing in stage.made["B"].ids.items()
        if isinstance(thing, uuid.UUID)
        and not any(s.text == str(thing) and organisation in s.seen_by for s in stage.made["B"].secrets)
    }
    faults = []
    for question in asking.questions(stage):
        named = {name for name in hidden if str(stage.made["B"].ids[name]) in question.address}
        if question.case == "B" and named:
            answers = [
                found.get((question.part, question.name, case, str(asked or STRANGER))) for case in ("B", "nobody")
            ]
            if answers[1] is not None and answers[0] != answers[1]:
                faults.append(f"told apart: {question} {answers[0]} but nobody's {answers[1]}")
    return faults


def test_the_review_names_every_kind_with_a_handler_and_nothing_else(stage: Stage) -> None:
    reviewed = {key[1] for key in golden.read() if key[0] == "act"}
    assert reviewed == {kind.name for kind in _kinds()}


def test_the_door_allows_exactly_what_the_law_lists() -> None:
    """The review against the law's own words, not through the code that decides."""
    reviewed = golden.read()
    for kind in _kinds():
        listed = {(actor.organisation, actor.role) for actor in kind.actors}
        for organisation_type in EVERY_TYPE:
            for role in EVERY_ROLE:
                any_role = role != "administrator"
                may = {(organisation_type, role), ("any", role)} & listed or (
                    any_role and {(organisation_type, "any"), ("any", "any")} & listed
                )
                outcome = reviewed["act", kind.name, "", f"{organisation_type}/{role}"]
                assert (outcome == "allowed") == bool(may), (kind.name, organisation_type, role)


def test_a_page_without_a_thing_fails_the_matrix(stage: Stage) -> None:
    with pytest.raises(asking.NotCoveredError, match="unheard_of"):
        list(asking._cases(stage, "assets", ("unheard_of",), "assets:unheard_of"))


def test_a_leak_is_found(stage: Stage) -> None:
    question = asking.Question("page", "GET x", "B", "GET", "/x/")
    reporter = Asked("operator", "reporter")
    assert _leaks(stage, reporter, question, f"<p>{fixed('rail')}</p>")
    assert not _leaks(stage, reporter, question, f"<p>{fixed('power')}</p>")
