"""Who holds the private inventory: the operator edition, nobody else (decision 0025).

An operator whose account stands on an authority's or the committee's edition works with the names, the facility, the
day of introduction and the facts of its computers; what a thief would look for is neither asked nor kept there.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings

from sakimori.acts.errors import PreconditionError, RefusedError
from sakimori.text import Text

PRIVATE = (
    "version", "serial", "address", "responsible", "asset_tag", "position", "asset_owner", "support_end", "host", "cpe",
    "purl",
)  # fmt: skip
"""Fields of a computer that only the operator's own installation keeps (house rule)."""
_NAMING = frozenset({"asks", "facts", "fact"})
"""Fields of payloads that name a field: what a vendor is asked, what it answers, what is taken over."""
_PRIVATE = frozenset(PRIVATE)
_HELD_BY = "operator"
_SCALARS = frozenset({str, bool, int, float, type(None)})
_DEEPEST = 20  # levels: no payload of this room is deeper, the door refuses others as not of the form
_MEND = Text(
    "これらの項目を除いて出し直してください。項目を保存するには、事業者版の Sakimori を自社に設置してください。",
    "Leave these fields out and hand it in again. To keep them, run the operator edition of Sakimori yourself.",
)


class PrivateInventoryError(PreconditionError):
    """Something of the private inventory was about to be kept where others run the installation."""

    code = "assets.private_inventory"


def holds_private_inventory() -> bool:
    """Return whether this installation is an operator's own, which alone holds the private inventory."""
    return bool(settings.SAKIMORI_DEPLOYMENT["edition"] == _HELD_BY)


def kept(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of these fields that this installation keeps, in their order."""
    whole = holds_private_inventory()
    return tuple(name for name in names if whole or name not in _PRIVATE)


def dropped() -> frozenset[str]:
    """Return the fields this installation does not keep."""
    return frozenset() if holds_private_inventory() else _PRIVATE


def left_out(headings: Iterable[str]) -> Text:
    """Return the remark that these columns of a file were left out, and why."""
    shown = "、".join(headings)
    return Text(
        f"この設置は事業者自身のものではないため、次の列は読まず、保存しません: {shown}",
        f"This installation is not the operator's own; these columns are not read and not kept: {shown}",
    )


def refusal(named: Iterable[str]) -> PrivateInventoryError:
    """Return the refusal of private fields, by the places they stand at."""
    where = ", ".join(named)
    return PrivateInventoryError(
        Text(
            "この設置は事業者自身のものではないため、版・製造番号・アドレスなどの非公開の項目を保存しません。",
            "This installation is not the operator's own: it keeps no versions, serial numbers, addresses or alike.",
        ),
        where=where,
        mend=_MEND,
    )


def require_kept(row: Mapping[str, Any]) -> None:
    """Refuse (`PrivateInventoryError`) a row of the register, or a change of one, with a private value.

    A staged row names its line of the file in `_line`; the values of a change stand in `now`.
    """
    if not holds_private_inventory():
        found = list(private_in(row))
        if found:
            line = row.get("_line")
            raise refusal(f"line {line}: {one}" if line else one for one in found)


def private_in(value: Any, path: str = "", deep: int = 0) -> Iterator[str]:
    """Yield the places of plain data at which a private value stands or a private field is asked, answered or taken.

    A place of a list in a file (`position`, a number) is no position of a computer.
    """
    if deep > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            here = f"{path}.{name}" if path else str(name)
            told = name in _PRIVATE and inner and not isinstance(inner, int)
            if told or (name in _NAMING and isinstance(inner, str) and inner in _PRIVATE):
                yield here
            elif name in _NAMING and isinstance(inner, list):
                yield from (f"{here}: {one}" for one in inner if isinstance(one, str) and one in _PRIVATE)
            elif type(inner) not in _SCALARS:
                yield from private_in(inner, here, deep + 1)
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            if type(inner) not in _SCALARS:
                yield from private_in(inner, f"{path}.{place}" if path else str(place), deep + 1)


def edition_keeps(ctx: Any, payload: Any) -> RefusedError | None:
    """Refuse a payload with private values where the installation is not the operator's own (a predicate of kinds)."""
    del ctx
    if holds_private_inventory():
        return None
    found = list(private_in(payload.model_dump()))
    return refusal(found) if found else None


PREDICATES = {"assets_edition_keeps": edition_keeps}
