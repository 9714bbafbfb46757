"""What the door calls for this room: requests onto the docket, decisions, and notices of the handling."""

from typing import Any

from sakimori.oversight import deciding, receiving
from sakimori.oversight import payloads as p
from sakimori.record import Handler

HANDLERS: dict[str, Any] = {
    "oversight.request.receive": Handler(p.Receive, receiving.receive_request),
    "oversight.decision.record": Handler(p.RecordDecision, deciding.record),
    "oversight.decision.send": Handler(p.Decided, deciding.send),
    "oversight.decision.arrive": Handler(p.Arrived, deciding.arrived),
    "oversight.notice.receive": Handler(p.Receive, receiving.receive_notice),
}
PREDICATES = {
    "oversight_matter_open": deciding.matter_open,
    "oversight_quorum": deciding.quorum,
    "oversight_votes": deciding.votes,
    "oversight_majority": deciding.majority,
    "oversight_within_the_law": deciding.within_the_law,
    "oversight_as_decided": deciding.as_decided,
    "oversight_own_dispatch": deciding.own_dispatch,
}
RECEIVERS = {
    "measures.request.file": "oversight.request.receive",
    "custody.notice.send": "oversight.notice.receive",
}
ON_ARRIVAL = {"oversight.decision.send": "oversight.decision.arrive"}
