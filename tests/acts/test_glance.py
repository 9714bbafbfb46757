"""Readings of one page ask once who looks; the next page asks again, and the second fence stands all the while."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sakimori.acts import reading
from sakimori.acts.errors import NotAuthorisedError
from sakimori.acts.glance import one_glance
from sakimori.parties.models import Membership
from sakimori.record import open_door
from sakimori.record.fences import seen_as
from tests.support.deployment import viewer

pytestmark = pytest.mark.both_databases

OFFICER = viewer("meti", "officer")
QUERY = "acts.inbox"


def _asked(captured):
    return sum('"parties_membership"."role"' in one["sql"] for one in captured.captured_queries)


def test_many_readings_of_one_page_ask_once_who_looks(parties):
    with CaptureQueriesContext(connection) as apart:
        for _ in range(5):
            reading.read(OFFICER, QUERY)
    with CaptureQueriesContext(connection) as together, one_glance(OFFICER):
        for _ in range(5):
            reading.read(OFFICER, QUERY)
    assert (_asked(apart), _asked(together)) == (5, 1)
    assert len(together) < len(apart) / 2


def test_a_glance_finds_nothing_out_for_anybody_else(parties):
    with one_glance(OFFICER):
        assert reading.read(OFFICER, QUERY) == []
        for stranger in (
            viewer("meti", "administrator"),
            viewer("mlit", "officer").__class__(
                OFFICER.person, viewer("mlit", "officer").organisation, "ministry", "officer", OFFICER.world
            ),
        ):
            with pytest.raises(NotAuthorisedError):
                reading.read(stranger, QUERY)


def test_what_ended_is_seen_by_the_next_page(parties):
    with one_glance(OFFICER):
        reading.read(OFFICER, QUERY)
    with transaction.atomic(), open_door("test"):
        Membership.objects.filter(person=OFFICER.person).update(valid_until=date(2026, 1, 1))
    with one_glance(OFFICER), pytest.raises(NotAuthorisedError):
        reading.read(OFFICER, QUERY)


def test_the_fence_says_again_who_looks_where_another_looks_in_between(parties):
    if connection.vendor != "postgresql":
        pytest.skip("there are no fences on SQLite")

    def told():
        with connection.cursor() as cursor:
            cursor.execute("SELECT sakimori_viewer()")
            return cursor.fetchone()[0]

    other = viewer("power", "reporter")
    with transaction.atomic(), seen_as(OFFICER):
        with seen_as(OFFICER):
            assert told() == str(OFFICER.organisation)
            with seen_as(other):
                assert told() == str(other.organisation)
                with seen_as(OFFICER):
                    assert told() == str(OFFICER.organisation)
                assert told() == str(other.organisation)
        assert told() == str(OFFICER.organisation)
    with transaction.atomic():
        assert told() != str(OFFICER.organisation)
