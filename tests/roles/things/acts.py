"""The floor's own things, made of the assets room's: an act, a proposal, a notice."""

import hashlib
import uuid

from sakimori.acts import clock, proposals
from sakimori.acts.models import Act, Dispatch, Notice
from sakimori.assets import drafting
from sakimori.parties.models import Account
from sakimori.record import Viewer
from sakimori.web.agenda.models import Feed
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
    sent = Dispatch.objects.filter(act=filed.id).first()
    made.keep("acts.dispatch", sent.id, side.operator)
    made.ids["acts.kind"] = "assets.notification.file"
    made.keep("acts.subject", filed.subject, side.operator, side.minister, "cabinet")
    made.ids |= _feed(side, reporter)
    return made


def _feed(side: Side, reporter: Viewer) -> dict[str, str | uuid.UUID]:
    """Make a calendar feed of the operator's reporter; its address is a secret, and open to whoever has it."""
    account, _ = Account.objects.get_or_create(login=f"{side.operator}.feed", defaults={"person": reporter.person})
    secret = f"feed-of-{side.operator}".ljust(43, "x")
    feed = Feed.objects.create(
        account=account,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        world=reporter.world,
        organisation=reporter.acting_organisation,
        role=reporter.role,
        name="feed",
        created_at=clock.wall(),
    )
    return {"acts.feed": feed.id, "acts.secret": secret}
