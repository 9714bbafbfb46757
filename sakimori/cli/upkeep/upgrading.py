"""Bringing a deployment to the version of the program that is installed: never back, never without a backup."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sakimori import __version__, law
from sakimori.acts import clock, pulse
from sakimori.acts.verify import verify_deployment
from sakimori.cli.upkeep import database, packing
from sakimori.cli.upkeep.errors import UpgradeError
from sakimori.cli.upkeep.restoring import parsed
from sakimori.text import Text
from sakimori.web import founding

FILE = "version.json"


@dataclass(slots=True)
class Upgraded:
    """What was done: versions, where the backup lies, migrations applied, law book before and after."""

    before: str
    backup: Path
    applied: list[str] = field(default_factory=list)
    law_before: str = ""
    law_after: str = ""


def upgrade(backup: Path | None = None) -> Upgraded:
    """Back up, migrate, verify; return what changed.

    Raises `UpgradeError` before anything is touched, or after a verification that failed (the backup then holds
    what was there before).
    """
    before = _noted()
    _require_forward(before["version"])
    if pulse.read().alive:
        raise UpgradeError(
            Text("この設置は動いています。", "This deployment is running."),
            code="upgrade.running",
            mend=Text("先に止めてください（systemctl stop sakimori）。", "Stop it first (systemctl stop sakimori)."),
        )
    home = Path(settings.SAKIMORI_HOME)
    stamp = f"{clock.wall():%Y%m%d-%H%M%S}"
    target = backup or home.parent / f"{home.name}-before-{__version__}-{stamp}.sakimori"
    packing.make(target)
    waiting = _waiting()
    founding.migrate()
    _require_sound(target)
    note()
    return Upgraded(before["version"], target, waiting, before["law"], law.book().digest)


def note() -> None:
    """Write down which version this home was last brought to."""
    path = Path(settings.SAKIMORI_HOME) / FILE
    path.write_text(json.dumps({"version": __version__, "law": law.book().digest}) + "\n", encoding="utf-8")


def _noted() -> dict[str, str]:
    path = Path(settings.SAKIMORI_HOME) / FILE
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {"version": str(found.get("version", "0")), "law": str(found.get("law", ""))}


def _waiting() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _require_forward(version: str) -> None:
    """Refuse to go back: a newer version's home, or a database that has seen migrations this program does not know."""
    known = {f"{app}.{name}" for app, name in MigrationExecutor(connection).loader.disk_migrations}
    labels = {name.partition(".")[0] for name in known}
    unknown = [name for name in database.applied() if name not in known and name.partition(".")[0] in labels]
    if parsed(version) > parsed(__version__) or unknown:
        raise UpgradeError(
            Text(
                f"この設置は、入っているプログラム（{__version__}）より新しい版のものです。",
                f"This deployment is of a newer version than the program installed ({__version__}).",
            ),
            code="upgrade.downgrade",
            where=", ".join(unknown[:3]) or version,
            mend=Text(
                "新しい版のプログラムを入れるか、古い控えを別のホームに復元してください。",
                "Install the newer program, or restore an older backup into another home.",
            ),
        )


def _require_sound(backup: Path) -> None:
    report = verify_deployment()
    if not report.sound:
        raise UpgradeError(
            Text("移行の後、検証で食い違いが見つかりました。", "After migrating, verification found differences."),
            code="upgrade.unsound",
            where=report.problems[0].where,
            mend=Text(
                f"起動せず、控え {backup} を以前の版で別のホームに復元してください。",
                f"Do not start it; restore {backup} into another home with the earlier version.",
            ),
        )
