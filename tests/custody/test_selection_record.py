"""Recording a selection: what the engine signed comes in under its label, everything else is refused."""

import io
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori.acts import batches, clock, door, labels, proposals, reading
from sakimori.acts.errors import LabelError, NotAuthorisedError, NotFoundError, NotInForceError, RefusedError
from sakimori.acts.models import ActContent, Batch, BatchItem, Leaf, Obligation
from sakimori.acts.verify import verify_deployment
from sakimori.custody import kept
from sakimori.custody.models import Engine, Handling, SelectedRecord, Selection
from sakimori.errors import SakimoriError
from sakimori.parties.models import Organisation
from sakimori.selection import Countries, SelectionError, load_order, sample, select, write
from sakimori.selection import receipt as receipts
from sakimori.text import Text
from tests.support import committee
from tests.support.deployment import REHEARSAL, WORLD, fixed, viewer

KIND = "custody.selection.record"
ADDRESSES = ("198.51.100.7", "203.0.113.80")


@pytest.fixture
def ready(seated, tmp_path):
    """An approved measure, an enrolled engine, a finished run: keyword arguments of `committee.record`."""
    measure, authority = committee.approved()
    committee.enrol_engine()
    result, order = committee.run(authority)
    return {"measure": measure["id"], "result": result, "order": order, "folder": tmp_path / "out"}


def refused(ready, **changes):
    """Record with something changed; return the refusal, after seeing that nothing at all was recorded."""
    with pytest.raises(SakimoriError) as error:
        committee.record(**{**ready, **changes})
    assert not Selection.objects.exists()
    assert not SelectedRecord.objects.exists()
    assert not Handling.objects.exists()
    assert error.value.what.ja
    return error.value


def resigned(ready, key=committee.ENGINE, **changes):
    """Return the run's receipt with something changed, signed again by a key."""
    return receipts.sign({**ready["result"].receipt, **changes}, key)


def part(ready, name, **changes):
    return {name: {**ready["result"].receipt[name], **changes}}


def test_what_was_kept_comes_in_and_the_committee_is_told(ready):
    done = committee.record(**ready)
    committee.carry()
    (row,) = reading.read(viewer("cabinet", "analyst", REHEARSAL), "custody.records", selection=done.subject.id)
    assert (row["src"], row["dst"], row["content"]["conditions"]) == (*ADDRESSES, ["a1", "x1"])
    (notice,) = reading.read(committee.chair(), "oversight.notices")
    assert (notice["what"], notice["kept_flows"], notice["findings"]) == ("selection", 1, [])
    assert set(Obligation.objects.values_list("rule", "status")) == {
        ("measures.approval", "settled"),
        ("measures.transit.period", "open"),
        ("custody.retention.max", "open"),
        ("custody.notice", "settled"),
    }


def test_the_retention_clock_says_what_was_set(ready):
    committee.record(**ready, retained_until="2028-03-31")
    assert str(Obligation.objects.get(rule="custody.retention.max").due_on) == "2028-03-31"


def test_the_notice_is_owed_until_it_has_arrived(ready):
    committee.record(**ready)
    assert Obligation.objects.get(rule="custody.notice").status == "open"
    committee.carry()
    assert Obligation.objects.get(rule="custody.notice").status == "settled"


def test_today_it_cannot_be_done(seated):
    payload = {
        "measure": str(fixed("x")),
        "order": "x",
        "receipt": {},
        "records": "0" * 64,
        "retained_until": "2028-03-31",
    }
    with pytest.raises(NotInForceError) as error:
        door.perform(KIND, {**payload, "retained_until": "2028-03-31"}, by=committee.officer(WORLD))
    assert error.value.article == "強化法22(1)"


# --- the signature ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"kept_flows": 0},
        {"stamp": None},
        {"start": "2026-11-23T15:00:00.000001+00:00"},
        {"degraded": True},
        {"extra": 1},
    ],
)
def test_an_altered_receipt_is_refused(ready, change):
    error = refused(ready, receipt={**ready["result"].receipt, **change})
    assert (error.code, error.article) == ("custody.signature", "強化法22(1)")


@pytest.mark.parametrize("signature", [None, {}, {"key": 1}, {"algorithm": "Ed25519", "key": "0" * 16, "value": "zz"}])
def test_an_unsigned_receipt_is_refused(ready, signature):
    assert refused(ready, receipt={**ready["result"].receipt, "signature": signature}).code == "custody.signature"


def test_an_unknown_engine_is_refused(ready):
    stranger = Ed25519PrivateKey.generate()
    assert refused(ready, receipt=resigned(ready, stranger)).code == "custody.signature"


def test_a_stranger_that_names_our_engines_key_is_refused(ready):
    forged = resigned(ready, Ed25519PrivateKey.generate())
    forged["signature"]["key"] = ready["result"].receipt["signature"]["key"]
    assert refused(ready, receipt=forged).code == "custody.signature"


def test_a_withdrawn_engine_is_refused(ready):
    withdrawal = {"engine": str(Engine.objects.get().id), "reason": "鍵の紛失"}
    door.perform("custody.engine.withdraw", withdrawal, by=committee.officer())
    assert refused(ready).code == "custody.signature"
    again = {"name": "x", "equipment": "x", "valid_from": "2026-11-24",
             "public_key": committee.ENGINE.public_key().public_bytes_raw().hex()}  # fmt: skip
    with pytest.raises(RefusedError) as error:
        proposals.propose("custody.engine.enrol", again, by=committee.officer())
    assert error.value.code == "custody.engine"


@pytest.mark.parametrize(
    "validity", [{"valid_from": "2026-11-25"}, {"valid_from": "2026-11-01", "valid_until": "2026-11-23"}]
)
def test_an_engine_counts_within_its_validity_only(seated, tmp_path, validity):
    measure, authority = committee.approved()
    committee.enrol_engine(**validity)
    result, order = committee.run(authority)
    ready = {"measure": measure["id"], "result": result, "order": order, "folder": tmp_path / "out"}
    assert refused(ready).code == "custody.signature"


# --- the authority ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("authority", {"id": "REHEARSAL-2026-002"}, "custody.authority"),
        ("authority", {"digest": "0" * 64}, "custody.authority"),
        ("authority", {"signed": False}, "custody.authority"),
        ("authority", {"equipment": "別の設備"}, "custody.equipment"),
        ("order", {"basis": "32"}, "custody.direction"),
        ("order", {"direction": "outside-to-inside"}, "custody.direction"),
        ("order", {"digest": "0" * 64}, "custody.order"),
        ("by_condition", {"a2": 1}, "custody.by_condition"),
    ],
)
def test_a_run_beside_the_authority_is_refused_even_when_well_signed(ready, name, changes, code):
    assert refused(ready, receipt=resigned(ready, **part(ready, name, **changes))).code == code


def test_a_real_runs_receipt_is_refused_in_the_rehearsal(ready):
    error = refused(ready, receipt=resigned(ready, stamp=None))
    assert (error.code, error.article) == ("custody.stamp", "強化法22(1)")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"start": "2026-11-23T14:59:59+00:00"}, "custody.signature"),  # before the engine's and the authority's period
        ({"end": "2027-05-24T15:00:00+00:00"}, "custody.future"),
        ({"end": "2026-01-01T00:00:00+00:00"}, "custody.receipt"),  # ends before it begins
        ({"start": "yesterday"}, "custody.receipt"),
        ({"start": "2026-11-24T00:00:00"}, "custody.receipt"),  # no time zone
    ],
)
def test_impossible_times_are_refused(ready, changes, code):
    assert refused(ready, receipt=resigned(ready, **changes)).code == code


def test_a_run_before_the_approved_period_is_refused(seated, tmp_path):
    """The engine may be older than the authority: then it is the authority's period that refuses."""
    committee.ask(begins_on="2026-11-24")
    committee.decide(begins_on="2026-11-24")
    committee.enrol_engine(valid_from="2026-11-01")
    measure = reading.read(committee.officer(), "measures.measures")[0]
    authority = reading.read_one(committee.officer(), "measures.authority", measure=measure["id"])["authority"]
    result, order = committee.run(authority)
    ready = {"measure": measure["id"], "result": result, "order": order, "folder": tmp_path / "out"}
    early = resigned(ready, start="2026-11-20T00:00:00+00:00", end="2026-11-20T00:01:00+00:00")
    error = refused(ready, receipt=early)
    assert (error.code, error.article) == ("custody.period", "強化法17(3)")


def test_an_order_wider_than_the_authority_is_refused_even_when_the_engine_ran_it(ready):
    """A broken or bribed engine that ran a wider order is found out: the order is checked again here."""
    wide = ready["order"].replace('"198.51.100.7"', '"198.0.0.0/8"')
    result = select(
        [io.BytesIO(sample.capture())], load_order(wide), Countries(),
        now=committee.lately(), signing_key=committee.ENGINE, rehearsal=True,
    )  # fmt: skip
    receipt = receipts.sign({**result.receipt, **part(ready, "authority")}, committee.ENGINE)
    error = refused(ready, order=wide, result=result, receipt=receipt)
    assert error.code == "selection.authority_condition"


def test_another_order_than_the_one_that_ran_is_refused(ready):
    other = ready["order"].replace("[443]", "[444]")
    assert refused(ready, order=other).code == "custody.order"
    assert refused(ready, order="not: [an order").code == "selection.order_refused"


def test_a_measure_without_authority_is_not_found(ready):
    assert isinstance(refused(ready, measure=committee.ask()), NotFoundError)


def test_a_selection_after_the_measure_ended_is_refused(ready, settings):
    door.perform("measures.copying.end", {"measure": str(ready["measure"]), "reason": "終了"}, by=committee.officer())
    settings.SAKIMORI_DEPLOYMENT = {
        **settings.SAKIMORI_DEPLOYMENT,
        "worlds": {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": "2026-11-26"}},
    }
    late = resigned(ready, start="2026-11-25T00:00:00+00:00", end="2026-11-25T00:01:00+00:00")
    error = refused(ready, receipt=late)
    assert (error.code, error.article) == ("custody.measure_ended", "強化法17(3)")


# --- the records ------------------------------------------------------------------------------------------------------


def rows(ready):
    write(ready["result"], ready["folder"])
    return list(kept.rows_of(ready["folder"] / "records.parquet"))


def stage(found):
    return batches.stage(KIND, found, by=committee.officer())


@pytest.mark.parametrize(
    "alter",
    [
        lambda found: [{**found[0], "src": "192.0.2.99"}],
        lambda found: [{**found[0], "bytes": found[0]["bytes"] + 1}],
        lambda found: [{**found[0], "note": "x"}],
        lambda found: [*found, found[0]],
        lambda found: found[:-1],
    ],
)
def test_other_records_than_the_engine_signed_are_refused(ready, alter):
    error = refused(ready, batch=stage(alter(rows(ready))))
    assert (error.code, error.article) == ("custody.records", "強化法22(1)")


def test_records_must_come_with_the_receipt(ready):
    payload = {
        "measure": str(ready["measure"]), "order": ready["order"], "receipt": ready["result"].receipt,
        "records": ready["result"].receipt["output"]["digest"], "retained_until": "2028-03-31",
    }  # fmt: skip
    with pytest.raises(RefusedError) as error:
        door.perform(KIND, payload, by=committee.officer())
    assert error.value.code == "custody.records"
    assert refused(ready, records="0" * 64).code == "custody.records"


def test_a_selection_that_kept_nothing_is_recorded_all_the_same(seated, tmp_path):
    measure, authority = committee.approved()
    committee.enrol_engine()
    order = committee.ORDER.format(number=measure["number"]).replace("198.51.100.7", "198.51.100.8")
    result, _ = committee.run(authority, order=order)
    committee.record(measure["id"], result, order, tmp_path / "out")
    committee.carry()
    assert reading.read(committee.chair(), "oversight.notices")[0]["kept_flows"] == 0


def test_a_receipt_is_recorded_once(ready):
    committee.record(**ready)
    again = stage(list(kept.rows_of(ready["folder"] / "records.parquet")))
    with pytest.raises(RefusedError) as error:
        committee.record(**ready, batch=again)
    assert error.value.code == "custody.recorded"
    assert Selection.objects.count() == 1


@pytest.mark.parametrize(
    ("until", "fine"), [("2029-03-31", True), ("2026-11-24", True), ("2029-04-01", False), ("2026-11-23", False)]
)
def test_retention_is_set_within_the_law(ready, until, fine):
    if fine:
        committee.record(**ready, retained_until=until)
    else:
        error = refused(ready, retained_until=until)
        assert (error.code, error.article) == ("custody.retention", "強化法25(1)")


def test_a_file_that_the_engine_did_not_write_is_refused(tmp_path):
    path = tmp_path / "records.parquet"
    path.write_bytes(b"\x89PNG")
    with pytest.raises(SelectionError) as error:
        list(kept.rows_of(path))
    assert error.value.code == "custody.records"


def test_mail_and_command_records_are_read_back_as_the_engine_signed_them(tmp_path, db):
    """Every kind of field, mail and binary matches among them, survives the file: the digest is the receipt's."""
    result = select([io.BytesIO(sample.capture())], load_order(sample.ORDER), Countries(),
                    now=clock.now(REHEARSAL), rehearsal=True)  # fmt: skip
    assert any(row["mail"] for row in result.rows)
    assert any(row["command_matches"] for row in result.rows)
    write(result, tmp_path / "out")
    found = list(kept.rows_of(tmp_path / "out" / "records.parquet"))
    assert kept.digest(found) == result.receipt["output"]["digest"]


# --- the label --------------------------------------------------------------------------------------------------------


def test_the_records_carry_their_label_and_the_staged_copy_is_gone(ready):
    done = committee.record(**ready)
    (record,) = SelectedRecord.objects.all()
    assert record.labels == {"content": ["selected_information"]}
    assert not Batch.objects.filter(kind=KIND).exists()
    assert not any(address.encode() in bytes(item) for address in ADDRESSES
                   for item in BatchItem.objects.values_list("content", flat=True))  # fmt: skip
    content = json.loads(bytes(ActContent.objects.get(id=done.act).content))
    assert content["batch"]["count"] == 1
    assert ADDRESSES[1] not in json.dumps(content)
    committee.carry()
    assert verify_deployment().problems == []


@pytest.mark.parametrize(
    ("organisation", "above"),
    [
        ("meti", True), ("bureau", True), ("power", True), ("rail", True), ("police", True), ("ppc", True),
        ("vendor", True), ("carrier", True), ("sector", True), ("cabinet", False), ("committee", False),
    ],
)  # fmt: skip
def test_selected_information_is_above_the_ceiling_of_everybody_else(ready, organisation, above):
    committee.record(**ready)
    record = SelectedRecord.objects.get()
    recipient = Organisation.objects.get(id=fixed(organisation))
    ceiling = labels.ceiling_of(recipient, REHEARSAL)
    named = Text(recipient.name_ja, recipient.name_en)
    if above:
        with pytest.raises(LabelError) as error:
            labels.require(ceiling, record.labels, record.owner, named)
        assert error.value.article == "強化法23(2)"
    else:
        labels.require(ceiling, record.labels, record.owner, named)


@pytest.mark.parametrize(
    ("organisation", "role"),
    [
        ("cabinet", "decider"), ("cabinet", "intake"), ("cabinet", "administrator"), ("committee", "chair"),
        ("committee", "inspector"), ("meti", "officer"), ("meti", "decider"), ("bureau", "officer"),
        ("power", "reporter"), ("power", "approver"), ("police", "liaison"), ("ppc", "liaison"),
        ("carrier", "liaison"), ("vendor", "vendor_contact"), ("sector", "liaison"),
    ],
)  # fmt: skip
def test_only_analysts_and_officers_of_the_office_read_the_records(ready, organisation, role):
    committee.record(**ready)
    with pytest.raises(NotAuthorisedError):
        reading.read(viewer(organisation, role, REHEARSAL), "custody.records")
    if organisation != "cabinet":
        for query in ("custody.selections", "custody.engines"):
            with pytest.raises(NotAuthorisedError):
                reading.read(viewer(organisation, role, REHEARSAL), query)


def test_a_reading_is_a_leaf_of_the_log(ready):
    committee.record(**ready)
    before = Leaf.objects.filter(what="read").count()
    reading.read(viewer("cabinet", "analyst", REHEARSAL), "custody.records")
    assert Leaf.objects.filter(what="read").count() == before + 1


def test_nothing_of_the_contents_reaches_the_committee(ready):
    committee.record(**ready)
    committee.carry()
    told = json.dumps(reading.read(committee.chair(), "oversight.notices"), default=str)
    assert not any(address in told for address in ADDRESSES)
    assert "REHEARSAL-2026-001" in told


def test_the_other_world_sees_none_of_it(ready):
    committee.record(**ready)
    assert reading.read(viewer("cabinet", "analyst", WORLD), "custody.records") == []
    assert reading.read(committee.officer(WORLD), "custody.selections") == []
