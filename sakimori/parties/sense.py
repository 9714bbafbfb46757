"""What cannot be so: days before the law or after today, ends before beginnings, the same thing recorded twice."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sakimori import law
from sakimori.errors import SakimoriError
from sakimori.law.businesses import business
from sakimori.parties.models import Designation, Facility
from sakimori.text import Text

_DESIGNATION = "推進法50(1)"


def require(ctx: Any, thing: str, payload: Any) -> None:
    """Refuse (`SakimoriError`) to record what cannot be so, naming the field, or the record that is there already."""
    check = _CHECKS.get(thing)
    if check is not None:
        check(ctx, payload)


def require_designated_on(ctx: Any, day: date | None) -> None:
    """Refuse (`SakimoriError`) a day of designation that has not come yet, or before anybody could be designated."""
    _not_after_today(ctx, day, "designated_on")
    if day is not None and not law.in_force(_DESIGNATION, day):
        raise _impossible(
            "designated_on",
            Text(
                f"{day} には、{_DESIGNATION} はまだ施行されていません。",
                f"{_DESIGNATION} was not in force yet on {day}.",
            ),
            article=_DESIGNATION,
        )


def require_in_place(ctx: Any, day: date | None) -> None:
    """Refuse (`SakimoriError`) a facility that is in place only after today."""
    _not_after_today(ctx, day, "in_place_since")


def require_order(first: date | None, last: date | None, where: str = "valid_until") -> None:
    """Refuse (`SakimoriError`) a last day before the first one."""
    if first is not None and last is not None and last < first:
        raise _impossible(
            where,
            Text(
                f"最後の日（{last}）が、始まりの日（{first}）より前です。",
                f"The last day ({last}) is before the first ({first}).",
            ),
        )


def _designation(ctx: Any, payload: Any) -> None:
    require_designated_on(ctx, payload.designated_on)
    before = Designation.objects.filter(
        organisation_id=payload.organisation,
        business_type=payload.business_type,
        minister_id=payload.minister,
        withdrawn_on=None,
        world=ctx.world.base,
    ).first()
    if before is not None and before.id != payload.id:
        known = business(before.business_type)
        name = known.title if known is not None else Text(before.business_type, before.business_type)
        raise _present(
            "business_type",
            Text(
                f"{name.ja}の指定（{before.designated_on}）が既に登録されています。",
                f"A designation for {name.en} ({before.designated_on}) is recorded already.",
            ),
        )


def _facility(ctx: Any, payload: Any) -> None:
    require_in_place(ctx, payload.in_place_since)
    before = Facility.objects.filter(
        organisation_id=payload.organisation,
        designation_id=payload.designation,
        category=payload.category,
        name=payload.name,
        world=ctx.world.base,
    ).first()
    if before is not None and before.id != payload.id:
        raise _present(
            "name",
            Text(
                f"設備「{before.name}」（{before.category}）は既に登録されています。",
                f"The facility “{before.name}” ({before.category}) is recorded already.",
            ),
        )


def _membership(ctx: Any, payload: Any) -> None:
    require_order(payload.valid_from, payload.valid_until)


def _not_after_today(ctx: Any, day: date | None, where: str) -> None:
    if day is not None and day > ctx.today:
        raise _impossible(
            where,
            Text(
                f"{day} はまだ来ていません（今日は {ctx.today}）。", f"{day} has not come yet (today is {ctx.today})."
            ),
        )


def _impossible(where: str, what: Text, article: str = "house") -> SakimoriError:
    return SakimoriError(
        what,
        code="parties.day",
        where=where,
        article=article,
        mend=Text("年・月・日を確かめて、直してください。", "Check year, month and day, and mend it."),
    )


def _present(where: str, what: Text) -> SakimoriError:
    return SakimoriError(
        what,
        code="parties.twice",
        where=where,
        mend=Text(
            "登録済みのものを使ってください。内容を直すには、訂正してください。",
            "Use what is recorded. To change it, correct it.",
        ),
    )


_CHECKS: Mapping[str, Callable[[Any, Any], None]] = {
    "designation": _designation,
    "facility": _facility,
    "membership": _membership,
}
