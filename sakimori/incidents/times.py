"""When it occurred, was discovered and became known (認知): what cannot be so is refused at its field."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from sakimori import law
from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError, RefusedError
from sakimori.incidents import clocks
from sakimori.incidents.models import Case
from sakimori.text import Text

_REPORTS = "強化法5"
_IN_ORDER = ("occurred_at", "discovered_at", "aware_at")
_NAMED = {
    "occurred_at": Text("発生", "the occurrence"),
    "discovered_at": Text("発見", "the discovery"),
    "aware_at": Text("認知", "the awareness"),
}
_MEND = Text("日本時間の年月日と時刻を確かめてください。", "Check year, month, day and time (Japan time).")


def sensible(ctx: Context, payload: Any) -> RefusedError | None:
    """Refuse times later than now, an awareness before there was a duty, or a discovery after the awareness.

    Those of a case that is recorded already are compared with what stands there.
    """
    told = {name: getattr(payload, name, None) for name in _IN_ORDER}
    case = getattr(payload, "case", None)
    stands = Case.objects.filter(id=case, world=ctx.world.name).first() if case is not None else None
    return fault(ctx, told, {name: getattr(stands, name) for name in _IN_ORDER} if stands else {})


def fault(
    ctx: Context, told: Mapping[str, datetime | None], stands: Mapping[str, datetime | None]
) -> PreconditionError | None:
    """Return what is wrong with the times told, beside those that stand, or None."""
    for name, at in told.items():
        if at is not None and at > ctx.now:
            return _refusal(name, Text("未来の時刻です。", "That time lies in the future."))
    aware = told.get("aware_at")
    if aware is not None and not ctx.world.rehearsal and not law.in_force(_REPORTS, clocks.tokyo(aware).date()):
        said = clocks.tokyo(aware).date()
        return _refusal(
            "aware_at",
            Text(
                f"{said} には、報告の規定（{_REPORTS}）はまだ施行されていません。",
                f"On {said} the duty to report ({_REPORTS}) was not in force yet.",
            ),
        )
    every = {name: told.get(name) or stands.get(name) for name in _IN_ORDER}
    known = [(name, at) for name, at in every.items() if at is not None]
    for (earlier, first), (later, second) in pairwise(known):
        if first > second:
            return _refusal(
                later if told.get(later) else earlier,
                Text(
                    f"{_NAMED[earlier].ja}が{_NAMED[later].ja}より後になっています。",
                    f"{_NAMED[earlier].en} comes after {_NAMED[later].en}.".capitalize(),
                ),
            )
    return None


def _refusal(where: str, what: Text) -> PreconditionError:
    return PreconditionError(what, where=where, article="強化法5", mend=_MEND)
