"""The only source of time. Each world has its own.

A sample world has a fixed date: its today never moves, so that the sample inventory stays due when it is due; only the
time of day passes.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from sakimori.errors import SakimoriError
from sakimori.text import Text

TOKYO = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class World:
    """A world of this deployment.

    `rehearsal` worlds may perform what is not in force and stamp everything; they use the parties of their `base`
    world. `fixed` is the date of a sample world.
    """

    name: str
    base: str
    rehearsal: bool
    fixed: date | None

    @property
    def stamp(self) -> str | None:
        """Return the stamp on every screen, file and record of this world; None in the real world."""
        if self.rehearsal:
            return "REHEARSAL 訓練・リハーサル"
        return "SAMPLE 見本（架空）" if self.fixed else None


def worlds() -> dict[str, World]:
    """Return all worlds of this deployment by name."""
    found = {}
    for name, spec in settings.SAKIMORI_DEPLOYMENT["worlds"].items():
        base = spec.get("of", name)
        dated = spec.get("date") or settings.SAKIMORI_DEPLOYMENT["worlds"][base].get("date")
        fixed = date.fromisoformat(dated) if dated else None
        found[name] = World(name, base, bool(spec.get("rehearsal")), fixed)
    return found


def world(name: str) -> World:
    """Return the world of that name; `SakimoriError` where this deployment has none."""
    try:
        return worlds()[name]
    except KeyError:
        raise SakimoriError(
            Text(f"この設置に世界「{name}」はありません。", f"This deployment has no world “{name}”."),
            code="world.unknown",
            where=name,
            mend=Text(f"次から選んでください: {', '.join(worlds())}", f"Choose one of: {', '.join(worlds())}"),
        ) from None


def now(name: str) -> datetime:
    """Return the present time in that world, aware, in Asia/Tokyo."""
    real = datetime.now(TOKYO)
    fixed = world(name).fixed
    return real if fixed is None else real.replace(year=fixed.year, month=fixed.month, day=fixed.day)


def today(name: str) -> date:
    """Return the present date in that world, in Asia/Tokyo."""
    return now(name).date()


def wall() -> datetime:
    """Return the machine's own time: for sessions, retries and signatures on transport, never for the law."""
    return datetime.now(TOKYO)
