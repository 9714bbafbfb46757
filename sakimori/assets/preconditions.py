"""What must hold before this room's acts are done, by the names the act kinds use; checked anew at confirmation."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from sakimori.acts.context import Context
from sakimori.acts.errors import ConflictError, PayloadError, PreconditionError, RefusedError
from sakimori.acts.models import Act, Dispatch
from sakimori.assets import entries, otherwise
from sakimori.assets import payloads as p
from sakimori.assets.models import Computer
from sakimori.parties.models import Designation, Facility
from sakimori.text import Text

_NAMED = 20  # so many faults or keys are named, the rest counted
_ANEW = Text("表を確認し直して取り込んでください。", "Check the table again and import it anew.")


def _own_facilities(ctx: Context, payload: p.ImportRegister) -> RefusedError | None:
    """A staged list of ours: rows of the form, our own facilities, nothing from the future, every key new."""
    del payload
    ours = (ctx.actor.acting_organisation, ctx.actor.organisation)
    if ctx.batch is None or ctx.batch.organisation not in ours:
        return PreconditionError(Text("取り込む表がありません。", "There is no staged table."), where="batch")
    try:
        listed = _listed(ctx)
    except PayloadError as error:
        return error
    if not listed.keys:
        return PreconditionError(Text("取り込む行がありません。", "There is no row to import."), where="batch")
    if listed.latest > ctx.today:
        return PreconditionError(
            Text("未来の導入日があります。", "A day of introduction lies in the future."),
            where="introduced_on",
            mend=_ANEW,
        )
    own = Facility.objects.filter(world=ctx.world.base, organisation_id=ctx.actor.acting_organisation)
    if listed.facilities - set(own.values_list("id", flat=True)):
        return PreconditionError(
            Text("他の事業者の設備が含まれています。", "The list names a facility that is not yours."), where="facility"
        )
    return _known_keys(ctx, listed.keys)


@dataclass(slots=True)
class _Listed:
    """What a staged list names."""

    keys: list[str] = field(default_factory=list)
    facilities: set[uuid.UUID] = field(default_factory=set)
    latest: date = date.min


def _listed(ctx: Context) -> _Listed:
    found = _Listed()
    for position, content in enumerate(ctx.items()):
        try:
            row = p.StagedComputer.model_validate(content)
        except ValidationError as error:
            raise _faulty_row(position, error) from None
        found.keys.append(row.key)
        found.facilities.add(row.facility)
        found.latest = max(found.latest, row.introduced_on)
    return found


def _faulty_row(position: int, error: ValidationError) -> PayloadError:
    faults = [
        {
            "where": ".".join(("rows", str(position), *(str(part) for part in fault["loc"]))),
            "what": fault["msg"],
            "type": fault["type"],
        }
        for fault in error.errors(include_url=False, include_input=False, include_context=False)[:_NAMED]
    ]
    return PayloadError(
        Text(
            f"{position + 1}件目の行が決められた形ではありません。", f"Row {position + 1} is not of the form asked for."
        ),
        faults,
        where=faults[0]["where"],
        mend=_ANEW,
    )


def _known_keys(ctx: Context, keys: list[str]) -> RefusedError | None:
    registered = Computer.objects.filter(world=ctx.world.name, organisation=ctx.actor.acting_organisation)
    known = set(registered.values_list("key", flat=True))
    twice = sorted(key for key, count in Counter(keys).items() if count > 1 or key in known)
    if not twice:
        return None
    named = "、".join(twice[:_NAMED])
    return ConflictError(
        Text(
            f"登録簿に既にあるか、表の中で重なる管理番号が{len(twice)}件あります: {named}",
            f"{len(twice)} key(s) are in the register already, or twice in the table: {named}",
        ),
        where="key",
        mend=_ANEW,
    )


def _designated_operator(ctx: Context, payload: Any) -> RefusedError | None:
    designated = Designation.objects.filter(
        world=ctx.world.base, organisation_id=ctx.actor.acting_organisation, withdrawn_on=None
    ).exists()
    if designated:
        return None
    return PreconditionError(
        Text("特定社会基盤事業者の指定が登録されていません。", "Your organisation is not designated."),
        article="強化法2(3)",
    )


def _dispatch_known(ctx: Context, payload: p.Arrived) -> RefusedError | None:
    dispatch = Dispatch.objects.filter(id=payload.dispatch, world=ctx.world.name).first()
    if dispatch is None or not Act.objects.filter(id=dispatch.act).exists():
        return PreconditionError(Text("送達の記録がありません。", "There is no such dispatch."))
    return None


PREDICATES = {
    "assets_own_facilities": _own_facilities,
    "designated_operator": _designated_operator,
    "assets_dispatch_known": _dispatch_known,
    "assets_not_in_the_future": otherwise.not_in_the_future,
    "assets_entry_fits": entries.entry_fits,
    "assets_designated_here": entries.designated_here,
}
