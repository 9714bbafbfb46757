"""Enrolment: a consent of the operator, somebody of its house who could leave, a step of the guided run."""

from sakimori.acts import door
from tests.roles.things import Made, Side
from tests.support.deployment import TODAY, fixed, viewer


def make(side: Side) -> Made:
    """Give the operator's consent to its minister; who is neither may not learn of it."""
    made = Made()
    given = {
        "organisation": str(fixed(side.operator)),
        "matter": "share_report",
        "scope": f"consent-of-{side.operator}",
        "recipient": str(fixed(side.minister)),
        "given_on": TODAY,
    }
    done = door.perform("parties.consent.give", given, by=viewer(side.operator, "approver"))
    made.keep("enrol.consent", done.subject.id, side.operator, side.minister)
    made.ids["enrol.person"] = fixed(f"{side.operator}.reporter")
    made.ids["enrol.step"] = "people"
    return made
