"""What the tests of two deployments run in processes of their own: `python -m tests.acts.two_homes_actor STEP …`.

`north` hosts the operators, `south` the ministers; they know each other's keys, and no address.
"""

import json
import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "sakimori.web.settings"

SIDES = {"north": ("power", "rail", "vendor", "carrier"), "south": ()}


def prepare():
    """Create keys and tables."""
    from sakimori.web import founding

    founding.create_keys()
    founding.migrate()


def found(other_home, designated="yes"):
    """Enrol the parties of both sides and the other deployment with its keys."""
    from django.conf import settings

    from sakimori.acts import batches, door
    from sakimori.record import SYSTEM
    from sakimori.web import founding
    from tests.support import deployment

    names = {str(deployment.fixed(name)): "north" for name in SIDES["north"]}
    rows = [
        {**row, "deployment": names.get(row["id"], "south")} if row["thing"] == "organisation" else row
        for row in deployment.register()
        if designated == "yes" or row["thing"] not in ("designation", "facility")
    ]
    other = "south" if settings.SAKIMORI_DEPLOYMENT["name"] == "north" else "north"
    ring = json.loads((Path(other_home) / "keyring.json").read_bytes())
    rows.append({"thing": "peer", "name": other, "edition": "authority", "url": "", "keys": ring["keys"]})
    system = SYSTEM(deployment.WORLD)
    batch = batches.stage("parties.register.found", rows, by=system)
    door.commit(
        door.Request(
            "parties.register.found", {"title": "x"}, system, caused_by=founding.founding_act(), batch=batch.id
        )
    )


def leave():
    """File as `file` does, and let no sequencer run."""
    from tests.support.filing import file_notification, import_register

    import_register()
    file_notification()


def file(receipt):
    """Import a register, file the notification by two persons, let the log take it in; keep the receipt file."""
    from sakimori.acts import receipts, sequencer
    from tests.support.deployment import viewer
    from tests.support.filing import file_notification, import_register

    import_register()
    done = file_notification()
    sequencer.drain()
    kept = receipts.receipt_file(viewer("power", "approver"), done.act)
    Path(receipt).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


def state():
    """Say what became of it here."""
    from sakimori.acts import sequencer
    from sakimori.acts.models import Act, Dispatch, Obligation
    from sakimori.acts.verify import verify_deployment
    from sakimori.assets.models import Computer, Notification

    sequencer.drain()
    told = {
        "dispatch": list(Dispatch.objects.values_list("status", "channel")),
        "notification": list(Notification.objects.values_list("side", "status")),
        "filed": Computer.objects.filter(status="filed").count(),
        "settled": Obligation.objects.filter(status="settled").count(),
        "received": Act.objects.filter(kind="assets.notification.receive").count(),
        "problems": len(verify_deployment().problems),
    }
    sys.stdout.write(f"{json.dumps(told)}\n")


STEPS = (prepare, found, leave, file, state)


def main():
    import django

    django.setup()
    {step.__name__: step for step in STEPS}[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
