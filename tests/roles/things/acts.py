"""The floor's own things, made of the assets room's: an act, a proposal, a notice."""

from sakimori.acts import proposals
from sakimori.acts.models import Act, Notice
from sakimori.assets import drafting
from tests.roles.things import Made, Side
from tests.roles.things.assets import CATEGORY
from tests.support.deployment import fixed, viewer


def make(side: Side) -> Made:
    """Take the filing act and the minister's notice, and propose another filing."""
    made = Made()
    reporter = viewer(side.operator, "reporter")
    payload = drafting.draft(reporter, CATEGORY[side.operator])
    proposal = proposals.propose("assets.notification.file", payload, by=reporter)
    filed = Act.objects.filter(kind="assets.notification.file", organisation=fixed(side.operator)).first()
    notice = Notice.objects.filter(addressee=fixed(side.minister)).first()
    made.keep("acts.act", filed.id, side.operator, side.minister, "cabinet")
    made.keep("acts.proposal", proposal.id, side.operator)
    made.keep("acts.notice", notice.id, side.minister)
    made.ids["acts.kind"] = "assets.notification.file"
    return made
