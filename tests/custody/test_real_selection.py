"""A real selection as its users do it: asked for and approved through the door, run on a pipe in real mode by the
command, and what it kept handed in to custody. The world lives on a day on which the articles are in force."""

import hashlib
import json
import subprocess
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from sakimori import proofs
from sakimori.acts import batches, clock, door, keys, proposals, reading
from sakimori.custody.models import SelectedRecord
from sakimori.errors import SakimoriError
from sakimori.selection import confine, sample
from sakimori.selection.receipt import sign as sign_receipt
from tests.support import committee
from tests.support.deployment import REHEARSAL, WORLD, viewer
from tests.support.machine import select_at
from tests.support.run import REPOSITORY

pytestmark = pytest.mark.skipif(not confine.supported(), reason="this kernel has no Landlock or no seccomp")
DAY, BEGINS, ENDS = "2028-01-15", "2028-01-15", "2028-07-14"
PUBLIC = Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
PERIOD = {"begins_on": BEGINS, "ends_on": ENDS}
KEPT = [("198.51.100.7", "203.0.113.80", ["a1", "x1"])]


@pytest.fixture
def real(seated, settings, tmp_path):
    """On that day: the files a runner of the engine has, from the acts that gave them; its measure."""
    worlds = {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": DAY}}
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "worlds": worlds}
    measure = committee.ask.__wrapped__(WORLD, **PERIOD)
    (matter,) = reading.read(committee.chair(WORLD), "oversight.docket")
    votes = [{"person": str(committee.fixed(name)), "vote": "approve"} for name in committee.MEMBERS[:3]]
    decision = {
        "matter": str(matter["id"]), "present": [one["person"] for one in votes], "votes": votes,
        "outcome": "approved", **PERIOD,
    }  # fmt: skip
    door.perform("oversight.decision.record", decision, by=committee.chair(WORLD))
    committee.carry.__wrapped__()
    authority = reading.read_one(committee.officer(WORLD), "measures.authority", measure=measure)["authority"]
    engine = {
        "name": "選別装置 1", "equipment": committee.REQUEST["equipment"], "valid_from": BEGINS,
        "public_key": committee.ENGINE.public_key().public_bytes_raw().hex(),
    }  # fmt: skip
    proposal = proposals.propose("custody.engine.enrol", engine, by=committee.officer(WORLD))
    proposals.confirm(proposal.id, by=viewer("cabinet", "decider", WORLD))
    (tmp_path / "authority.json").write_bytes(proofs.canonical(authority))
    (tmp_path / "committee.pem").write_bytes(keys.private("authority").public_key().public_bytes(*PUBLIC))
    (tmp_path / "engine.pem").write_bytes(
        committee.ENGINE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (tmp_path / "engine-public.pem").write_bytes(committee.ENGINE.public_key().public_bytes(*PUBLIC))
    (tmp_path / "master.hex").write_text((b"m" * 32).hex(), encoding="ascii")
    order = committee.ORDER.format(number=authority["authority"]["id"])
    (tmp_path / "order.yaml").write_text(order, encoding="utf-8")
    return tmp_path, measure


def sakimori_select(*arguments, at=None, **given):
    program = select_at(at or clock.now(WORLD))
    return subprocess.run([*program, *map(str, arguments)], capture_output=True, cwd=REPOSITORY, check=False, **given)


def run(folder, *more, capture="-", at=None, engine="reference"):
    return sakimori_select(
        capture, "--order", folder / "order.yaml", "--out", folder / "out",
        "--engine", engine, "--authority", folder / "authority.json", "--trust", folder / "committee.pem",
        "--signing-key", folder / "engine.pem", "--pseudonym-key", folder / "master.hex", *more,
        input=sample.capture(), at=at or committee.lately(),
    )  # fmt: skip


def handed_in(folder, measure, lines, **changed):
    """Record what the command printed, as a page's form or the interface does: rows staged, then the act.

    `changed` replaces fields of the receipt, which the engine's key then signs.
    """
    receipt = json.loads((folder / "out" / "receipt.json").read_bytes())
    if changed:
        plain = {name: value for name, value in {**receipt, **changed}.items() if value is not ...}
        receipt = sign_receipt(plain, committee.ENGINE)
    batch = batches.stage("custody.selection.record", map(json.loads, lines), by=committee.officer(WORLD))
    payload = {
        "measure": str(measure), "order": (folder / "order.yaml").read_text(encoding="utf-8"), "receipt": receipt,
        "records": receipt["output"]["digest"], "retained_until": "2028-03-31",
    }  # fmt: skip
    return door.perform("custody.selection.record", payload, by=committee.officer(WORLD), batch=batch.id)


@pytest.mark.parametrize("spool", [False, True])
def test_from_the_request_to_custody(spool, real):
    folder, measure = real
    done = run(folder, "--spool", folder, engine="fast") if spool else run(folder)
    assert done.returncode == 0, done.stderr.decode()
    receipt = json.loads((folder / "out" / "receipt.json").read_bytes())
    assert receipt["stamp"] is None
    assert receipt["confinement"]["in_force"] is True
    assert (receipt["spool"] is not None) is spool
    printed = sakimori_select("rows", folder / "out", "--engine-key", folder / "engine-public.pem")
    assert printed.returncode == 0, printed.stderr.decode()
    assert hashlib.sha256(printed.stdout).hexdigest() == receipt["output"]["digest"]
    subject = handed_in(folder, measure, printed.stdout.splitlines()).subject.id
    rows = reading.read(viewer("cabinet", "analyst", WORLD), "custody.records", selection=subject)
    assert [(row["src"], row["dst"], row["content"]["conditions"]) for row in rows] == KEPT
    assert all(value is None for row in rows for value in (row["content"]["names"], row["content"]["mail"]))
    committee.carry.__wrapped__()
    (notice,) = reading.read(committee.chair(WORLD), "oversight.notices")
    assert (notice["what"], notice["kept_flows"], notice["findings"]) == ("selection", 1, [])


def test_custody_takes_no_real_selection_whose_time_was_told(real):
    """Nor one that does not say: a program before this rule, or one changed since, signed it."""
    folder, measure = real
    assert run(folder).returncode == 0
    printed = sakimori_select("rows", folder / "out", "--engine-key", folder / "engine-public.pem").stdout.splitlines()
    for clock_of in ("told", None, ...):
        with pytest.raises(SakimoriError) as refused:
            handed_in(folder, measure, printed, clock=clock_of)
        assert refused.value.code == "custody.clock"
    assert not SelectedRecord.objects.exists()
    handed_in(folder, measure, printed)


def test_rows_of_another_engine_or_altered_are_not_printed(real):
    folder, _ = real
    assert run(folder).returncode == 0
    other = sakimori_select("rows", folder / "out", "--engine-key", folder / "committee.pem")
    assert (other.returncode, other.stdout) == (1, b"")
    assert "署名" in other.stderr.decode()
    receipt = json.loads((folder / "out" / "receipt.json").read_bytes())
    (folder / "out" / "receipt.json").write_text(json.dumps({**receipt, "kept_flows": 7}), encoding="utf-8")
    altered = sakimori_select("rows", folder / "out", "--engine-key", folder / "engine-public.pem")
    assert (altered.returncode, altered.stdout) == (1, b"")


def test_what_real_mode_refuses(real):
    """A file, by name or behind the pipe's place; no authority; one that has expired, was changed, is not trusted."""
    folder, _ = real
    (folder / "capture.pcap").write_bytes(sample.capture())
    said = [run(folder, capture=folder / "capture.pcap").stderr.decode()]
    assert "never a file" in said[-1]
    with (folder / "capture.pcap").open("rb") as file:
        redirected = sakimori_select(
            "-", "--order", folder / "order.yaml", "--out", folder / "out",
            "--authority", folder / "authority.json", "--trust", folder / "committee.pem",
            "--signing-key", folder / "engine.pem", "--pseudonym-key", folder / "master.hex", stdin=file,
        )  # fmt: skip
    said.append(redirected.stderr.decode())
    assert "never a file" in said[-1]
    said.append(run(folder, at=clock.now(WORLD) + timedelta(days=365)).stderr.decode())
    assert "expired" in said[-1]
    said.append(run(folder, "--now", DAY, at=clock.now(WORLD) + timedelta(days=365)).stderr.decode())
    assert "cannot be told" in said[-1]
    said.append(run(folder, "--trust", folder / "engine-public.pem").stderr.decode())
    assert said[-1] == ""  # another trusted key beside the right one harms nothing
    (folder / "out").rename(folder / "done")
    none = sakimori_select(
        "-", "--order", folder / "order.yaml", "--out", folder / "out",
        "--signing-key", folder / "engine.pem", "--pseudonym-key", folder / "master.hex", input=sample.capture(),
    )  # fmt: skip
    said.append(none.stderr.decode())
    assert "without a signed authority" in said[-1]
    (folder / "committee.pem").rename(folder / "kept.pem")
    (folder / "engine-public.pem").rename(folder / "committee.pem")
    said.append(run(folder).stderr.decode())
    assert "--trust" in said[-1] or "trusted" in said[-1]
    (folder / "kept.pem").rename(folder / "committee.pem")
    authority = json.loads((folder / "authority.json").read_bytes())
    authority["authority"]["valid_until"] = "2030-01-01T00:00:00+09:00"
    (folder / "authority.json").write_text(json.dumps(authority), encoding="utf-8")
    said.append(run(folder).stderr.decode())
    assert "署名" in said[-1]
    assert not (folder / "out").exists()
    assert not any("Traceback" in text for text in said)


def test_a_real_runs_receipt_does_not_enter_the_rehearsal(real):
    folder, measure = real
    assert run(folder).returncode == 0
    receipt = json.loads((folder / "out" / "receipt.json").read_bytes())
    payload = {
        "measure": str(measure), "order": "x", "receipt": receipt, "records": receipt["output"]["digest"],
        "retained_until": "2028-03-31",
    }  # fmt: skip
    with pytest.raises(SakimoriError):
        door.perform("custody.selection.record", payload, by=committee.officer(REHEARSAL))
    assert not SelectedRecord.objects.exists()
