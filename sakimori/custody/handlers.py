"""What the door calls for this room: engines, selections, retention and erasure, notices to the committee."""

from typing import Any

from sakimori.custody import engines, erasing, notices, selecting
from sakimori.custody import payloads as p
from sakimori.record import Handler

HANDLERS: dict[str, Any] = {
    "custody.engine.enrol": Handler(p.EnrolEngine, engines.enrol),
    "custody.engine.withdraw": Handler(p.WithdrawEngine, engines.withdraw),
    "custody.selection.record": Handler(p.RecordSelection, selecting.record),
    "custody.notice.send": Handler(p.Handled, notices.send),
    "custody.notice.arrive": Handler(p.Arrived, notices.arrived),
    "custody.retention.extend": Handler(p.ExtendRetention, erasing.extend),
    "custody.retention.end": Handler(p.EndRetention, erasing.end),
    "custody.information.erase": Handler(p.Erase, erasing.erase),
}
PREDICATES = {
    "custody_engine_key": engines.is_new_key,
    "custody_signed_by_engine": selecting.signed_by_engine,
    "custody_under_authority": selecting.under_authority,
    "custody_records_as_signed": selecting.records_as_signed,
    "custody_retention_within_limit": selecting.retention_within_limit,
    "custody_not_recorded_yet": selecting.not_recorded_yet,
    "custody_own_handling": notices.own_handling,
    "custody_notice_sent": notices.sent,
    "custody_kept": erasing.is_kept,
    "custody_extension_within_limit": erasing.extension_within_limit,
    "custody_retention_over": erasing.retention_over,
}
RECEIVERS: dict[str, str] = {}
ON_ARRIVAL = {"custody.notice.send": "custody.notice.arrive"}
RECURRING = {"custody.erase": erasing.run_due}
"""What the deployment's worker does again and again in each world: `run(world)` returns how many it did."""
