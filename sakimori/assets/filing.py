"""What every filing of an operator has in common: whom it goes to, what it becomes a record of, which computers it is.

Filed means arrived: a filing is kept as approved, sent by envelope, and settles duties only when the addressee's signed
acknowledgement has come back.
"""

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from sakimori.acts import attaching, clock
from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError
from sakimori.assets import designated, items
from sakimori.assets.models import Computer, Notification
from sakimori.assets.supervision import finding
from sakimori.parties.models import Designation, Facility, Organisation
from sakimori.record import Bound
from sakimori.text import Text, and_more

AT_ONCE = 500
"""Rows named in one statement: databases limit how many."""
ANEW = Text("届出案を作り直してください。", "Draft the notification anew.")
NOTHING_LEFT = Text(
    "届け出るものは残っていません。提案してあれば、取り下げてください。",
    "Nothing of it is left to file. Withdraw the proposal, if it is one.",
)
_PASS_ON = "kyokaho.notice.pass_on"  # noqa: S105 - a rule of the law


def designation_of(ctx: Context, organisation: uuid.UUID, category: str) -> Designation:
    """Return the designation of the operator's facility of that category, or refuse."""
    found = designated.of_category(ctx.world.base, organisation, category)
    if found is None:
        raise ctx.refuse(
            "assets.facility",
            Text(
                f"「{category}」の特定重要設備は登録されていません。",
                f"You have no facility of the category “{category}”.",
            ),
            where="facility_category",
        )
    return found


def facilities_of(ctx: Context, organisation: uuid.UUID, category: str) -> list[uuid.UUID]:
    """Return the operator's facilities of a category."""
    found = Facility.objects.filter(world=ctx.world.base, organisation_id=organisation, category=category)
    return list(found.values_list("id", flat=True))


def waiting(ctx: Context, organisation: uuid.UUID, category: str) -> Any:
    """Return the computers of a category that wait to be notified."""
    return Computer.objects.filter(
        world=ctx.world.name, organisation=organisation, notify="yes", notification=None, status="registered",
        facility__in=facilities_of(ctx, organisation, category),
    )  # fmt: skip


def taken(computers: Any, rows: Iterable[tuple[str, ...]], fields: tuple[str, ...]) -> list[uuid.UUID]:
    """Return, of these computers, those the rows stand for, by these fields; refuse rows that stand for none."""
    wanted = Counter(rows)
    found: list[uuid.UUID] = []
    waits = False
    for identity, *named in computers.values_list("id", *fields).order_by("key"):
        name, waits = tuple(named), True
        if wanted[name] > 0:
            wanted[name] -= 1
            found.append(identity)
    left = [name for name, count in wanted.items() if count > 0]
    if left:
        said = " ".join(part for part in left[0] if part)
        more = and_more(len(left) - 1)
        raise PreconditionError(
            Text(
                f"登録簿に、この届出の対象になる「{said}」がありません{more.ja}。",
                f"The register has no “{said}” that this filing could be about{more.en}.",
            ),
            where="rows",
            mend=ANEW if waits else NOTHING_LEFT,
        )
    return found


def mark(computers: list[uuid.UUID], **fields: Any) -> None:
    """Set fields of many computers."""
    for place in range(0, len(computers), AT_ONCE):
        Computer.objects.filter(id__in=computers[place : place + AT_ONCE]).update(**fields)


def record(
    ctx: Context,
    organisation: uuid.UUID,
    minister: uuid.UUID,
    payload: Any,
    *,
    act: uuid.UUID | None = None,
    **more: Any,
) -> Notification:
    """Return the record of a filing: on the operator's side, or with `act` on the minister's, where it arrived."""
    return ctx.create(
        Notification,
        act=act or ctx.act,
        side="minister" if act else "operator",
        organisation=organisation,
        owner=organisation,
        minister=minister,
        outline=payload.outline.model_dump(),
        facility_category=payload.facility_category,
        count=len(payload.rows),
        filed_at=ctx.occurred_at,
        status="received" if act else "approved",
        arrived_at=ctx.occurred_at if act else None,  # after a restore it is taken in again, long after it arrived
        **more,
    )


def lay_down(ctx: Context, notification: Notification, rows: Iterable[items.Row]) -> None:
    """Store the computers a filing names."""
    items.place(ctx, notification, list(rows))


def incoming(ctx: Context, payload: Any, form: type[BaseModel]) -> tuple[Any, uuid.UUID, uuid.UUID, uuid.UUID]:
    """Return what came in by envelope: the filing in its form, who filed it, the minister here, the filing act.

    Refused where the sender is not known, not designated under this minister, or the filing not of the form.
    """
    if payload.sender is None:
        raise ctx.refuse("assets.sender", Text("届出者が分かりません。", "The filing organisation is not known."))
    try:
        filed = form.model_validate(payload.document.get("payload"))
    except ValidationError as error:
        raise ctx.refuse(
            "assets.form",
            Text("届出が決められた形ではありません。", "The notification is not of the form asked for."),
            where=".".join(str(part) for part in error.errors()[0]["loc"]),
            mend=ANEW,
        ) from None
    minister = ctx.organisation(payload.addressee)
    known = Designation.objects.filter(
        world=ctx.world.base, organisation_id=payload.sender, minister=minister, withdrawn_on=None
    )
    if not known.exists():
        raise ctx.refuse(
            "assets.not_designated",
            Text(
                "届出者はこの大臣の所管する特別社会基盤事業者ではありません。",
                "The sender is not designated under this minister.",
            ),
        )
    return filed, payload.sender, minister.id, uuid.UUID(str(payload.document["id"]))


def announce(ctx: Context, notification: Notification, title: Text, cites: uuid.UUID | None = None) -> Bound:
    """Tell the minister's office that a filing arrived, look at it, and start the clock of passing it on.

    `cites` is the number of the request or order that the filing answers.
    """
    about = Bound("assets.notification", notification.id)
    finding.arrived(ctx, notification, cites=cites)
    ctx.tell("minister", notification.minister, title, about=about)
    begins = (notification.arrived_at or ctx.now).astimezone(clock.TOKYO).date()
    ctx.start(_PASS_ON, bearer=notification.minister, about=about, begins=begins)
    return about


def pass_on(ctx: Context, notification: Notification, title: Text) -> Bound:
    """Tell the Prime Minister's office of a filing, and settle the clock of passing it on."""
    if notification.status != "received":
        raise ctx.refuse("assets.passed_on", Text("この届出は既に通知済みです。", "It has been passed on already."))
    about = Bound("assets.notification", notification.id)
    scans = attaching.held(ctx, notification.id, notification.minister)
    for office in Organisation.objects.filter(world=ctx.world.base, type="cabinet_office"):
        ctx.tell("prime_minister", office.id, title, about=about, derived_from=[notification, *scans])
        attaching.share(ctx, scans, office.id)  # what came on paper stands in its scan alone
    ctx.change(notification, status="passed_on", passed_on_at=ctx.now)
    ctx.settle(_PASS_ON, notification.id, bearer=notification.minister)
    return about
