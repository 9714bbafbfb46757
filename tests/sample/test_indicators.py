"""The incident: documentation addresses only, parts the forms take, and exactly the right others touched."""

import ipaddress

import pytest

from sakimori.incidents import forms
from sakimori.law.decisions import incidents as law
from sakimori.law.decisions.assets import ComputerFacts, scope
from sakimori.matching.indicators import Kind, parse_indicator
from sakimori.matching.watchlist import Watchlist
from sakimori.sample.indicators import FICTITIOUS_WEAKNESS, incident, sightings, watched
from sakimori.sample.organisations import sample_world

WORLD = sample_world()
INCIDENT = incident(WORLD)
DOCUMENTATION = [
    ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]
EVERY_INDICATOR = [*INCIDENT.indicators, *(text for one in sightings() for text in one.indicators)]


@pytest.mark.parametrize("text", EVERY_INDICATOR)
def test_indicators_are_readable_and_nobody_s(text):
    indicator = parse_indicator(text)
    if indicator.kind in {Kind.IPV4, Kind.IPV6, Kind.CIDR4, Kind.CIDR6}:
        network = ipaddress.ip_network(indicator.value)
        assert any(network.version == one.version and network.subnet_of(one) for one in DOCUMENTATION)
    elif indicator.kind in {Kind.FQDN, Kind.URL}:
        assert (indicator.host or indicator.value).endswith(".example")


def test_operators_own_documentation_ranges_that_do_not_overlap():
    ranges = [
        (operator, ipaddress.ip_network(text))
        for operator, designation in sample_world(257).designations.items()
        for text in designation.ranges
    ]
    for operator, network in ranges:
        assert any(network.version == one.version and network.subnet_of(one) for one in DOCUMENTATION)
        for other, second in ranges:
            assert operator == other or network.version != second.version or not network.overlaps(second)


def test_the_parts_are_what_the_forms_take():
    event = forms.Event.model_validate(INCIDENT.parts["event"], strict=False)
    assert event.aware_at == INCIDENT.aware_at
    technical = forms.Technical.model_validate(INCIDENT.parts["technical"], strict=False)
    assert technical.ransomware is not None
    assert technical.vulnerabilities == [FICTITIOUS_WEAKNESS]
    forms.Response.model_validate(INCIDENT.parts["response"], strict=False)
    forms.Remarks.model_validate(INCIDENT.parts["remarks"], strict=False)


def test_the_weakness_can_be_a_real_one():
    assert incident(WORLD, "CVE-2025-24472").parts["technical"]["vulnerabilities"] == ["CVE-2025-24472"]
    assert incident(WORLD).parts["technical"]["vulnerabilities"] == [FICTITIOUS_WEAKNESS]


def test_the_incident_is_reportable_under_the_law_and_happened_before_it_was_known():
    assert INCIDENT.occurred_at < INCIDENT.aware_at
    assert INCIDENT.aware_at.date() <= WORLD.today
    for computer in INCIDENT.computers:
        found = scope(
            ComputerFacts(operator_designated=True, connection=computer.connection, **computer.facts), WORLD.today
        )
        facts = law.EventFacts(
            in_scope=True,
            trigger_group=str(found.values["trigger_group"]),
            occurred=INCIDENT.occurred_at.date(),
            designated=WORLD.designations[INCIDENT.operator].designated,
            successor=False,
            newly_listed=False,
            **INCIDENT.facts,
        )
        assert law.reportable(facts, WORLD.today).outcome == "reportable"
    assert law.form(law.FormFacts(attack=INCIDENT.attack), WORLD.today).outcome == "common_form_2"


def test_the_incident_touches_one_other_report_and_the_observation_one_operator():
    listed = Watchlist(watched(WORLD))
    touched = {
        (touch.watched.operator, touch.watched.ref)
        for text in INCIDENT.indicators
        for touch in listed.touched(parse_indicator(text))
    }
    assert touched == {("gas", "report:gas-trace")}
    seen = next(one for one in sightings() if one.source)
    owners = {touch.watched.operator for text in seen.indicators for touch in listed.touched(parse_indicator(text))}
    assert owners == {"rail"}
