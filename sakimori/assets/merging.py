"""A list against the register: what is in it already, and the act that applies the difference whole or not at all.

Bulk act `assets.register.update`; each row is a new computer, or what changed in one. Changes go through the same hands
as single ones (`upkeep.applying`), so that a change of what was notified starts the clock the law gives it.
"""

import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from sakimori.acts.context import Context
from sakimori.acts.errors import ConflictError, PayloadError, PreconditionError, RefusedError
from sakimori.assets import editions
from sakimori.assets import payloads as p
from sakimori.assets.models import Computer
from sakimori.assets.sources.differences import ANSWERED, FACTS, FIELDS, Known
from sakimori.assets.upkeep.applying import Applying
from sakimori.parties.models import Facility
from sakimori.record import Bound, Handler, Payload, Viewer
from sakimori.text import Text

_AT_ONCE = 500
_NAMED = 10
_ANEW = Text("一覧を読み直して、差分を確かめてください。", "Read the list again and look at the difference.")


class UpdateRegister(Payload):
    """The difference of a list to the register, staged as a batch: the list's source, and the day the changes happened.

    `changed_on` is the day from which a change of what was notified counts (命令3条1項); `left_out` names the rows of
    the list that were left out one by one.
    """

    source: p.Line
    changed_on: date
    left_out: p.LeftOut


class StagedChange(Payload):
    """What a row changes in one computer: field → value, as it was (checked again) and as it is to be."""

    op: Literal["change"]
    line: int = Field(default=0, alias="_line")
    computer: uuid.UUID
    was: dict[str, Any]
    now: Annotated[dict[str, Any], Field(min_length=1)]


class _Fields(Payload):
    """The fields a change may carry, each as a staged computer has it."""

    name: p.Line | None = None
    facility: uuid.UUID | None = None
    maker: p.Line | None = None
    product: p.Line | None = None
    unit: Literal["appliance", "os", "middleware", "application", "cloud"] | None = None
    introduced_on: date | None = None
    version: Annotated[str, Field(max_length=p.LONGEST["version"])] | None = None
    serial: Annotated[str, Field(max_length=p.LONGEST["serial"])] | None = None
    address: Annotated[str, Field(max_length=p.LONGEST["address"])] | None = None
    responsible: Annotated[str, Field(max_length=p.LONGEST["responsible"])] | None = None
    asset_tag: Annotated[str, Field(max_length=p.LONGEST["asset_tag"])] | None = None
    position: Annotated[str, Field(max_length=p.LONGEST["position"])] | None = None
    asset_owner: Annotated[str, Field(max_length=p.LONGEST["asset_owner"])] | None = None
    host: Annotated[str, Field(max_length=p.LONGEST["host"])] | None = None
    cpe: Annotated[str, Field(max_length=p.LONGEST["cpe"])] | None = None
    purl: Annotated[str, Field(max_length=p.LONGEST["purl"])] | None = None
    support_end: date | None = None
    facts: p.StagedFacts = p.StagedFacts()


def registered(viewer: Viewer) -> Iterator[Known]:
    """Yield the operator's computers in use, as a comparison needs them."""
    names = ("id", "key", "source", "origins", "facts", "answered", *FIELDS)
    found = Computer.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    for row in found.exclude(status="retired").values(*names).iterator(chunk_size=2000):
        facts = row["facts"]
        values = {name: _plain(row[name]) for name in FIELDS} | {f"{FACTS}{name}": facts[name] for name in facts}
        origins = dict(row["origins"]) | {f"{FACTS}{name}": ANSWERED for name in row["answered"]}
        yield Known(str(row["id"]), row["key"], row["source"], origins, values)


def retired_keys(viewer: Viewer) -> set[str]:
    """Return the keys of computers that are no longer used: a key names one computer for good."""
    found = Computer.objects.filter(world=viewer.world, organisation=viewer.acting_organisation, status="retired")
    return set(found.values_list("key", flat=True))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, uuid.UUID) else value


def update(ctx: Context, payload: UpdateRegister) -> Bound:
    """Apply a staged difference: new computers, and changes with the clocks they start."""
    applying = Applying(ctx)
    for chunk in _chunks(ctx):
        computers = Computer.objects.filter(
            world=ctx.world.name, organisation=ctx.actor.acting_organisation, id__in=[row.computer for row in chunk]
        ).select_related("finding", "duty")
        known = {one.id: one for one in computers.select_for_update(no_key=True, of=("self",))}
        for row in chunk:
            _change(applying, known.get(row.computer), row, payload)
    new = (_without_op(row) for row in ctx.items() if row.get("op") == "new")
    ctx.create_many(Computer, applying.place.computers(new, payload.source))
    applying.finish()
    return Bound("assets.import", ctx.act)


def _chunks(ctx: Context) -> Iterator[list[StagedChange]]:
    chunk: list[StagedChange] = []
    for row in ctx.items():
        if row.get("op") == "change":
            chunk.append(StagedChange.model_validate(row))
        if len(chunk) >= _AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _without_op(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "op"}


def _change(applying: Applying, computer: Computer | None, row: StagedChange, payload: UpdateRegister) -> None:
    if computer is None or computer.status == "retired" or not _as_it_was(computer, row.was):
        raise ConflictError(
            Text(
                f"{row.line}行目の電子計算機は、差分を確かめた後に変わりました。",
                f"The computer of line {row.line} has changed since the difference was looked at.",
            ),
            where=f"line {row.line}",
            mend=_ANEW,
        )
    told = parsed(row.now)
    facts = told.facts.model_dump(exclude_none=True)
    fields = told.model_dump(exclude_none=True, exclude={"facts"})
    given = {name: payload.source for name in row.now if not name.startswith(FACTS)}
    fields["origins"] = {**computer.origins, **given}
    applying.change(computer, fields, facts, max(payload.changed_on, fields.get("introduced_on", date.min)))


def _as_it_was(computer: Computer, was: Mapping[str, Any]) -> bool:
    for name, value in was.items():
        held = computer.facts.get(name[len(FACTS) :]) if name.startswith(FACTS) else _plain(getattr(computer, name))
        if held != value:
            return False
    return True


def parsed(now: Mapping[str, Any]) -> _Fields:
    """Return the fields of a change, checked as those of a new computer are."""
    facts = {name[len(FACTS) :]: value for name, value in now.items() if name.startswith(FACTS)}
    plain = {name: value for name, value in now.items() if not name.startswith(FACTS)}
    return _Fields.model_validate({**plain, "facts": facts})


def fits(ctx: Context, payload: UpdateRegister) -> RefusedError | None:
    """A staged difference of ours: rows of the form, our own facilities and computers, nothing from the future."""
    ours = (ctx.actor.acting_organisation, ctx.actor.organisation)
    if ctx.batch is None or ctx.batch.organisation not in ours or not ctx.batch.count:
        return PreconditionError(Text("取り込む差分がありません。", "There is no staged difference."), where="batch")
    if payload.changed_on > ctx.today:
        return PreconditionError(
            Text("変更日が未来の日付です。", "The day of change lies in the future."), where="changed_on"
        )
    seen = _Seen()
    for position, row in enumerate(ctx.items()):
        try:
            seen.take(row)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(("rows", str(position), *(str(part) for part in fault["loc"])))
            return PayloadError(
                Text(
                    f"{position + 1}件目が決められた形ではありません。",
                    f"Row {position + 1} is not of the form asked for.",
                ),
                [{"where": where, "what": fault["msg"], "type": fault["type"]}],
                where=where,
                mend=_ANEW,
            )
    return _refused(ctx, seen)


class _Seen:
    """What the rows of a staged difference name."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.facilities: set[uuid.UUID] = set()
        self.latest = date.min

    def take(self, row: Mapping[str, Any]) -> None:
        """Note a row; `ValidationError` where it is not of the form."""
        if row.get("op") == "new":
            new = p.StagedComputer.model_validate(_without_op(row))
            self.keys.append(new.key)
            self.facilities.add(new.facility)
            self.latest = max(self.latest, new.introduced_on)
            return
        told = parsed(StagedChange.model_validate(row).now)
        if told.facility:
            self.facilities.add(told.facility)
        self.latest = max(self.latest, told.introduced_on or date.min)


def _refused(ctx: Context, seen: _Seen) -> RefusedError | None:
    if seen.latest > ctx.today:
        return PreconditionError(
            Text("未来の導入日があります。", "A day of introduction lies in the future."),
            where="introduced_on",
            mend=_ANEW,
        )
    own = Facility.objects.filter(world=ctx.world.base, organisation_id=ctx.actor.acting_organisation)
    if seen.facilities - set(own.values_list("id", flat=True)):
        return PreconditionError(
            Text("他の事業者の設備が含まれています。", "The list names a facility that is not yours."), where="facility"
        )
    mine = Computer.objects.filter(world=ctx.world.name, organisation=ctx.actor.acting_organisation)
    known = set(mine.values_list("key", flat=True)) if seen.keys else set()
    twice = sorted({key for key in seen.keys if key in known})
    if twice or len(set(seen.keys)) != len(seen.keys):
        named = "、".join(twice[:_NAMED])
        return ConflictError(
            Text(
                f"登録簿に既にあるか、表の中で重なる管理番号があります: {named}",
                f"Keys that are in the register already, or twice in the table: {named}",
            ),
            where="key",
            mend=_ANEW,
        )
    return None


HANDLERS = {"assets.register.update": Handler(UpdateRegister, update, require_row=editions.require_kept)}
PREDICATES = {"assets_difference_fits": fits}
