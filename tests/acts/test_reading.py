"""The door for reading: who may, what is shown, what is noted down, and how the note is proved."""

import uuid
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from sakimori import proofs
from sakimori.acts import door, reading, registry, sequencer
from sakimori.acts.errors import NotAuthorisedError, NotFoundError
from sakimori.acts.models import Act, Leaf, ReadRecord, ReadSubject
from sakimori.acts.verify import verify_deployment
from sakimori.parties.models import Token
from sakimori.record import SYSTEM, Query, Viewer, every_role, open_door
from tests.acts.enrolling import enrol_by_system
from tests.support.deployment import REHEARSAL, WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases

OFFICER = viewer("meti", "officer")


@pytest.fixture
def show(parties, monkeypatch):
    """A function that makes `trial.rows` yield these rows to officers of ministries and their like."""

    def offer(*rows, **more):
        roles = more.pop("roles", every_role("ministry", "operator", roles=("officer", "reporter")))
        name = more.pop("name", "trial.rows")
        monkeypatch.setitem(registry.queries(), name, Query(name, lambda _, **__: iter(rows), roles, **more))

    offer()
    return offer


def row(**more):
    return {"id": uuid.uuid4(), "a": "A", "b": "B", **more}


# --- who may ---


def test_the_query_says_which_roles(show):
    assert reading.read(OFFICER, "trial.rows") == []
    for stranger in (
        viewer("meti", "intake"),
        viewer("cabinet", "officer"),
        viewer("meti", "administrator"),
        SYSTEM(WORLD),
    ):
        with pytest.raises(NotAuthorisedError):
            reading.read(stranger, "trial.rows")


def test_any_does_not_stand_for_administrators_or_the_system(show):
    show(roles=frozenset({("any", "any")}))
    reading.read(viewer("vendor", "vendor_contact"), "trial.rows")
    for stranger in (viewer("meti", "administrator"), SYSTEM(WORLD)):
        with pytest.raises(NotAuthorisedError):
            reading.read(stranger, "trial.rows")
    show(roles=frozenset({("ministry", "any")}))
    with pytest.raises(NotAuthorisedError):
        reading.read(viewer("meti", "administrator"), "trial.rows")


def test_what_a_viewer_claims_is_checked(show):
    show(roles=frozenset({("any", "any")}))
    for pretender in (
        replace(OFFICER, person=fixed("meti.intake")),
        replace(OFFICER, person=None),
        replace(OFFICER, organisation=fixed("mlit")),
        replace(OFFICER, organisation=None),
        replace(OFFICER, organisation=fixed("nobody")),
        replace(OFFICER, organisation_type="cabinet_office"),
        replace(OFFICER, on_behalf_of=fixed("power")),
    ):
        with pytest.raises(NotAuthorisedError):
            reading.read(pretender, "trial.rows")


def test_a_role_that_ended_or_has_not_begun_reads_nothing(show):
    person = str(fixed("meti.past"))
    enrol_by_system({"thing": "person", "id": person, "name_ja": "前任"})
    by = replace(OFFICER, person=fixed("meti.past"))
    for begins, ends in (("2026-04-01", "2026-11-23"), ("2026-11-25", None)):
        enrol_by_system(
            {"thing": "membership", "person": person, "organisation": str(fixed("meti")), "role": "officer",
             "valid_from": begins, "valid_until": ends}
        )  # fmt: skip
        with pytest.raises(NotAuthorisedError):
            reading.read(by, "trial.rows")


def test_a_token_reads_only_while_it_is_good(show):
    made = Token.objects.create(organisation=fixed("meti"), role="officer", world=WORLD, name="m", digest="d")
    machine = Viewer(None, fixed("meti"), "ministry", "officer", WORLD, token=made.id)
    assert reading.read(machine, "trial.rows") == []
    for bad in (replace(machine, token=uuid.uuid4()), replace(machine, person=fixed("meti.officer"))):
        with pytest.raises(NotAuthorisedError):
            reading.read(bad, "trial.rows")
    Token.objects.update(revoked=True)
    with pytest.raises(NotAuthorisedError):
        reading.read(machine, "trial.rows")


def test_a_delegate_reads_in_the_principals_name_while_delegated(show):
    contact = replace(viewer("vendor", "vendor_contact"), on_behalf_of=fixed("power"))
    for name in ("assets.trial", "incidents.trial"):
        show(roles=every_role("vendor", roles=("vendor_contact",)), name=name)
        with pytest.raises(NotAuthorisedError):
            reading.read(contact, name)
    given = {"thing": "delegation", "principal": str(fixed("power")), "delegate": str(fixed("vendor"))}
    enrol_by_system({**given, "kinds": ["assets.computer.change"], "valid_from": "2026-04-01"})
    assert reading.read(contact, "assets.trial") == []
    with pytest.raises(NotAuthorisedError):
        reading.read(contact, "incidents.trial")  # a room nothing of which was delegated
    with pytest.raises(NotAuthorisedError):
        reading.read(replace(contact, on_behalf_of=fixed("rail")), "assets.trial")


def test_what_is_no_query_is_not_found(show):
    with pytest.raises(NotFoundError):
        reading.read(OFFICER, "trial.nothing")
    with pytest.raises(NotFoundError):
        reading.read_one(OFFICER, "trial.rows")


def test_nobody_reads_another_world_by_naming_it(show):
    assert reading.read(viewer("meti", "officer", REHEARSAL), "trial.rows", world=WORLD) == [], "its base world"
    for world in (REHEARSAL, "real"):
        with pytest.raises(NotFoundError):
            reading.read(OFFICER, "trial.rows", world=world)


# --- what is shown ---


def test_plain_rows_come_out_less_what_is_above_the_ceiling(show):
    show(
        row(labels={"inner": ["selected_information"]}, owner=fixed("cabinet"), about=uuid.uuid4()),
        row(labels={"inner": ["selected_information"]}, owner=fixed("meti")),
        groups={"inner": ("a",)},
    )
    above, own = reading.read(OFFICER, "trial.rows")
    assert (above["a"], above["b"], above["withheld"]) == (None, "B", {"inner": "強化法23(2)"})
    assert (own["a"], own["withheld"]) == ("A", {})
    assert not {"labels", "owner", "about"} & set(above)


def test_sources_carry_labels_for_what_is_derived(show):
    labelled = row(labels={"inner": ["reported_information"]}, owner=fixed("power"))
    show(labelled, row(), groups={"inner": ("a",)})
    first, second = reading.read_sources(OFFICER, "trial.rows")
    assert (first.labels, first.owner, first.row["a"]) == (labelled["labels"], fixed("power"), "A")
    assert (second.labels, second.owner) == ({}, None)
    with pytest.raises(NotAuthorisedError):
        reading.read_sources(viewer("meti", "intake"), "trial.rows")


# --- what is noted down ---


def test_a_reading_of_labelled_things_is_a_leaf_of_the_log(show):
    things = [row(labels={"inner": ["secret"]}, owner=None) for _ in range(3)]
    show(*things, row(), groups={"inner": ("a",)})
    reading.read(OFFICER, "trial.rows", text="検索")

    (note,) = ReadRecord.objects.filter(query="trial.rows")
    assert (note.person, note.organisation, note.role, note.rows) == (OFFICER.person, fixed("meti"), "officer", 4)
    assert set(note.subjects.values_list("subject", flat=True)) == {one["id"] for one in things}
    leaf = Leaf.objects.get(of=note.id, what="read")
    assert bytes(leaf.commitment) == proofs.commit(bytes(note.content), bytes(note.salt))
    assert "検索" not in bytes(note.content).decode()


def test_every_labelled_thing_shown_is_noted_however_many(show):
    things = [row(labels={"inner": ["tlp:green"]}) for _ in range(1203)]
    show(*things)
    reading.read(OFFICER, "trial.rows")
    assert ReadSubject.objects.count() == 1203


def test_the_note_names_what_was_filed_rather_than_its_rows(show):
    filed = uuid.uuid4()
    show(*[row(labels={"inner": ["tlp:green"]}, about=filed) for _ in range(300)], row(labels={"x": ["tlp:red"]}))
    reading.read(OFFICER, "trial.rows")
    assert ReadSubject.objects.filter(subject=filed).count() == 1
    assert ReadSubject.objects.count() == 2


def test_unlabelled_rows_are_noted_without_a_leaf_and_some_queries_not_at_all(show):
    show(row())
    before = Leaf.objects.count()
    reading.read(OFFICER, "trial.rows")
    assert (ReadRecord.objects.filter(query="trial.rows").count(), Leaf.objects.count()) == (1, before)
    show(row(), recorded=False)
    reading.read(OFFICER, "trial.rows")
    assert ReadRecord.objects.filter(query="trial.rows").count() == 1


def test_who_filed_sees_which_organisation_opened_it_and_nobody_else(room, show):
    done = door.perform("trial.note.write", {"text": "x"}, by=viewer("power", "reporter"))
    show(row(labels={"inner": ["reported_information"]}, about=done.act, owner=fixed("power")))
    reading.read(OFFICER, "trial.rows")
    (seen,) = reading.read(viewer("power", "approver"), "acts.readers", act=done.act)
    assert (seen["organisation"], seen["role"], seen["query"]) == (fixed("meti"), "officer", "trial.rows")
    assert "person" not in seen
    assert reading.read(viewer("rail", "approver"), "acts.readers", act=done.act) == []


def _opened_by_others(organisation, role="approver"):
    rows = reading.read(viewer(organisation, role), "acts.opened")
    return [(row["act"], row["kind"], row["organisation"]) for row in rows]


def test_what_others_opened_is_told_to_who_filed_it_the_newest_first(room, show):
    first, second = (
        door.perform("trial.note.write", {"text": text}, by=viewer("power", "reporter")).act for text in ("x", "y")
    )
    for act in (first, second, first):
        show(row(labels={"inner": ["reported_information"]}, about=act, owner=fixed("power")))
        reading.read(OFFICER, "trial.rows")
        reading.read(viewer("power", "reporter"), "trial.rows")  # opening one's own tells nobody
    expected = [(one, "trial.note.write", fixed("meti")) for one in (first, second)]
    assert _opened_by_others("power") == expected
    assert _opened_by_others("rail") == _opened_by_others("meti", "officer") == []


def test_the_readings_there_were_are_filled_in(room, show):
    done = door.perform("trial.note.write", {"text": "x"}, by=viewer("power", "reporter"))
    show(row(labels={"inner": ["secret"]}, about=done.act), row(labels={"inner": ["secret"]}))
    reading.read(OFFICER, "trial.rows")
    reading.read(viewer("power", "reporter"), "trial.rows")
    told = ("filer", "principal", "read_at")
    written = sorted(ReadSubject.objects.values_list("id", *told))
    assert [one[1] for one in written].count(fixed("power")) == 1
    with transaction.atomic(), open_door("test"):
        ReadSubject.objects.update(**dict.fromkeys(told))
    assert _opened_by_others("power") == []
    migration = import_module("sakimori.acts.migrations.0007_fill_who_filed")
    for _ in range(2):
        migration.fill_who_filed(None, SimpleNamespace(connection=connection))
        assert sorted(ReadSubject.objects.values_list("id", *told)) == written


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("acts_readrecord", "rows", 9),
        ("acts_readrecord", "query", "x"),
        ("acts_readrecord", "role", "viewer"),
        ("acts_readrecord", "person", str(fixed("meti.intake"))),
        ("acts_readrecord", "salt", b"0" * 32),
        ("acts_readsubject", "subject", str(uuid.UUID(int=5))),
    ],
)
def test_a_changed_note_of_a_reading_is_found(show, settings, table, column, value):
    show(row(labels={"inner": ["secret"]}))
    reading.read(OFFICER, "trial.rows")
    sequencer.drain()
    report = verify_deployment()
    assert (report.problems, report.counts["readings"]) == ([], 1)
    if connection.vendor == "sqlite" and column in ("person", "subject"):
        value = uuid.UUID(value).hex
    with open_door("tamper"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s", [value])  # noqa: S608 - names of this test
    assert not verify_deployment().sound


def test_a_note_of_a_reading_that_is_gone_is_found(show):
    show(row(labels={"inner": ["secret"]}))
    reading.read(OFFICER, "trial.rows")
    with open_door("tamper"):
        ReadSubject.objects.all().delete()
        ReadRecord.objects.all().delete()
    assert not verify_deployment().sound
    assert Act.objects.exists()
