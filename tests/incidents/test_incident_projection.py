"""Each authority gets what its law gives it and nothing else: proven for every field, on the bytes that travelled."""

import base64
import json

import pytest
from pydantic import BaseModel

from sakimori.acts import labels, reading
from sakimori.acts.errors import LabelError, NotAuthorisedError
from sakimori.acts.models import Dispatch, Received
from sakimori.incidents import entry
from sakimori.incidents.models import CaseComputer, Indicator, Report
from sakimori.parties.models import Organisation
from sakimori.text import Text
from tests.support import incidents as story
from tests.support.deployment import WORLD, fixed, viewer

OFFICES, PPC, POLICE = "offices", "ppc", "police"
# Part of the entry → a mark found nowhere else → who may receive it. Written out, not derived from the code.
MARKS = {
    "outline.name": ("M-name", {OFFICES, PPC, POLICE}),
    "outline.corporate_number": ("9999999000777", {OFFICES, PPC, POLICE}),
    "outline.business_type": ("M-business", {OFFICES, PPC, POLICE}),
    "outline.contact.name": ("M-contact", {OFFICES, PPC, POLICE}),
    "outline.contact.department": ("M-department", {OFFICES, PPC, POLICE}),
    "outline.contact.phone": ("M-phone", {OFFICES, PPC, POLICE}),
    "outline.contact.email": ("M-email", {OFFICES, PPC, POLICE}),
    "event.summary": ("M-summary", {OFFICES, POLICE}),
    "event.impact_business": ("M-impact-business", {OFFICES}),
    "event.impact_customers": ("M-impact-customers", {OFFICES}),
    "technical.description": ("M-description", {OFFICES, POLICE}),
    "technical.vulnerabilities": (["CVE-1999-77777"], {OFFICES, POLICE}),
    "technical.indicators": (["192.0.2.177"], {OFFICES, POLICE}),
    "technical.tools": ("M-tools", {OFFICES, POLICE}),
    "technical.ransomware.note": ("M-note", {OFFICES, POLICE}),
    "technical.ransomware.extension": (".M-extension", {OFFICES, POLICE}),
    "technical.ransomware.intrusion_detail": ("M-intrusion", {OFFICES, POLICE}),
    "response.measures": ("M-measures", {OFFICES, POLICE}),
    "response.recovery": ("M-recovery", {OFFICES}),
    "response.publication": ("M-publication", {OFFICES}),
    "response.prevention": ("M-prevention", {OFFICES}),
    "remarks.text": ("M-remarks", {OFFICES}),
    "personal.outline": ("M-p-outline", {PPC}),
    "personal.data_items": ("M-p-items", {PPC}),
    "personal.persons": (7654321, {PPC}),
    "personal.cause": ("M-p-cause", {PPC}),
    "personal.secondary_damage": ("M-p-secondary", {PPC}),
    "personal.response_to_persons": ("M-p-persons", {PPC}),
    "personal.publication": ("M-p-publication", {PPC}),
    "personal.prevention": ("M-p-prevention", {PPC}),
    "personal.other": ("M-p-other", {PPC}),
    "police.wish": ("M-wish", {POLICE}),
}
# Facts of the case itself: never typed into the form.
CASE = {
    "title": "M-title",
    "aware_by": "M-aware-by",
    "aware_how": "M-aware-how",
    "notes": "M-notes",
    "summary": "M-own",
}
CASE_GOES_TO = {"M-title": set(), "M-aware-by": set(), "M-aware-how": {OFFICES}, "M-notes": set(), "M-own": set()}
# Choices cannot carry a mark; their places are checked instead.
CHOICES = {"event.state", "event.service_level", "technical.ransomware.kinds", "technical.ransomware.intrusion"}
UNUSED_FORM = {"technical.ddos"}  # common form 1; refused on this one
FLAG = {"remarks.nco_consent"}
SUPPLEMENT_ONLY = {"reason"}
ADDRESSEES = {"bureau": OFFICES, "cabinet": OFFICES, "ppc": PPC, "police": POLICE}
READERS = {"bureau": "officer", "cabinet": "analyst", "ppc": "liaison", "police": "liaison"}


def leaves(model, path=""):
    """Yield the dotted path of every leaf of a payload model."""
    for name, spec in model.model_fields.items():
        kinds = [spec.annotation, *getattr(spec.annotation, "__args__", ())]
        below = next((one for one in kinds if isinstance(one, type) and issubclass(one, BaseModel)), None)
        here = f"{path}{name}"
        if below is not None and here not in UNUSED_FORM:
            yield from leaves(below, f"{here}.")
        else:
            yield here


def marked():
    """Return the entry with a mark in every leaf."""
    content = {"event": {"state": "contained", "service_level": "deviated"}, "remarks": {"nco_consent": True}}
    for path, (mark, _) in MARKS.items():
        *above, last = path.split(".")
        spot = content
        for part in above:
            spot = spot.setdefault(part, {})
        spot[last] = mark
    content["technical"]["ransomware"] |= {"kinds": ["leak_threat"], "intrusion": "remote_desktop"}
    return content


@pytest.fixture
def filed(parties):
    """The marked case, filed and arrived everywhere."""
    case = story.aware(**CASE)
    story.triage(case, personal=story.LEAK, consult_police=True)
    story.file(case, **marked())
    story.carry()
    return case


def opened(name):
    """Return the act bytes inside every envelope that came in for an addressee, as text."""
    ids = list(Dispatch.objects.filter(addressee=fixed(name)).values_list("id", flat=True))
    blocks = [json.loads(bytes(one.content))["act"] for one in Received.objects.filter(id__in=ids)]
    return "".join(base64.b64decode(block["bytes"]).decode() for block in blocks)


def word(mark):
    """Return a mark as it is found in text."""
    return str(mark[0] if isinstance(mark, list) else mark)


def test_every_leaf_of_the_entry_is_accounted_for():
    assert set(leaves(entry.Entry)) == set(MARKS) | CHOICES | UNUSED_FORM | FLAG | SUPPLEMENT_ONLY


@pytest.mark.parametrize("name", ADDRESSEES)
def test_the_bytes_hold_exactly_what_the_law_gives(filed, name):
    text = opened(name)
    assert text
    told = {word(mark): receivers for mark, receivers in MARKS.values()}
    for mark, receivers in {**told, **CASE_GOES_TO}.items():
        assert (mark in text) is (ADDRESSEES[name] in receivers), (name, mark)
    assert ('"service_level":"deviated"' in text) is (ADDRESSEES[name] == OFFICES)
    assert ('"state":"contained"' in text) is (ADDRESSEES[name] in (OFFICES, POLICE))
    assert ("leak_threat" in text) is (ADDRESSEES[name] in (OFFICES, POLICE))
    assert ("nco_consent" in text) is (ADDRESSEES[name] == OFFICES)


@pytest.mark.parametrize("name", ADDRESSEES)
def test_what_each_reads_is_what_travelled_to_it(filed, name):
    rows = reading.read(viewer(name, READERS[name]), "incidents.reports")
    assert len(rows) == 1
    assert rows[0]["withheld"] == {}
    text = json.dumps(rows, default=str, ensure_ascii=False)
    for mark, receivers in MARKS.values():
        assert (word(mark) in text) is (ADDRESSEES[name] in receivers), (name, mark)


def test_the_private_register_never_leaves(filed):
    private = [str(one.id) for one in CaseComputer.objects.all()]
    for name, kind in ADDRESSEES.items():
        text = opened(name)
        assert all(one not in text for one in private)
        assert (story.SERVER["product"] in text) is (kind == OFFICES)


def test_other_operators_and_authorities_see_nothing_not_even_that_there_is_something(filed):
    report = Report.objects.filter(addressee=fixed("cabinet")).get()
    for name, role in (("mlit", "officer"), ("meti", "officer")):
        rows = reading.read(viewer(name, role), "incidents.report", report=report.id)
        assert rows == []
    assert reading.read(viewer("mlit", "officer"), "incidents.reports") == []
    for query in ("incidents.reports", "incidents.indicators"):
        with pytest.raises(NotAuthorisedError):
            reading.read(viewer("rail", "approver"), query)
    assert reading.read(viewer("rail", "approver"), "incidents.cases") == []
    assert reading.read(viewer("rail", "approver"), "incidents.case", case=filed) == []
    assert reading.read(viewer("rail", "approver"), "incidents.clocks", case=filed, status="") == []
    assert reading.read(viewer("rail", "approver"), "incidents.readers", case=filed) == []
    for name, role in (("committee", "secretariat"), ("vendor", "vendor_contact"), ("sector", "liaison")):
        with pytest.raises(NotAuthorisedError):
            reading.read(viewer(name, role), "incidents.reports")
    for name in ("cabinet", "meti"):
        with pytest.raises(NotAuthorisedError):
            reading.read(viewer(name, "administrator"), "incidents.reports")


def test_the_minister_sees_what_his_bureau_received_but_not_other_lanes(filed):
    rows = reading.read(viewer("meti", "officer"), "incidents.reports")
    assert [(row["lane"], row["addressee"]) for row in rows] == [("kyokaho", fixed("bureau"))]


def test_labels_stay_on_what_was_received_and_hold_back_above_a_ceiling(filed):
    report = Report.objects.get(addressee=fixed("cabinet"))
    assert report.labels == {"report": ["reported_information"], "reporter": ["reporter_identity"]}
    assert report.owner == fixed("power")
    for name in ("police", "ppc", "sector", "vendor", "committee"):
        ceiling = labels.ceiling_of(Organisation.objects.get(id=fixed(name)), WORLD)
        with pytest.raises(LabelError) as refused:
            labels.require(ceiling, report.labels, report.owner, Text(name, name))
        assert refused.value.article.startswith("強化法8")
    for name, foreign in (("ppc", "cabinet"), ("police", "ppc")):
        own = Report.objects.get(addressee=fixed(name))
        ceiling = labels.ceiling_of(Organisation.objects.get(id=fixed(foreign)), WORLD)
        with pytest.raises(LabelError):
            labels.require(ceiling, own.labels, own.owner, Text(foreign, foreign))


def test_indicators_arrive_in_normal_form_for_those_who_got_them(filed):
    rows = reading.read(viewer("cabinet", "analyst"), "incidents.indicators")
    assert [(row["kind"], row["value"], row["reporter"]) for row in rows] == [("ipv4", "192.0.2.177", fixed("power"))]
    kept = Indicator.objects.filter(addressee=fixed("cabinet")).get()
    assert (kept.owner, kept.labels) == (fixed("power"), Report.objects.get(addressee=fixed("cabinet")).labels)
    assert len(reading.read(viewer("police", "liaison"), "incidents.indicators")) == 1
    assert reading.read(viewer("ppc", "liaison"), "incidents.indicators") == []
    (named,) = reading.read(viewer("cabinet", "analyst"), "incidents.products")
    assert named["vulnerabilities"] == ["CVE-1999-77777"]
    assert named["computers"][0]["product"] == "CENTUM VP"


def test_the_operator_sees_who_opened_its_report(filed):
    reading.read(viewer("cabinet", "analyst"), "incidents.reports")
    readers = reading.read(viewer("power", "reporter"), "incidents.readers", case=filed)
    assert {row["organisation"] for row in readers} == {fixed("cabinet")}
    assert "person" not in readers[0]
