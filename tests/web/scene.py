"""A deployment with life in it: duties that run, a filing on its way and one arrived, a proposal that waits."""

import uuid
from dataclasses import dataclass

from sakimori.acts import proposals, sequencer, transport
from sakimori.acts.models import Notice
from sakimori.assets import drafting
from tests.support.deployment import fixed, viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.scenes import remembered

CATEGORY = "発電設備の監視制御システム"


@dataclass(frozen=True, slots=True)
class Scene:
    """Ids of what was made: the act that filed, a waiting proposal of `power`, the minister's notice."""

    filed: uuid.UUID
    proposal: uuid.UUID
    notice: uuid.UUID


@remembered
def play() -> Scene:
    """File what waits, let it arrive, import one more computer and propose to file that."""
    import_register()
    filed = file_notification(CATEGORY)
    sequencer.drain()
    transport.run_once()
    import_register((ROWS[1].replace("P-002", "P-012"),))
    payload = drafting.draft(viewer("power", "reporter"), CATEGORY)
    proposal = proposals.propose("assets.notification.file", payload, by=viewer("power", "reporter"))
    return Scene(filed.act, proposal.id, Notice.objects.get(addressee=fixed("meti")).id)
