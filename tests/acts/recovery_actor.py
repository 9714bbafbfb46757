"""What the tests of restoring run in processes of their own: `python -m tests.acts.recovery_actor STEP …`.

`north` hosts the operators, `south` the ministers, as in two_homes_actor; here they may have addresses.
"""

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "sakimori.web.settings"


def prepare():
    """Create keys and tables."""
    from sakimori.web import founding

    founding.create_keys()
    founding.migrate()


def found(other_home, other_url):
    """Enrol both sides, the other with its address, and administrators with a log-in; bring the list in."""
    from django.conf import settings
    from django.db import transaction

    from sakimori.parties.models import Account, Peer
    from sakimori.record import open_door
    from tests.acts import two_homes_actor
    from tests.support import deployment, filing

    two_homes_actor.found(other_home)
    with transaction.atomic(), open_door("test"):
        Peer.objects.update(url=other_url)
    for name in ("power.administrator", "rail.administrator", "power.reporter", "meti.administrator"):
        Account.objects.create_account(name, deployment.fixed(name), "trial-pass-words-1")
    if settings.SAKIMORI_DEPLOYMENT["name"] == "north":
        filing.import_register()


def found_alone():
    """Enrol the parties of a deployment that knows no other, an administrator with a log-in, and do one act."""
    from sakimori.parties.models import Account
    from tests.support import deployment

    deployment.enrol()
    for name in ("power.administrator", "meti.administrator"):
        Account.objects.create_account(name, deployment.fixed(name), "trial-pass-words-1")
    consent()


def consent(count="1"):
    """Do acts that go nowhere."""
    from sakimori.acts import door, sequencer
    from tests.support.deployment import fixed, viewer

    for number in range(int(count)):
        payload = {"organisation": str(fixed("power")), "matter": f"x{number}", "given_on": "2026-11-24"}
        door.perform("parties.consent.give", payload, by=viewer("power", "approver"))
    sequencer.drain()


def file():
    """File the notification and let it go on its way until its acknowledgement is back."""
    from tests.support.filing import file_notification

    file_notification()
    work()


def work():
    """Do what the worker does until nothing is left."""
    from sakimori.sample.steps.floor import settle

    settle(rounds=6)


def refused():
    """Say how door, envelopes and worker answer."""
    from sakimori.acts import door, sequencer, transport
    from sakimori.acts.errors import ReadOnlyError
    from tests.support.deployment import fixed, viewer

    payload = {"organisation": str(fixed("power")), "matter": "no", "given_on": "2026-11-24"}
    ways = {
        "door": lambda: door.perform("parties.consent.give", payload, by=viewer("power", "approver")),
        "envelope": lambda: transport.receive(b"{}"),
        "sequencer": sequencer.drain,
        "files": lambda: list(transport.waiting_files()),
    }
    told = {}
    for name, way in ways.items():
        try:
            way()
            told[name] = "done"
        except ReadOnlyError as error:
            told[name] = error.code
    sys.stdout.write(f"{json.dumps(told)}\n")


def state():
    """Say what stands here: sizes, checkpoint, problems, acts by kind."""
    from collections import Counter
    from pathlib import Path

    from django.conf import settings

    from sakimori.acts.models import Act, Dispatch, Leaf, Received
    from sakimori.acts.tiles import TileLog
    from sakimori.acts.verify import verify_deployment
    from sakimori.assets.models import Notification

    log = TileLog(settings.SAKIMORI_LOG)
    checkpoint = Path(settings.SAKIMORI_LOG) / "checkpoint"
    told = {
        "acts": Counter(Act.objects.values_list("kind", flat=True)),
        "leaves": Leaf.objects.filter(position__isnull=False).count(),
        "lost": Leaf.objects.filter(what="lost").count(),
        "size": log.size,
        "note": checkpoint.read_text(encoding="utf-8") if checkpoint.exists() else "",
        "problems": [f"{one.where}: {one.what.en}" for one in verify_deployment().problems],
        "received": Received.objects.count(),
        "notifications": list(Notification.objects.values_list("side", "status")),
        "dispatches": list(Dispatch.objects.values_list("status", flat=True)),
        "occurred": [
            str(at)
            for at in Act.objects.filter(kind="assets.notification.receive").values_list("occurred_at", flat=True)
        ],
    }
    sys.stdout.write(f"{json.dumps(told)}\n")


STEPS = (prepare, found, found_alone, consent, file, work, refused, state)


def main():
    import django

    django.setup()
    {step.__name__: step for step in STEPS}[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
