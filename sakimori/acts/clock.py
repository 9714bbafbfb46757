"""The only source of time. Each world has its own.

A sample world has a fixed date: its today never moves, so that the sample inventory stays due when it is due; only the
time of day passes. At midnight in Japan the time of day begins anew, but a record must not come to stand before those
it follows: an answer to yesterday's stocktake would count as given before it was asked, the newest setting as an old
one, and what was written down yesterday as the future. So a sample world's time never falls behind its newest act: it
stands there, a microsecond on with every act, until the time of day has come so far again.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
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
    """Return the present time in that world, aware, in Asia/Tokyo; a sample world's is later than its newest act."""
    real = datetime.now(TOKYO)
    fixed = world(name).fixed
    if fixed is None:
        return real
    present = real.replace(year=fixed.year, month=fixed.month, day=fixed.day)
    last = datetime.combine(fixed, time.max, TOKYO)
    newest = _newest_between(present, last)
    return present if newest is None else min(newest + datetime.resolution, last)


def _newest_between(present: datetime, last: datetime) -> datetime | None:
    """Return when the newest act of that time was recorded here, or None where there is none, as on most days.

    In any world: those of a sample deployment share their date, and so one index answers.
    """
    from sakimori.acts.models import Act  # noqa: PLC0415 - the machine's own time is asked for without Django as well

    later = Act.objects.filter(recorded_at__gte=present, recorded_at__lte=last)
    found = later.order_by("-recorded_at").values_list("recorded_at", flat=True).first()
    return found and found.astimezone(TOKYO)


def today(name: str) -> date:
    """Return the present date in that world, in Asia/Tokyo."""
    return world(name).fixed or datetime.now(TOKYO).date()


def wall() -> datetime:
    """Return the machine's own time: for sessions, retries and signatures on transport, never for the law."""
    return datetime.now(TOKYO)
