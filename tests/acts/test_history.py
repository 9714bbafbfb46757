"""Stored acts are never rewritten: what was ever released still loads, and reads in today's form."""

import json
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from sakimori import law
from sakimori.acts import checks, door, entering, history, registry
from sakimori.acts.errors import DeclarationError, NotFoundError
from sakimori.acts.models import ActContent
from sakimori.record import Handler
from tests.support.deployment import WORLD, viewer

STORED = Path(__file__).parent / "stored"


def released():
    """Return every version of every kind that a room here performs."""
    return [(name, kind.version) for name in sorted(registry.handlers()) for kind in law.book().kind_versions[name]]


@pytest.mark.parametrize(("name", "version"), released() if settings.configured else [])
def test_a_stored_act_of_every_version_ever_released_still_reads(name, version):
    path = STORED / f"{name}.v{version}.json"
    assert path.exists(), "no stored act: run `.venv/bin/python -m tools.stored_acts` and commit what it adds"
    document = json.loads(path.read_bytes())
    assert (document["kind"], document["kind_version"]) == (name, version)
    read = history.present(document)
    kind = law.kind(name)
    assert read["kind_version"] == kind.version
    entering.parse(kind, registry.handler(kind), read["payload"])
    assert {part: read[part] for part in read if part not in ("payload", "kind_version")} == {
        part: document[part] for part in document if part not in ("payload", "kind_version")
    }


def test_nothing_is_stored_that_was_never_released():
    known = {f"{name}.v{kind.version}.json" for name, kinds in law.book().kind_versions.items() for kind in kinds}
    assert {path.name for path in STORED.glob("*.json")} <= known


@pytest.fixture
def third(room, monkeypatch):
    """The note's kind at version 3: `text` became `words`, then a list of them."""
    (first,) = law.book().kind_versions["trial.note.write"]
    versions = tuple(replace(first, version=version) for version in (1, 2, 3))
    done = door.perform("trial.note.write", {"text": "古い 言葉"}, by=viewer("power", "reporter"))
    monkeypatch.setitem(law.book().kind_versions, "trial.note.write", versions)

    def install(upcasts):
        handler = registry.handlers()["trial.note.write"]
        monkeypatch.setitem(
            registry.handlers(), "trial.note.write", Handler(handler.payload, handler.run, upcasts=upcasts)
        )
        return done

    return install


STEPS = {
    1: lambda payload: {"words": payload.pop("text"), **payload},
    2: lambda payload: {**payload, "words": payload["words"].split()},
}


def test_an_old_act_is_read_in_the_present_form_step_by_step(third):
    done = third(STEPS)
    stored = bytes(ActContent.objects.get(id=done.act).content)
    read = history.load(done.act)
    assert (read["kind_version"], read["payload"]) == (3, {"words": ["古い", "言葉"]})
    assert read["id"] == str(done.act)
    assert bytes(ActContent.objects.get(id=done.act).content) == stored
    assert json.loads(stored)["kind_version"] == 1


def test_a_missing_step_is_a_fault_of_ours_and_found_at_the_start(third):
    done = third({1: STEPS[1]})
    with pytest.raises(DeclarationError, match="no step from version 2"):
        history.load(done.act)
    assert [error.id for error in checks.law_and_rooms_agree()] == ["acts.E004"]
    third(STEPS)
    assert checks.law_and_rooms_agree() == []


def test_an_act_of_a_version_from_the_future_is_not_guessed_at(room):
    with pytest.raises(DeclarationError, match="not known here"):
        history.upcast(law.kind("trial.note.write"), 2, {})


def test_what_was_erased_or_never_was_is_not_found(room):
    done = door.perform("trial.note.write", {"text": "x"}, by=viewer("power", "reporter"))
    door.perform_system("acts.content.erase", {"act": str(done.act), "basis": "x"}, world=WORLD, authorised_by=done.act)
    for gone in (done.act, uuid.uuid4()):
        with pytest.raises(NotFoundError):
            history.load(gone)
