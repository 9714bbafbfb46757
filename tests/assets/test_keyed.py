"""The keys of the register beside the rows of a draft: to be told apart by the operator, no part of what leaves."""

import re

import pytest
from django.urls import reverse

from sakimori.acts import door, reading
from sakimori.acts.models import Proposal
from sakimori.assets.models import Computer
from tests.support.deployment import viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.warning import carry

pytestmark = pytest.mark.django_db
CATEGORY = "発電設備の監視制御システム"
ALIKE = [ROWS[0].replace("P-001", f"P-1{n:02}") for n in range(60)]


def keys(answer):
    return re.findall(r">(P-1?[0-9]{2,3})</a>", answer.content.decode())


def propose(client, page):
    context = client.get(page, {"category": CATEGORY}).context
    sent = {"category": CATEGORY, "digest": context["letter"].digest, "key": str(context["key"])}
    assert client.post(page, sent).status_code == 302
    return Proposal.objects.get(status="open")


def test_rows_that_say_the_same_are_told_apart_by_key_and_nothing_of_it_leaves(enter, parties):
    import_register(ALIKE)
    client = enter("power", "reporter")
    draft = client.get(reverse("assets:drafts"), {"category": CATEGORY})
    assert "Key (does not leave)" in draft.content.decode()
    assert keys(draft) == [f"P-1{n:02}" for n in range(50)]
    second = client.get(reverse("assets:drafts"), {"category": CATEGORY, "page": "2"})
    assert keys(second) == [f"P-1{n:02}" for n in range(50, 60)]
    backwards = client.get(reverse("assets:drafts"), {"category": CATEGORY, "sort": "-position"})
    assert keys(backwards)[0] == "P-159"
    for form in ("json", "csv"):
        left = client.get(reverse("assets:drafts"), {"category": CATEGORY, "format": form})
        assert b"P-1" not in b"".join(left.streaming_content if left.streaming else [left.content]), form
    made = propose(client, reverse("assets:drafts"))
    assert "P-1" not in str(made.payload)
    approver = enter("power", "approver").get(reverse("assets:filing", args=[made.id]))
    assert keys(approver) == [f"P-1{n:02}" for n in range(50)]


def test_rows_of_a_change_have_keys_too_and_a_settled_filing_has_none(enter, parties):
    import_register()
    file_notification()
    carry()
    for key in ("P-001", "P-002"):
        payload = {"computer": str(Computer.objects.get(key=key).id), "changed_on": "2026-11-20", "maker": "別の製造者"}
        door.perform("assets.computer.change", payload, by=viewer("power", "reporter"))
    client = enter("power", "reporter")
    assert keys(client.get(reverse("assets:change"), {"category": CATEGORY})) == ["P-001", "P-002"]
    made = propose(client, reverse("assets:change"))
    page = reverse("assets:filing", args=[made.id])
    assert keys(client.get(page)) == ["P-001", "P-002"]
    assert enter("power", "approver").post(
        reverse("proposal", args=[made.id]), {"action": "confirm", "key": "k"}
    ).status_code == 302  # fmt: skip
    assert "Key (does not leave)" not in client.get(page).content.decode()


def test_nobody_reads_the_keys_of_others(parties):
    import_register()
    about = ",".join(str(one) for one in Computer.objects.values_list("id", flat=True))
    assert len(reading.read(viewer("power", "viewer"), "assets.keys", about=about)) == len(ROWS)
    assert reading.read(viewer("rail", "reporter"), "assets.keys", about=about) == []
    assert reading.read(viewer("power", "reporter"), "assets.keys") == []
