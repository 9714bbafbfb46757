"""Is anything missing? What one record says of another: leaves and acts, acts and dispatches, envelopes and effects."""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sakimori.acts.arriving import arrival
from sakimori.acts.models import Act, ActContent, Dispatch, Leaf, Received
from sakimori.text import Text

ERASE = "acts.content.erase"
ARRIVE, CONFIRM = "acts.dispatch.arrive", "acts.dispatch.confirm"


def missing_links() -> Iterator[tuple[str, Text]]:
    """Yield where and what for every record that another one names and that is gone, or says something else."""
    yield from _acts_of_leaves()
    yield from _erasures()
    for act, document in _documents():
        yield from _sent(act, document)
        yield from _came_in(act, document)
    yield from _arrivals()


def _acts_of_leaves() -> Iterator[tuple[str, Text]]:
    kept = set(Act.objects.values_list("id", flat=True))
    for of in Leaf.objects.filter(what="act").values_list("of", flat=True):
        if of not in kept:
            yield f"act/{of}", Text("記録にある行為がありません。", "An act that the log took in is gone.")


def _erasures() -> Iterator[tuple[str, Text]]:
    erasing = set(Act.objects.filter(kind=ERASE).values_list("id", flat=True))
    for act, by in Act.objects.exclude(erased_by=None).values_list("id", "erased_by"):
        if by not in erasing:
            yield f"act/{act}", Text("消去したという行為がありません。", "The act said to have erased it is none.")


def _documents() -> Iterator[tuple[uuid.UUID, dict[str, Any]]]:
    for act, content in ActContent.objects.values_list("id", "content").iterator(chunk_size=500):
        try:
            document = json.loads(bytes(content))
        except ValueError:
            continue  # the content itself is found to differ elsewhere
        if isinstance(document, dict):
            yield act, document


def _sent(act: uuid.UUID, document: dict[str, Any]) -> Iterator[tuple[str, Text]]:
    for dispatch, addressee in document.get("sent_to", {}).items():
        found = Dispatch.objects.filter(id=dispatch).values_list("act", "addressee").first()
        if found is None or (found[0], str(found[1])) != (act, addressee):
            yield (
                f"dispatch/{dispatch}",
                Text("行為が定めた送達がありません。", "A dispatch that its act names is gone or differs."),
            )


def _came_in(act: uuid.UUID, document: dict[str, Any]) -> Iterator[tuple[str, Text]]:
    payload = document.get("payload", {})
    envelope = payload.get("envelope") if document.get("actor", {}).get("role") == "system" else None
    if envelope and not Received.objects.filter(id=envelope).exists():
        yield (
            f"received/{envelope}",
            Text("行為のもとになった封筒がありません。", f"The envelope behind act {act} is gone."),
        )


def _arrivals() -> Iterator[tuple[str, Text]]:
    told = dict(_arrivals_told())
    erased = set(
        Act.objects.filter(kind__in=(ARRIVE, CONFIRM)).exclude(erased_by=None).values_list("subject", flat=True)
    )
    for dispatch, at in Dispatch.objects.filter(status="arrived").values_list("id", "arrived_at"):
        if dispatch not in erased and told.get(dispatch) != at:
            yield (
                f"dispatch/{dispatch}",
                Text("到達の時刻が記録と違います。", "The time of arrival differs from its act."),
            )


def _arrivals_told() -> Iterator[tuple[uuid.UUID, datetime]]:
    """Yield each dispatch with the time of arrival that its act tells; the first act of a dispatch comes last."""
    acts = Act.objects.filter(kind__in=(ARRIVE, CONFIRM)).order_by("-recorded_at")
    sent = dict(Dispatch.objects.filter(status="arrived").values_list("id", "created_at"))
    contents = ActContent.objects.in_bulk(list(acts.values_list("id", flat=True)))
    for act, kind, dispatch, recorded in acts.values_list("id", "kind", "subject", "recorded_at"):
        try:
            payload = json.loads(bytes(contents[act].content))["payload"]
            if kind == CONFIRM:
                yield dispatch, datetime.fromisoformat(payload["arrived_at"])
            elif payload["acknowledgement"]["outcome"] == "accepted":
                received = datetime.fromisoformat(payload["acknowledgement"]["received_at"])
                yield dispatch, arrival(sent[dispatch], received, recorded)
        except (KeyError, TypeError, ValueError):
            continue  # a content that differs is found elsewhere; without it nothing tells of the arrival
