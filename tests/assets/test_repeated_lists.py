"""A caller that repeats itself: the same list with the same key comes to the same proposal, and spoils none."""

import hashlib
import uuid

import pytest
from django.test import Client

from sakimori.acts import proposals
from sakimori.acts.models import Batch, Proposal
from sakimori.assets import intake
from sakimori.assets.models import Computer, Upload
from sakimori.parties.models import Token
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import ROWS, csv, import_register

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
CHANGED = (ROWS[0].replace("CENTUM VP", "CENTUM VQ"), *ROWS[1:])
ON = "changed_on=2026-11-20"


@pytest.fixture
def send(parties):
    """Return what sends a list as a token of the power operator, always with one idempotency key."""
    Token.objects.create(
        organisation=fixed("power"), role="reporter", world=WORLD, name="t",
        digest=hashlib.sha256(b"geheim").hexdigest(),
    )  # fmt: skip
    headers = {"authorization": "Bearer geheim", "idempotency-key": "n"}

    def sent(query, rows=CHANGED):
        address = f"/api/v1/assets/import?{query}"
        return Client().post(address, csv(rows), content_type="text/csv", headers=headers)

    return sent


def adopted(answer, enter):
    """Adopt what a token drafted, confirm it by the second person where one is needed; return the act."""
    proposal = answer.json()["proposal"]
    taken = enter("power", "reporter").post(
        f"/api/v1/proposals/{proposal}/adopt", b"{}", content_type="application/json"
    )
    assert taken.status_code == 200, taken.content
    return proposals.confirm(uuid.UUID(proposal), by=viewer("power", "approver"))


def test_a_repeat_keeps_the_proposal_and_its_rows(send, enter):
    import_register()
    first, again, late = (send(f"source=x.csv&conflicts=take&{ON}") for _ in range(3))
    assert [one.status_code for one in (first, again, late)] == [202, 202, 202], again.content
    assert len({one.json()["proposal"] for one in (first, again, late)}) == 1
    assert Batch.objects.filter(id=Proposal.objects.get().batch).exists()
    adopted(first, enter)
    assert Computer.objects.get(key="P-001").product == "CENTUM VQ"
    after = send(f"source=x.csv&conflicts=take&{ON}")
    assert (after.status_code, after.json()["status"]) == (202, "confirmed")


def test_other_decisions_are_refused_and_spoil_nothing(send, enter):
    import_register(rows=ROWS[:4])
    first = send(f"source=x.csv&conflicts=take&{ON}")
    assert first.status_code == 202, first.content
    other = send(f"source=x.csv&conflicts=keep&{ON}")
    assert (other.status_code, other.json()["code"]) == (409, "act.conflict")
    assert send(f"source=x.csv&conflicts=take&{ON}").json()["proposal"] == first.json()["proposal"]
    adopted(first, enter)
    assert Computer.objects.get(key="P-001").product == "CENTUM VQ"
    assert Computer.objects.filter(key="P-005").exists()


def test_the_same_bytes_read_otherwise_are_another_list(send):
    import_register()
    assert send(f"source=x.csv&conflicts=take&{ON}").status_code == 202
    other = send(f"source=x.csv&leave_out=2&conflicts=take&{ON}")
    assert (other.status_code, other.json()["code"]) == (409, "act.idempotency")


def test_a_repeat_on_a_later_day_is_the_same_act(send, settings):
    first = send("source=x.csv", rows=(ROWS[0],))
    assert first.status_code == 202, first.content
    worlds = {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": "2026-11-22"}}
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "worlds": worlds}
    again = send("source=x.csv", rows=(ROWS[0],))
    assert (again.status_code, again.json()["proposal"]) == (202, first.json()["proposal"])


def test_new_rows_beside_unchanged_ones_have_the_day_of_the_check(send, settings):
    import_register(rows=ROWS[:4])
    first = send("source=x.csv", rows=ROWS)
    assert first.status_code == 202, first.content
    worlds = {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": "2026-11-23"}}
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "worlds": worlds}
    again = send("source=x.csv", rows=ROWS)
    assert (again.status_code, again.json()["proposal"]) == (202, first.json()["proposal"])


def test_dropping_a_list_leaves_what_a_proposal_rests_on(send, enter):
    import_register()
    first = send(f"source=x.csv&conflicts=take&{ON}")
    intake.discard(viewer("power", "reporter"), Upload.objects.get())
    adopted(first, enter)
    assert Computer.objects.get(key="P-001").product == "CENTUM VQ"
