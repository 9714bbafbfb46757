"""What the door calls for this room: filing a notification, its arrival, passing it on (`placing`: the register)."""

from sakimori.acts.context import Context
from sakimori.assets import editions, entries, filing, items, linking, merging, otherwise, placing, preconditions
from sakimori.assets import payloads as p
from sakimori.assets.forms import handlers as forms
from sakimori.assets.interview import handlers as interview
from sakimori.assets.models import Notification
from sakimori.assets.naming import handlers as naming
from sakimori.assets.supervision import handlers as supervision
from sakimori.assets.upkeep import applying
from sakimori.assets.upkeep import handlers as upkeep
from sakimori.assets.vendors import handlers as vendors
from sakimori.record import Bound, Handler
from sakimori.text import Text


def _file(ctx: Context, payload: p.FileNotification) -> Bound:
    notification = _filed(ctx, payload)
    ctx.send(notification.minister, carrying=[notification])
    return Bound("assets.notification", notification.id)


def _file_otherwise(ctx: Context, payload: p.FileOtherwise) -> Bound:
    """Keep what left on paper, by mail or over a portal; its arrival is recorded with evidence later."""
    notification = _filed(ctx, payload)
    ctx.change(notification, status="sent", channel=payload.channel, filed_at=payload.sent_at)
    return Bound("assets.notification", notification.id)


def _filed(ctx: Context, payload: p.FileNotification) -> Notification:
    """Return the record of what is filed, its computers taken out of those that wait."""
    organisation, category = ctx.actor.acting_organisation, payload.facility_category
    designation = filing.designation_of(ctx, organisation, category)
    rows = _rows(payload)
    computers = filing.taken(filing.waiting(ctx, organisation, category), rows, ("clause", "product", "maker"))
    notification = filing.record(ctx, organisation, designation.minister_id, payload)
    items.place(ctx, notification, rows)
    filing.mark(computers, notification=notification.id, status="filed")
    return notification


def _rows(payload: p.FileNotification) -> list[items.Row]:
    return [(row.clause, row.product, row.maker) for row in payload.rows]


def _receive(ctx: Context, payload: p.Receive) -> Bound:
    filed, operator, minister, act = filing.incoming(ctx, payload, p.FileNotification)
    notification = filing.record(ctx, operator, minister, filed, act=act)
    items.place(ctx, notification, _rows(filed))
    return filing.announce(
        ctx, notification, Text("届出が届きました（強化法4条1項）", "A notification has arrived (Art 4(1))")
    )


HANDLERS = {
    **upkeep.HANDLERS,
    **vendors.HANDLERS,
    **forms.HANDLERS,
    **supervision.HANDLERS,
    **interview.HANDLERS,
    **merging.HANDLERS,
    **naming.HANDLERS,
    "assets.register.import": Handler(p.ImportRegister, placing.take_in, require_row=editions.require_kept),
    "assets.computer.change": Handler(p.ChangeComputer, applying.change),
    "assets.computer.retire": Handler(p.RetireComputer, applying.retire),
    "assets.notification.file": Handler(p.FileNotification, _file),
    "assets.notification.arrive": Handler(p.Arrived, forms.notified),
    "assets.notification.receive": Handler(p.Receive, _receive),
    "assets.notification.pass_on": Handler(p.PassOn, forms.pass_on),
    "assets.notification.file_otherwise": Handler(p.FileOtherwise, _file_otherwise),
    "assets.notification.confirm_arrival": Handler(p.ConfirmArrival, otherwise.confirm_arrival),
    "assets.notification.undo_otherwise": Handler(p.UndoOtherwise, otherwise.undo),
    "assets.entry.record": Handler(p.RecordEntry, entries.record),
    "assets.entry.link": Handler(p.LinkEntry, linking.link),
    "assets.entry.unlink": Handler(p.UnlinkEntry, linking.unlink),
    "assets.entry.withdraw": Handler(p.WithdrawEntry, entries.withdraw),
    "assets.reminder.send": Handler(p.SendReminder, entries.send_reminder),
    "assets.reminder.receive": Handler(p.Receive, entries.receive_reminder),
}
PREDICATES = {
    **preconditions.PREDICATES, **supervision.PREDICATES, **forms.PREDICATES, **merging.PREDICATES,
    **editions.PREDICATES,
}  # fmt: skip
RECEIVERS = {
    **vendors.RECEIVERS,
    **forms.RECEIVERS,
    **supervision.RECEIVERS,
    "assets.notification.file": "assets.notification.receive",
    "assets.reminder.send": "assets.reminder.receive",
}
ON_ARRIVAL = {
    **vendors.ON_ARRIVAL,
    **forms.ON_ARRIVAL,
    **supervision.ON_ARRIVAL,
    "assets.notification.file": "assets.notification.arrive",
}
RECURRING = {**upkeep.RECURRING}
