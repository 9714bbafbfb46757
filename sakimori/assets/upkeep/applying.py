"""Applying what changed to computers of the register: placed anew under the law, kept, with the clocks it starts.

Used by every act that changes computers: one change, an answer to a stocktake, a vendor's answer taken over.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError, RefusedError
from sakimori.assets.editions import require_kept
from sakimori.assets.models import Computer
from sakimori.assets.placing import Place
from sakimori.assets.upkeep.changes import Noted, difference, snapshot
from sakimori.record import Bound
from sakimori.record.rewriting import rewrite
from sakimori.text import Text

_AT_ONCE = 500


class Applying:
    """The changes of one act: `change` and `retire` computers, then `finish` once, which stores them.

    Where an act names many computers, `load` them first: one query for hundreds.
    """

    def __init__(self, ctx: Context, organisation: uuid.UUID | None = None) -> None:
        self.ctx = ctx
        self.organisation = organisation or ctx.actor.acting_organisation
        self.place = Place(ctx, self.organisation)
        self.noted = Noted(ctx, self.organisation)
        self.loaded: dict[uuid.UUID, Computer] = {}
        self.changed: dict[uuid.UUID, tuple[Computer, set[str]]] = {}

    def load(self, computers: Iterable[uuid.UUID]) -> None:
        """Read the operator's own computers among these at once, locked until the act is done."""
        wanted = list(computers)
        for place in range(0, len(wanted), _AT_ONCE):
            found = Computer.objects.filter(
                world=self.ctx.world.name, organisation=self.organisation, id__in=wanted[place : place + _AT_ONCE]
            ).select_related("duty")
            self.loaded.update((one.id, one) for one in found.select_for_update(no_key=True, of=("self",)))

    def computer(self, computer: uuid.UUID) -> Computer:
        """Return one of the operator's own computers that is in use, or refuse."""
        found = self.loaded.get(computer) or self.ctx.get(Computer, computer, organisation=self.organisation)
        if found.status == "retired":
            raise self.ctx.refuse(
                "assets.retired", Text("廃止した電子計算機です。", "This computer has been retired."), where="computer"
            )
        return found

    def change(
        self,
        computer: Computer,
        told: Mapping[str, Any],
        facts: Mapping[str, Any],
        changed_on: date,
        *,
        reported: bool = False,
    ) -> bool:
        """Change the fields named and the facts that became known; return whether anything differed.

        `reported`: the new product name has been reported under 推進法54条4項 (命令3条3項).
        """
        self._require_day(computer, changed_on, "changed_on")
        fields = self._apply(computer, told, facts)
        if fields:
            self.noted.add(computer, fields, changed_on, reported=reported)
        return fields is not None

    def mend(
        self, computer: Computer, told: Mapping[str, Any], facts: Mapping[str, Any]
    ) -> dict[str, list[Any]] | None:
        """Put right what was never so: no change of the computer, and no clock of a change.

        Returns what differed, field by field, with `notify` where that is another; None where nothing did.
        """
        notify = computer.notify
        fields = self._apply(computer, told, facts)
        if fields is None:
            return None
        if computer.notify != notify:
            fields["notify"] = [notify, computer.notify]
        self.noted.mend(computer, fields)
        return fields

    def _apply(
        self, computer: Computer, told: Mapping[str, Any], facts: Mapping[str, Any]
    ) -> dict[str, list[Any]] | None:
        """Set what is told, placed anew under the law; return what of it is kept as changed, None where nothing was."""
        require_kept(told)
        before = snapshot(computer)
        changed = {name: value for name, value in told.items() if value is not None and value != before.get(name)}
        if any(computer.facts.get(name) != value for name, value in facts.items()):
            changed["facts"] = {**computer.facts, **facts}
            said = {name: str(self.ctx.act) for name in facts}
            changed["answered"] = {**computer.answered, **said}
        if not changed:
            return None
        changed |= self.place.anew(computer, changed)
        self._set(computer, changed)
        return difference(before, snapshot(computer))

    def retire(self, computer: Computer, retired_on: date) -> None:
        """Take a computer out of use; whether that must be notified is for the ministry to say."""
        self._require_day(computer, retired_on, "retired_on")
        before = computer.status
        if computer.duty_id is not None and before == "registered":
            self.place.left.add(computer.duty_id)
        self.noted.add(computer, {"status": [before, "retired"]}, retired_on, event="retired")
        self._set(computer, {"status": "retired"})

    def _set(self, computer: Computer, fields: Mapping[str, Any]) -> None:
        if computer.world != self.ctx.world.name:
            raise NotFoundError(str(computer.id))
        for name, value in fields.items():
            setattr(computer, name, value)
        self.changed.setdefault(computer.id, (computer, set()))[1].update(fields)

    def _store(self) -> None:
        alike: dict[tuple[str, ...], list[Computer]] = {}
        for computer, names in self.changed.values():
            alike.setdefault(tuple(sorted(names)), []).append(computer)
        for fields, computers in alike.items():
            rewrite(computers, fields)
        self.changed.clear()

    def _require_day(self, computer: Computer, day: date, where: str) -> None:
        if day > self.ctx.today:
            raise self.ctx.refuse(
                "assets.future", Text("未来の日付です。", "That day lies in the future."), where=where,
                mend=Text("起きた日を入れてください。", "Give the day it happened."),
            )  # fmt: skip
        if day < computer.introduced_on:
            raise self.ctx.refuse(
                "assets.before_introduction",
                Text("導入日より前の日付です。", "That day is before the computer was introduced."),
                where=where,
                mend=Text("導入日と変更日を確かめてください。", "Check the day of introduction and this day."),
            )

    def finish(self) -> None:
        """Store the changes and keep what they were, end the clocks of which nothing is left, start the others."""
        self._store()
        self.noted.finish()
        self.place.end_clocks()
        self.place.start_clocks()


def unchanged(ctx: Context) -> RefusedError:
    """Return the refusal of a change that changes nothing."""
    return ctx.refuse("assets.unchanged", Text("変更された項目がありません。", "Nothing has changed."))


def change(ctx: Context, payload: Any) -> Bound:
    """Record what changed in one computer (`ChangeComputer`); a change of what was notified starts its own clock."""
    applying = Applying(ctx)
    computer = applying.computer(payload.computer)
    told = payload.model_dump(exclude={"computer", "changed_on", "facts", "component_reported"})
    facts = payload.facts.model_dump(exclude_none=True) if payload.facts else {}
    if not applying.change(computer, told, facts, payload.changed_on, reported=payload.component_reported):
        raise unchanged(ctx)
    applying.finish()
    return Bound("assets.computer", computer.id)


def retire(ctx: Context, payload: Any) -> Bound:
    """Record that a computer is no longer used (`RetireComputer`)."""
    applying = Applying(ctx)
    computer = applying.computer(payload.computer)
    applying.retire(computer, payload.retired_on)
    applying.finish()
    return Bound("assets.computer", computer.id)
