"""From a CSV list to an arrived notification: scope with reasons, two persons, the minister, the Prime Minister."""

import json
import uuid
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from sakimori import proofs
from sakimori.acts import door, keys, proposals, reading, sequencer, transport
from sakimori.acts.errors import PreconditionError, ProposalError, RefusedError, SecondPersonError
from sakimori.acts.models import Delivery, Dispatch, Notice, Obligation, ReadSubject
from sakimori.assets import drafting
from sakimori.assets.models import Computer, ComputerChange, Notification
from sakimori.record import open_door
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register


def test_each_computer_is_placed_with_its_clause_and_exemption(parties):
    import_register()
    placed = {c.key: (c.scope, c.clause, c.notify) for c in Computer.objects.all()}
    assert placed["P-001"] == ("in", "rei1-3-1", "yes")  # part of the facility: 施行令1(3)(i)
    assert placed["P-002"] == ("in", "meirei1-1-3", "yes")  # nearest firewall: 命令1(1)(iii)
    assert placed["P-003"] == ("in", "rei1-3-1", "exempt")  # Windows Server: designated item from 2026-10-01
    assert placed["P-004"][0] == "out"  # not connected at all
    assert placed["P-005"] == ("in", "meirei1-1-2", "yes")  # nearest router: 命令1(1)(ii)


def test_existing_and_early_computers_are_due_at_the_end_of_march(parties):
    import_register()
    due = {o.rule: o.due_on for o in Obligation.objects.filter(bearer=fixed("power"))}
    # Existing on 2026-10-01: six months from commencement = 2027-03-31 (附則4; not counted from the next day,
    # the period starts at 0:00). Introduced 2026-11-10, within two months of commencement: the same (命令附則2).
    assert due == {
        "kyokaho.notice.existing": date(2027, 3, 31),
        "kyokaho.notice.early_window": date(2027, 3, 31),
    }


def test_filing_needs_a_second_person(parties):
    import_register()
    payload = drafting.draft(viewer("power", "reporter"), "発電設備の監視制御システム")
    with pytest.raises(SecondPersonError):
        door.perform("assets.notification.file", payload, by=viewer("power", "approver"))
    proposal = proposals.propose("assets.notification.file", payload, by=viewer("power", "approver"))
    with pytest.raises(ProposalError):
        proposals.confirm(proposal.id, by=viewer("power", "approver"))
    assert not Notification.objects.exists()


def test_only_arrival_settles_the_duty(parties):
    import_register()
    file_notification()
    assert set(Obligation.objects.filter(bearer=fixed("power")).values_list("status", flat=True)) == {"open"}

    sequencer.drain()
    transport.run_once()

    assert Dispatch.objects.get().status == "arrived"
    owed = Obligation.objects.filter(bearer=fixed("power"))
    assert set(owed.values_list("status", flat=True)) == {"settled"}
    assert owed.first().evidence["outcome"] == "accepted"


def test_the_minister_receives_exactly_what_was_filed_and_passes_it_on(parties):
    import_register()
    filed = file_notification()
    sequencer.drain()
    transport.run_once()

    officer = viewer("meti", "officer")
    (arrived,) = reading.read(officer, "assets.notifications")
    items = reading.read(officer, "assets.notification_items", notification=arrived["id"])
    assert arrived["act"] == filed.act
    assert [(i["clause"], i["maker"], i["product"]) for i in items] == [
        ("rei1-3-1", "横河電機", "CENTUM VP"),
        ("meirei1-1-3", "Fortinet", "FortiOS"),
        ("meirei1-1-2", "Cisco", "Catalyst 9300"),
    ]
    assert reading.read(viewer("cabinet", "analyst"), "assets.notifications") == []

    door.perform("assets.notification.pass_on", {"notification": str(arrived["id"])}, by=officer)

    assert len(reading.read(viewer("cabinet", "analyst"), "assets.notifications")) == 1
    assert Notice.objects.filter(addressee=fixed("cabinet")).count() == 1


def test_others_see_nothing_of_it(parties):
    import_register()
    file_notification()
    sequencer.drain()
    transport.run_once()
    for name, role in (("rail", "approver"), ("mlit", "officer"), ("cabinet", "analyst")):
        assert reading.read(viewer(name, role), "assets.notifications") == []
    assert reading.read(viewer("rail", "approver"), "assets.register") == []


def test_the_filer_sees_who_opened_the_notification(parties):
    import_register()
    filed = file_notification()
    sequencer.drain()
    transport.run_once()
    (arrived,) = reading.read(viewer("meti", "intake"), "assets.notifications")
    assert arrived["withheld"] == {}
    readers = reading.read(viewer("power", "reporter"), "acts.readers", act=filed.act)
    assert {row["organisation"] for row in readers} == {fixed("meti")}
    assert reading.read(viewer("rail", "approver"), "acts.readers", act=filed.act) == []


def test_opening_one_notification_opens_nobody_elses(parties, enter):
    import_register()
    file_notification()
    sequencer.drain()
    transport.run_once()
    arrived = Notification.objects.get(side="minister")
    page = reverse("assets:notification", args=[arrived.id])
    other = Notification.objects.get(side="minister")
    other.pk, other.act, other.organisation, other.owner = uuid.uuid4(), uuid.uuid4(), fixed("rail"), fixed("rail")
    with transaction.atomic(), open_door("test"):
        other.save(force_insert=True)
    assert enter("meti", "officer").get(page).status_code == 200
    assert ReadSubject.objects.filter(subject=arrived.act).exists()
    assert not ReadSubject.objects.filter(subject=other.act).exists()


def _retire(key):
    computer = Computer.objects.get(key=key)
    door.perform(
        "assets.computer.retire",
        {"computer": str(computer.id), "retired_on": "2026-11-24"},
        by=viewer("power", "reporter"),
    )


def test_a_computer_retired_on_the_way_does_not_hold_up_the_duty(parties):
    import_register()
    file_notification()
    _retire("P-001")
    sequencer.drain()
    transport.run_once()
    assert set(Obligation.objects.filter(bearer=fixed("power")).values_list("status", flat=True)) == {"settled"}
    assert Computer.objects.get(key="P-001").status == "retired"


def test_a_computer_retired_before_the_second_person_confirms_is_not_notified(parties):
    import_register()
    reporter = viewer("power", "reporter")
    proposal = proposals.propose(
        "assets.notification.file", drafting.draft(reporter, "発電設備の監視制御システム"), by=reporter
    )
    _retire("P-001")
    with pytest.raises(PreconditionError):
        proposals.confirm(proposal.id, by=viewer("power", "approver"))
    assert not Notification.objects.exists()
    assert len(drafting.draft(reporter, "発電設備の監視制御システム").rows) == 2
    with pytest.raises(RefusedError):
        _retire("P-001")


@pytest.mark.usefixtures("operator_edition")
def test_a_notified_product_that_changes_starts_the_clock_of_changes(parties):
    import_register()
    file_notification()
    sequencer.drain()
    transport.run_once()
    computer = Computer.objects.get(key="P-002")
    change = {"computer": str(computer.id), "changed_on": "2026-11-24"}
    reporter = viewer("power", "reporter")
    door.perform("assets.computer.change", {**change, "version": "7.6"}, by=reporter)
    assert not Obligation.objects.filter(rule="kyokaho.notice.change").exists()
    door.perform("assets.computer.change", {**change, "product": "FortiOS NG"}, by=reporter)
    change_made = ComputerChange.objects.get(computer=computer, status="waiting")
    assert Obligation.objects.get(rule="kyokaho.notice.change").subject == change_made.duty_id
    for faulty in ({"changed_on": "2026-11-25", "product": "X"}, {"product": "FortiOS NG"}):
        with pytest.raises(RefusedError):
            door.perform("assets.computer.change", {**change, **faulty}, by=reporter)


def test_what_is_no_notification_is_refused_with_an_answer_to_the_sender(parties):
    import_register()
    file_notification()
    sequencer.drain()
    envelope = json.loads(bytes(transport.sealed(Delivery.objects.get(channel="envelope"), Dispatch.objects.get())))
    document = json.loads(proofs.verify_envelope(proofs.canonical(envelope), keys.ring(WORLD)).act.content)
    document["payload"]["rows"] = [{"clause": ""}]
    with pytest.raises(RefusedError) as refused:
        door.perform_system(
            "assets.notification.receive",
            {
                "envelope": envelope["id"],
                "sender": str(fixed("power")),
                "addressee": str(fixed("meti")),
                "document": document,
            },
            world=WORLD,
            authorised_by=fixed("x"),
        )
    assert refused.value.code == "assets.form"
    assert refused.value.where == "rows.0.clause"


def test_a_world_never_meets_another(parties):
    import_register()
    rehearsal = viewer("power", "reporter", "sample-rehearsal")
    assert reading.read(rehearsal, "assets.register") == []
    assert rehearsal.world != WORLD
