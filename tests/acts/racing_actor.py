"""What the race tests run in processes of their own: `python -m tests.acts.racing_actor STEP …`, on SAKIMORI_HOME."""

import json
import os
import sys
import time
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "sakimori.web.settings"


def _say(told):
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()


def _at_once(act):
    """Say ready, wait for go, act; say what came of it."""
    from django.db import connection

    from sakimori.errors import SakimoriError

    connection.ensure_connection()
    _say("ready")
    sys.stdin.readline()
    try:
        _say(act())
    except SakimoriError as error:
        _say({"code": error.code})


def found():
    """Create keys and tables, enrol the test parties."""
    from sakimori.web import founding

    founding.create_keys()
    founding.migrate()
    from tests.support import deployment

    deployment.enrol()


def bulk():
    """Take 50,000 rows in by one act; say the peak memory of this process."""
    from sakimori.acts import batches, door
    from sakimori.parties.models import Consent
    from sakimori.record import Bound
    from tests.acts import room as trial
    from tests.support.deployment import fixed, viewer

    def take(ctx, _):
        rows = (
            {"organisation_id": fixed("power"), "matter": f"{row['n']}", "scope": row["text"], "given_on": ctx.today}
            for row in ctx.items()
        )
        ctx.create_many(Consent, rows)
        return Bound("trial.bulk", ctx.act)

    trial.install().does("trial.bulk.take", take)
    rows = ({"n": number, "text": "横河電機 CENTUM VP " * 20} for number in range(50_000))
    batch = batches.stage("trial.bulk.take", rows, by=viewer("power", "reporter"))
    door.perform("trial.bulk.take", {}, by=viewer("power", "reporter"), batch=batch.id)
    # Of this program alone: what getrusage tells begins with the size of the process that started it.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    peak = int(status["VmHWM"].split()[0]) / 1024
    _say({"rows": Consent.objects.count(), "peak_mib": peak})


def key():
    """Perform one act under the key everybody uses."""
    from sakimori.acts import door
    from tests.acts import room as trial
    from tests.support.deployment import viewer

    room = trial.install()
    room.does("trial.note.write", lambda *_: time.sleep(0.2))

    def act():
        done = door.perform("trial.note.write", {"text": "x"}, by=viewer("power", "reporter"), idempotency_key="k")
        return {"act": str(done.act), "repeated": done.repeated}

    _at_once(act)


def once():
    """Perform an act that may happen once: its predicate reads, its handler writes a moment later."""
    from sakimori.acts import door
    from sakimori.acts.errors import PreconditionError
    from sakimori.parties.models import Consent
    from sakimori.text import Text
    from tests.acts import room as trial
    from tests.support.deployment import viewer

    room = trial.install()
    done_already = PreconditionError(Text("既に", "done already"))
    room.holds(lambda *_: done_already if Consent.objects.filter(matter="once").exists() else None)
    room.does("trial.once.do", lambda *_: time.sleep(0.3))
    _at_once(lambda: {"act": str(door.perform("trial.once.do", {"text": "once"}, by=viewer("power", "reporter")).act)})


def letter(path):
    """Write an envelope of another deployment to a file."""
    from pathlib import Path

    from tests.acts.foreign import Foreign

    Path(path).write_bytes(Foreign().envelope())


def receive(path):
    """Take the envelope in."""
    from pathlib import Path

    from sakimori import proofs
    from sakimori.acts import transport
    from tests.acts import room as trial

    room = trial.install()
    room.does("trial.letter.receive", lambda *_: time.sleep(0.2))
    body = Path(path).read_bytes()
    _at_once(lambda: {"answer": proofs.digest(transport.receive(body))})


def write(number, count):
    """Perform many acts that tell two organisations, in this or the other order."""
    from sakimori.acts import door
    from sakimori.record import Bound
    from sakimori.text import Text
    from tests.acts import room as trial
    from tests.support.deployment import fixed, viewer

    room = trial.install()
    names = ("meti", "mlit") if int(number) % 2 else ("mlit", "meti")
    by = viewer(("power", "rail")[int(number) // 2 % 2], "reporter")

    def tell(ctx, _):
        for role, name in zip(("minister", "prime_minister"), names, strict=True):
            ctx.tell(role, fixed(name), Text("題", "title"), about=Bound("x", ctx.act))

    room.does("trial.notice.give", tell)

    def act():
        for _ in range(int(count)):
            door.perform("trial.notice.give", {"text": "x"}, by=by)
        return {"done": int(count)}

    _at_once(act)


def sequence():
    """Take leaves in, over and over, until told to stop; then once more."""
    import threading

    from sakimori.acts import sequencer

    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    with sequencer.locked():
        running = sequencer.Sequencer()
        _say("ready")
        while not stop.is_set():
            running.run_once() or time.sleep(0.005)
        while running.run_once():
            pass
    _say("stopped")


def count():
    """Say what there is."""
    from sakimori.acts.models import Act, Head, Leaf, Notice, Received
    from sakimori.acts.verify import verify_deployment
    from sakimori.parties.models import Consent

    _say(
        {
            "notes": Act.objects.filter(kind__startswith="trial.").count(),
            "consents": Consent.objects.count(),
            "received": Received.objects.count(),
            "notices": Notice.objects.count(),
            "waiting": Leaf.objects.filter(position=None).count(),
            "heads": Head.objects.count(),
            "problems": len(verify_deployment().problems),
        }
    )


STEPS = (found, bulk, key, once, letter, receive, write, sequence, count)


def main():
    import django

    django.setup()
    {step.__name__: step for step in STEPS}[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
