"""Endings: no earlier than the beginning, and nobody leaves a house that cannot go on unless that is meant."""

import uuid
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from sakimori.errors import SakimoriError
from sakimori.law.vocabulary import ROLE_WORDS
from sakimori.parties.models import Membership
from sakimori.text import Text

NEEDED_ROLES = ("administrator", "approver", "decider")
"""Roles without whose holder an organisation cannot go on: nobody could enrol people, or confirm filings and orders."""

_FILING = ("reporter", "approver")  # what is filed takes one who prepares it and another who confirms it
_TWO = 2


def last_day(found: Any, day: date) -> date:
    """Return the last day of something with `valid_from` and `valid_until`.

    Refused (`SakimoriError`) before its first day, and after the day it ends already. What has not begun yet is called
    off by the day before its first.
    """
    began: date = found.valid_from
    if day.toordinal() < began.toordinal() - 1:
        raise SakimoriError(
            Text(
                f"{began} に始まったものを、{day} に終えることはできません。",
                f"It began on {began}: it cannot end on {day}.",
            ),
            code="parties.day",
            where="last_day",
            mend=Text(f"{began} 以後の日にしてください。", f"Give a day from {began} on."),
        )
    if found.valid_until is not None and day > found.valid_until:
        raise SakimoriError(
            Text("終わりの日を後ろへは延ばせません。", "An ending cannot make it last longer."),
            code="parties.longer",
            where="last_day",
            mend=Text("改めて登録してください。", "Record a new one."),
        )
    return day


def _after(world: str, organisation: uuid.UUID, day: date) -> QuerySet[Membership]:
    return Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=day), organisation_id=organisation, world=world
    )


def others_holding(role: str, organisation: uuid.UUID, world: str, *, but: uuid.UUID, after: date) -> bool:
    """Return whether somebody beside the membership `but` holds the role in the organisation after that day."""
    return _after(world, organisation, after).filter(role=role).exclude(id=but).exists()


def require_somebody_left(ctx: Any, membership: Membership, day: date, *, meant: bool) -> None:
    """Refuse (`RefusedError`) what leaves nobody for a needed role, or one person to do all, unless meant."""
    if meant:
        return
    organisation, world, role = membership.organisation_id, ctx.world.base, membership.role
    if role in NEEDED_ROLES and not others_holding(role, organisation, world, but=membership.id, after=day):
        word = ROLE_WORDS[role]
        raise ctx.refuse(
            "parties.last_one",
            Text(
                f"この役割（{word.ja}）を持つ人がほかにいなくなります。",
                f"Nobody else would hold this role ({word.en}) any more.",
            ),
            where="leaves_none",
            mend=Text(
                "先に後任へ役割を付けるか、いなくなることを承知のうえで確認の印を付けてください。",
                "Give the role to a successor first, or tick that it is meant.",
            ),
        )
    if role in _FILING and leaves_one(membership, world, day):
        raise ctx.refuse(
            "parties.one_person",
            Text(
                "届出を準備する人と確認する人が同じ一人になり、何も提出できなくなります。",
                "One person alone would be left to prepare and to confirm: nothing could be filed.",
            ),
            where="leaves_none",
            mend=Text(
                "先に別の人へ報告担当または承認者の役割を付けるか、承知のうえで確認の印を付けてください。",
                "Give somebody else the reporter's or approver's role first, or tick that it is meant.",
            ),
        )


def leaves_one(membership: Membership, world: str, day: date) -> bool:
    """Return whether fewer than two people prepare and confirm filings after that day, where two or more did before."""
    seats = _after(world, membership.organisation_id, day).filter(role__in=_FILING)
    before = set(seats.values_list("person_id", flat=True)) | {membership.person_id}
    after = set(seats.exclude(id=membership.id).values_list("person_id", flat=True))
    return len(after) < _TWO <= len(before)
