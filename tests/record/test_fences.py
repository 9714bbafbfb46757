"""Row-level security on PostgreSQL: whoever says nothing sees nothing, and nobody sees what is another's."""

import importlib
import uuid
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import connection, transaction

from sakimori.acts import reading
from sakimori.acts.errors import NotFoundError
from sakimori.incidents.models import Case, CaseComputer, Draft, Filing, Indicator, Report
from sakimori.record import SYSTEM, Query, Viewer
from sakimori.record.fences import fences, seen_as, weaknesses
from tests.support import incidents as scene
from tests.support.deployment import REHEARSAL, WORLD, fixed, viewer
from tests.support.fences import own_nothing, strict

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

FENCED_ROOMS = ("incidents", "warnings", "custody")
on_postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="row-level security is PostgreSQL's")


def test_every_table_of_these_rooms_is_fenced():
    tables = {model._meta.db_table for room in FENCED_ROOMS for model in apps.get_app_config(room).get_models()}
    assert tables == {table for table in fences() if table.partition("_")[0] in FENCED_ROOMS}


def test_looking_as_somebody_changes_nothing_on_sqlite(parties):
    with seen_as(viewer("power", "reporter")):
        assert Case.objects.count() == 0


@pytest.fixture
def reported(parties):
    """A case of `power`, reported and received by its addressees."""
    return scene.reported()


@on_postgres
def test_nobody_sees_anything_without_saying_who_looks(reported):
    assert Case.objects.count() == 1
    with strict():
        for model in (Case, CaseComputer, Filing, Report, Indicator):
            assert model.objects.count() == 0, model
        with connection.cursor() as cursor:
            for table in fences():
                cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - our own names
                assert cursor.fetchone() == (0,), table


@on_postgres
def test_everybody_sees_their_own_and_nothing_else(reported):
    seen = {}
    with strict():
        for name in ("power", "rail", "meti", "mlit", "bureau", "cabinet", "ppc", "vendor", "committee"):
            with seen_as(Viewer(uuid.uuid4(), fixed(name), "any", "any", WORLD)):
                seen[name] = (Case.objects.count(), Filing.objects.count(), Report.objects.count())
    assert seen["power"][:2] == (1, 3)
    assert all(found[:2] == (0, 0) for name, found in seen.items() if name != "power")
    assert seen["rail"] == seen["mlit"] == seen["vendor"] == seen["committee"] == (0, 0, 0)
    assert seen["meti"][2] >= 1
    assert seen["cabinet"][2] >= 1


@on_postgres
def test_worlds_never_meet(reported):
    with strict():
        with seen_as(replace(viewer("power", "reporter"), world=REHEARSAL)):
            assert Case.objects.count() == 0
        with seen_as(SYSTEM(REHEARSAL)):
            assert Case.objects.count() == 0
        with seen_as(SYSTEM(WORLD)):
            assert Case.objects.count() == 1


@on_postgres
def test_a_query_that_forgot_its_restriction_leaks_nothing(reported, monkeypatch):
    """The deliberately faulty query asks for everybody's cases; the database gives each their own."""
    from sakimori.acts import registry

    faulty = Query(
        "incidents.cases",
        lambda _viewer: Case.objects.values("id", "title", "labels", "owner"),
        frozenset({("any", "any")}),
    )
    monkeypatch.setitem(registry.queries(), "incidents.cases", faulty)
    with strict():
        assert len(reading.read(viewer("power", "reporter"), "incidents.cases")) == 1
        assert reading.read(viewer("rail", "reporter"), "incidents.cases") == []
        assert reading.read(viewer("meti", "decider"), "incidents.cases") == []


@on_postgres
def test_what_was_said_ends_with_the_block_and_with_a_failure(reported):
    with strict():
        with seen_as(viewer("power", "reporter")):
            with seen_as(viewer("rail", "reporter")):
                assert Case.objects.count() == 0
            assert Case.objects.count() == 1
        assert Case.objects.count() == 0
        with pytest.raises(ZeroDivisionError), seen_as(viewer("power", "reporter")):
            _ = 1 / 0
        assert Case.objects.count() == 0


@on_postgres
def test_nobody_can_move_a_row_to_another_or_write_one_without_the_door(reported):
    from django.db.utils import ProgrammingError

    with strict(), seen_as(viewer("rail", "reporter")):
        assert Draft.objects.count() == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            Draft.objects.create(
                world=WORLD, organisation=fixed("power"), case=uuid.uuid4(), saved_at="2026-11-24T00:00:00Z"
            )
        Draft.objects.create(
            world=WORLD, organisation=fixed("rail"), case=uuid.uuid4(), saved_at="2026-11-24T00:00:00Z"
        )
        assert Draft.objects.count() == 1


@on_postgres
def test_the_readings_and_drafts_of_the_rooms_still_work(reported):
    from sakimori.incidents import drafts

    with strict():
        (case,) = reading.read(viewer("power", "reporter"), "incidents.cases")
        drafts.save(viewer("power", "reporter"), case["id"], {"what": "typed"})
        assert drafts.load(viewer("power", "reporter"), case["id"]) == {"what": "typed"}
        with pytest.raises(NotFoundError):
            drafts.load(viewer("rail", "reporter"), case["id"])
        assert reading.read(viewer("meti", "decider"), "incidents.reports")
        assert reading.read(viewer("mlit", "decider"), "incidents.reports") == []


@on_postgres
def test_a_role_that_owns_nothing_is_fenced_in_and_cannot_take_the_fence_down(reported):
    from django.db.utils import ProgrammingError

    assert weaknesses() in ([], ["owner"])
    with transaction.atomic():
        own_nothing()
        assert weaknesses() == []
        with strict():
            assert Case.objects.count() == 0
        for attempt in (
            "ALTER TABLE incidents_case DISABLE ROW LEVEL SECURITY",
            "DROP POLICY sakimori_fence ON incidents_case",
            "TRUNCATE incidents_draft",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(attempt)
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


@on_postgres
def test_a_fence_taken_down_is_found(reported):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE incidents_case DISABLE ROW LEVEL SECURITY")
    assert "unfenced:incidents_case" in weaknesses()
    importlib.import_module("sakimori.record.fences").install_fences()
    assert "unfenced:incidents_case" not in weaknesses()
