"""The pages of the log-in: they are about the session itself, so what they are asked for is nobody's or the asker's."""

import uuid

from tests.roles.things import Made, Side


def make(side: Side) -> Made:
    """Return ids that name nothing: whoever asks about another one's session, factor or identity finds nothing."""
    made = Made()
    made.ids |= {
        "access.secret": "nonsense", "access.factor": "0", "access.session": "0", "access.identity": "0",
        "access.act": uuid.uuid4(), "acts.provider_id": "nonsense",
    }  # fmt: skip
    return made
