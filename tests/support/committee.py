"""From a request for approval to a recorded selection, as tests of the three rooms need it, in the rehearsal world."""

import io
import json
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori.acts import batches, clock, door, proposals, reading, sequencer, transport
from sakimori.custody import kept
from sakimori.record import SYSTEM
from sakimori.selection import Countries, SignedAuthority, key_id, load_order, load_public_key, sample, select, write
from sakimori.web import founding
from tests.support.deployment import REHEARSAL, WORLD, fixed, viewer
from tests.support.run import directory
from tests.support.scenes import remembered

BEGINS, ENDS = "2026-11-24", "2027-05-24"
REQUEST = {
    "basis": "17",
    "attack": "【架空】国外の設備どうしの通信で行われる、実態の明らかでない攻撃",
    "no_other_way": "【架空】他の方法では実態を知ることができない",
    "equipment": "架空海底ケーブル 第1陸揚局",
    "criteria": "攻撃元とみられる設備の範囲と、その用いる通信の特徴",
    "conditions": [
        {"kind": "address", "sides": ["source"], "values": ["198.51.100.0/24"]},
        {"kind": "exploratory", "fields": ["dst_port"], "values": ["443"]},
    ],
    "address_overrides": [
        {"network": "192.0.2.0/24", "country": "JP"},
        {"network": "203.0.113.0/24", "country": "ZZ"},
        {"network": "198.51.100.0/24", "country": "ZZ"},
    ],
    "capacity_percent": 30,
    "begins_on": BEGINS,
    "ends_on": ENDS,
}
ORDER = """\
authority: {number}
basis: "17"
direction: outside-to-outside
minimum_conditions: 2
address_overrides: {{"192.0.2.0/24": JP, "203.0.113.0/24": ZZ, "198.51.100.0/24": ZZ}}
conditions:
  - {{id: a1, kind: address, side: source, values: ["198.51.100.7"]}}
  - {{id: x1, kind: exploratory, field: dst_port, values: [443]}}
"""
MEMBERS = ("committee.chair", "committee.member", "committee.member-2", "committee.member-3", "committee.member-4")


@remembered
def seat_members():
    """Enrol three further members, so that the committee is complete: a chair and four."""
    rows = []
    for name in MEMBERS[2:]:
        person = str(fixed(name))
        rows.append({"thing": "person", "id": person, "name_ja": f"架空委員 {name[-1]}", "fictitious": True})
        rows.append(
            {"thing": "membership", "person": person, "organisation": str(fixed("committee")), "role": "member",
             "valid_from": "2026-04-01"}
        )  # fmt: skip
    system = SYSTEM(WORLD)
    batch = batches.stage("parties.register.found", rows, by=system)
    request = door.Request(
        "parties.register.found", {"title": "委員"}, system, caused_by=founding.founding_act(), batch=batch.id
    )
    door.commit(request)


@remembered
def carry():
    """Do what the worker does until nothing is left."""
    for _ in range(4):
        sequencer.drain()
        transport.run_once()


def officer(world=REHEARSAL):
    return viewer("cabinet", "officer", world)


def chair(world=REHEARSAL):
    return viewer("committee", "chair", world)


@remembered
def ask(world=REHEARSAL, **changes):
    """File a request by two persons and let it arrive; return the measure's id."""
    proposal = proposals.propose("measures.request.file", {**REQUEST, **changes}, by=officer(world))
    done = proposals.confirm(proposal.id, by=viewer("cabinet", "decider", world))
    carry()
    return done.subject.id


def matter():
    """Return the newest matter on the docket."""
    return reading.read(chair(), "oversight.docket")[0]


def meeting(votes="aaa", **changes):
    """Return a decision's payload: one letter a person in order (a, r, b: approve, reject, abstain), chair first."""
    words = {"a": "approve", "r": "reject", "b": "abstain"}
    people = [str(fixed(name)) for name in MEMBERS[: len(votes)]]
    return {
        "matter": str(matter()["id"]),
        "present": people,
        "votes": [{"person": one, "vote": words[letter]} for one, letter in zip(people, votes, strict=True)],
        "outcome": "approved",
        "begins_on": BEGINS,
        "ends_on": ENDS,
        **changes,
    }


@remembered
def decide(votes="aaa", **changes):
    """Record a decision and let it arrive; return the receipt."""
    done = door.perform("oversight.decision.record", meeting(votes, **changes), by=chair())
    carry()
    return done


@remembered
def approved():
    """Return a measure that was asked for and approved: its row and its signed authority."""
    measure = ask()
    decide()
    row = reading.read_one(officer(), "measures.measures", measure=measure)
    return row, reading.read_one(officer(), "measures.authority", measure=measure)["authority"]


ENGINE = Ed25519PrivateKey.from_private_bytes(b"e" * 32)


@remembered
def enrol_engine(key=ENGINE, **changes):
    """Enrol a selection engine by two persons; return its id."""
    payload = {
        "name": "選別装置 1",
        "equipment": REQUEST["equipment"],
        "public_key": key.public_key().public_bytes_raw().hex(),
        "valid_from": BEGINS,
        **changes,
    }
    proposal = proposals.propose("custody.engine.enrol", payload, by=officer())
    return proposals.confirm(proposal.id, by=viewer("cabinet", "decider", REHEARSAL)).subject.id


def lately():
    """Return a moment shortly before now, for a selection to begin; not before the day on which the authority does."""
    now = clock.now(REHEARSAL)
    return max(now - timedelta(seconds=30), now.replace(hour=0, minute=0, second=0, microsecond=0))


def run(authority, *, order=None, key=ENGINE, now=None):
    """Run a selection on the sample capture under an authority; return its result and the order's text."""
    signed = SignedAuthority.model_validate(authority)
    text = order or ORDER.format(number=signed.authority.id)
    own = load_public_key(authority_key().encode())
    result = select(
        [io.BytesIO(sample.capture())],
        load_order(text),
        Countries(),
        now=now or lately(),
        authority=signed,
        trusted={key_id(own): own},
        signing_key=key,
        rehearsal=True,
    )
    return result, text


def authority_key():
    """Return the public half of this deployment's authority key, hex."""
    from sakimori.acts import keys

    return keys.private("authority").public_key().public_bytes_raw().hex()


def staged(result, folder):
    """Write a result as the engine does, read its records back and stage them; return the batch (None: no rows)."""
    if not folder.exists():
        write(result, folder)
    rows = list(kept.rows_of(folder / "records.parquet"))
    return batches.stage("custody.selection.record", rows, by=officer()) if rows else None


def record(measure, result, order, folder, *, by=None, batch=None, **changes):
    """Record a selection; return the receipt of the act."""
    batch = batch or staged(result, folder)
    payload = {
        "measure": str(measure),
        "order": order,
        "receipt": json.loads(json.dumps(result.receipt)),
        "records": result.receipt["output"]["digest"],
        "retained_until": "2028-03-31",
        **changes,
    }
    return door.perform("custody.selection.record", payload, by=by or officer(), batch=batch.id if batch else None)


@remembered
def _recorded():
    """Record a selection; return the measure row, the selection's id and where the engine's files lie."""
    measure, authority = approved()
    enrol_engine()
    result, order = run(authority)
    folder = Path(tempfile.mkdtemp(prefix="selection-", dir=directory())) / "out"
    done = record(measure["id"], result, order, folder)
    carry()
    return measure, done.subject.id, folder


def recorded(folder):
    """Return a measure with a recorded selection, told to the committee: measure row, selection id."""
    measure, selection, made = _recorded()
    shutil.copytree(made, folder)
    return measure, selection
