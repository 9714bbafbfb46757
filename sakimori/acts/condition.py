"""How a deployment is at this moment, in numbers that name nobody: for health, metrics and the doctor."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Min

from sakimori.acts import clock, pulse, standing
from sakimori.acts.models import Act, Delivery, Leaf
from sakimori.acts.tiles import TileLog
from sakimori.errors import SakimoriError

LAG_SECONDS = 60
"""How long an act may wait for the log before something is wrong (it takes a second)."""
STUCK_AFTER_ATTEMPTS = 5
BACKLOG_LIMIT = 10_000


@dataclass(slots=True)
class Condition:
    """What was found. `worker`: seconds since each part's last sign. Sizes in leaves, waiting things in rows."""

    database: bool = True
    read_only: str = ""
    worker: dict[str, float] = field(default_factory=dict)
    worker_dead: list[str] = field(default_factory=list)
    tasks_failing: dict[str, str] = field(default_factory=dict)
    log_size: int = 0
    leaves_waiting: int = 0
    lag_seconds: float = 0
    outbox_waiting: dict[str, int] = field(default_factory=dict)
    outbox_oldest_seconds: float = 0
    outbox_stuck: int = 0
    acts: int = 0

    @property
    def faults(self) -> list[str]:
        """Return the names of what is wrong."""
        found = [] if self.database else ["database"]
        found += ["worker"] if self.worker_dead else []
        found += ["sequencer"] if self.lag_seconds > LAG_SECONDS and not self.read_only else []
        found += ["outbox"] if sum(self.outbox_waiting.values()) > BACKLOG_LIMIT else []
        return found

    @property
    def word(self) -> str:
        """Return it in one word: `ok`, `read-only`, `failing`."""
        if self.faults:
            return "failing"
        return "read-only" if self.read_only else "ok"

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {"status": self.word, "faults": self.faults, **asdict(self)}


def look() -> Condition:
    """Return how the deployment is; never raises for what it finds."""
    found = Condition(read_only=standing.current().reason)
    beat = pulse.read()
    found.worker = {part: round(age, 1) for part, age in beat.ages.items()}
    found.worker_dead, found.tasks_failing = beat.dead, dict(beat.failing)
    try:
        _database(found)
        found.log_size = TileLog(settings.SAKIMORI_LOG).size
    except (DatabaseError, SakimoriError, OSError):
        found.database = False
    return found


def _database(found: Condition) -> None:
    now = clock.wall()
    found.acts = Act.objects.count()
    waiting = Leaf.objects.filter(position__isnull=True)
    found.leaves_waiting = waiting.count()
    found.lag_seconds = _lag(waiting.order_by("id").values_list("of", flat=True).first())
    deliveries = Delivery.objects.filter(status="waiting")
    for channel in ("smtp", "webhook", "envelope"):
        count = deliveries.filter(channel=channel).count()
        if count:
            found.outbox_waiting[channel] = count
    found.outbox_stuck = deliveries.filter(attempts__gte=STUCK_AFTER_ATTEMPTS).count()
    oldest = deliveries.filter(attempts=0).aggregate(at=Min("next_at"))["at"]
    found.outbox_oldest_seconds = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def _lag(oldest: object) -> float:
    """Return how long the oldest waiting act has waited, in seconds; its own world's clock tells."""
    row = Act.objects.filter(id=str(oldest)).values_list("world", "recorded_at").first() if oldest else None
    if row is None:
        return 0.0
    return float(max(0.0, (clock.now(row[0]) - row[1]).total_seconds()))
