"""A ransomware case, reported: to the minister and the Prime Minister, to the commission, told to the police."""

from sakimori.acts import door
from sakimori.incidents.models import Report
from tests.roles.things import Made, Secret, Side
from tests.support import incidents
from tests.support.deployment import ORGANISATIONS, fixed, viewer


def make(side: Side) -> Made:
    """Bring a case as far as reports that arrived, and have the minister ask a question."""
    reporter = viewer(side.operator, "reporter")
    case = incidents.aware(
        by=reporter, title=f"TITLE-{side.letter}", aware_by=f"AWARE-{side.letter}", notes=f"NOTES-{side.letter}"
    )
    incidents.triage(case, by=reporter, personal=incidents.LEAK, consult_police=True)
    incidents.file(
        case,
        operator=side.operator,
        outline={"name": ORGANISATIONS[side.operator][1], "contact": {"name": f"CONTACT-{side.letter}", "phone": "0"}},
        event={"summary": f"SUMMARY-{side.letter}", "state": "contained", "service_level": "kept"},
    )
    incidents.carry()
    received = Report.objects.filter(reporter=fixed(side.operator), lane="kyokaho")
    report = received.exclude(addressee=fixed("cabinet")).get()
    office = next(name for name in ORGANISATIONS if fixed(name) == report.addressee)  # the minister, or its bureau
    door.perform(
        "incidents.question.ask",
        {"report": str(report.id), "text": f"QUESTION-{side.letter}"},
        by=viewer(office, "officer"),
    )
    incidents.carry()
    made = Made()
    offices = {office, side.minister}
    made.keep("incidents.case", case, side.operator, *offices, "cabinet", "ppc", "police")
    made.keep("incidents.report", report.id, *offices)
    made.ids["incidents.stage"] = "first"
    for text in ("TITLE", "AWARE", "NOTES"):
        made.secrets.append(Secret(f"{text}-{side.letter}", frozenset({side.operator})))
    made.secrets.append(Secret(f"SUMMARY-{side.letter}", frozenset({side.operator, *offices, "cabinet", "police"})))
    made.secrets.append(Secret(f"QUESTION-{side.letter}", frozenset({side.operator, *offices})))
    return made
