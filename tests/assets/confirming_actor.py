"""What `test_two_at_once` runs in processes of their own: `python -m tests.assets.confirming_actor STEP …`."""

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "sakimori.web.settings"
CATEGORY = "発電設備の監視制御システム"


def found() -> None:
    """Found the deployment with a second approver, import, propose; print the proposal's id."""
    from sakimori.web import founding

    founding.create_keys()
    founding.migrate()
    from sakimori.acts import door, proposals
    from sakimori.assets import drafting
    from tests.support import deployment, filing

    deployment.enrol()
    administrator = deployment.viewer("power", "administrator")
    person = str(deployment.fixed("power.second"))
    door.perform(
        "parties.person.enrol",
        {"id": person, "name_ja": "架空電力 second"},
        by=administrator,
    )
    power = str(deployment.fixed("power"))
    membership = {"person": person, "organisation": power, "role": "approver", "valid_from": "2026-04-01"}
    door.perform("parties.membership.grant", membership, by=administrator)
    filing.import_register()
    reporter = deployment.viewer("power", "reporter")
    made = proposals.propose("assets.notification.file", drafting.draft(reporter, CATEGORY), by=reporter)
    sys.stdout.write(f"{made.id}\n")


def confirm(proposal: str, name: str) -> None:
    """Say ready, wait for go, confirm; print the act, or the refusal."""
    import uuid

    from django.db import connection

    from sakimori.acts import proposals
    from sakimori.errors import SakimoriError
    from sakimori.record import Viewer
    from tests.support.deployment import WORLD, fixed

    by = Viewer(fixed(f"power.{name}"), fixed("power"), "operator", "approver", WORLD)
    connection.ensure_connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    try:
        done = proposals.confirm(uuid.UUID(proposal), by=by)
        answer = {"act": str(done.act), "name": f"架空電力 {name}"}
    except SakimoriError as error:
        answer = {"code": error.code, "what": error.what.en}
    sys.stdout.write(json.dumps(answer) + "\n")


def count() -> None:
    """Print what there is afterwards."""
    from sakimori.acts.models import Act, Proposal
    from sakimori.assets.models import Computer

    answer = {
        "filings": Act.objects.filter(kind="assets.notification.file").count(),
        "proposal": Proposal.objects.get().status,
        "filed": Computer.objects.filter(status="filed").count(),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


def main() -> None:
    import django

    django.setup()
    {"found": found, "confirm": confirm, "count": count}[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
