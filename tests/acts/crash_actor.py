"""What the crash tests run in a process of its own: `python -m tests.acts.crash_actor STEP…` on SAKIMORI_HOME."""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "sakimori.web.settings"


def found() -> None:
    """Create keys and tables, enrol the test parties and file one notification, which nobody has carried yet."""
    from sakimori.web import founding

    founding.create_keys()
    founding.migrate()
    from sakimori.acts import door
    from tests.support import deployment, filing

    deployment.enrol()
    if address := os.environ.get("CRASH_MAIL"):
        door.perform(
            "parties.subscription.set",
            {"organisation": str(deployment.fixed("meti")), "channel": "smtp", "address": address},
            by=deployment.viewer("meti", "administrator"),
        )
    filing.import_register()
    filing.file_notification()


def give() -> None:
    """Perform one act under an idempotency key."""
    from sakimori.acts import door
    from tests.support.deployment import fixed, viewer

    door.perform(
        "parties.consent.give",
        {"organisation": str(fixed("power")), "matter": "crash", "given_on": "2026-11-24"},
        by=viewer("power", "approver"),
        idempotency_key="once",
    )


def work() -> None:
    """Do what the worker does until nothing is left."""
    from sakimori.sample.steps.floor import settle

    settle(rounds=6)


def sound() -> None:
    """Fail where anything in the deployment does not verify."""
    from sakimori.acts.verify import verify_deployment

    sys.exit(len(verify_deployment().problems))


def main() -> None:
    import django

    django.setup()
    for step in sys.argv[1:]:
        {"found": found, "give": give, "work": work, "sound": sound}[step]()


if __name__ == "__main__":
    main()
