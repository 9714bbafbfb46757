"""What the committee is told of the handling, held against what it decided itself (30)."""

import json
import uuid

import pytest

from sakimori.acts import door, reading
from sakimori.acts.errors import RefusedError
from sakimori.acts.models import Act, ActContent, Notice
from sakimori.oversight.models import HandlingNotice, Matter
from sakimori.oversight.queries import FINDINGS
from tests.support import committee
from tests.support.deployment import REHEARSAL, fixed


@pytest.fixture
def told(seated, tmp_path):
    """A genuine notice that was taken in, and a function that hands in another made from it."""
    committee.recorded(tmp_path / "out")
    HandlingNotice.objects.get()
    sent = Act.objects.get(kind="custody.notice.send")
    document = json.loads(bytes(ActContent.objects.get(id=sent.id).content))

    def hand_in(sender="cabinet", addressee="committee", receipt=None, **changes):
        payload = {**document["payload"], **changes}
        if receipt is not None:
            payload["receipt"] = {**payload["receipt"], **receipt}
        incoming = {
            "envelope": str(uuid.uuid4()),
            "sender": str(fixed(sender)),
            "addressee": str(fixed(addressee)),
            "document": {**document, "payload": payload},
        }
        done = door.perform_system("oversight.notice.receive", incoming, world=REHEARSAL, authorised_by=sent.id)
        return reading.read_one(committee.chair(), "oversight.notices", notice=done.subject.id)

    return hand_in


def test_a_genuine_notice_agrees(told):
    (row,) = reading.read(committee.chair(), "oversight.notices")
    assert row["findings"] == []
    assert row["matter_id"] == Matter.objects.get().id
    assert Notice.objects.filter(addressee=fixed("committee"), kind="oversight.notice.receive").count() == 1


@pytest.mark.parametrize(
    ("changes", "findings"),
    [
        ({"authority": "REHEARSAL-2026-999"}, ["authority_unknown"]),
        ({"receipt_digest": "0" * 64}, ["digest_differs"]),
        ({"kept_flows": 7}, ["counts_differ"]),
        ({"receipt": {"authority": {"digest": "0" * 64}}}, ["authority_differs", "digest_differs"]),
        ({"receipt": {"authority": None}}, ["authority_differs", "digest_differs"]),
        ({"receipt": {"start": "2026-11-23T00:00:00+00:00"}}, ["outside_period", "digest_differs"]),
        (
            {
                "receipt": {
                    "end": "2028-01-01T00:00:00+00:00",
                    "reading": {"ended": "2027-05-24T15:00:00+00:00", "by": "input"},
                }
            },
            ["outside_period", "digest_differs"],
        ),
        ({"receipt": {"reading": None, "end": "2027-05-24T15:00:00+00:00"}}, ["outside_period", "digest_differs"]),
        ({"receipt": {"end": "soon"}}, ["outside_period", "digest_differs"]),
        ({"receipt": {"end": "2026-11-24T10:00:00"}}, ["outside_period", "digest_differs"]),
        ({"receipt": {"stamp": None}}, ["other_world", "digest_differs"]),
        ({"receipt": {"kept_flows": 7}}, ["counts_differ", "digest_differs"]),
    ],
)
def test_what_does_not_agree_is_taken_in_and_named(told, changes, findings):
    """A notice is never turned away for what it says: the committee must learn of it."""
    assert told(**changes)["findings"] == findings
    assert HandlingNotice.objects.count() == 2
    assert all(FINDINGS[one].ja and FINDINGS[one].en for one in findings)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sender": "meti"}, "oversight.sender"),
        ({"sender": "power"}, "oversight.sender"),
        ({"addressee": "ppc"}, "oversight.misdirected"),
        ({"what": "gossip"}, "oversight.payload"),
        ({"kept_flows": -1}, "oversight.payload"),
        ({"records": []}, "oversight.payload"),  # no contents: there is no field for them
    ],
)
def test_what_is_no_notice_is_refused(told, changes, code):
    with pytest.raises(RefusedError) as refused:
        told(**changes)
    assert refused.value.code == code
    assert HandlingNotice.objects.count() == 1
