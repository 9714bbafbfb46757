"""Asking every peer for what it holds of us, and keeping the answers beside the log until the deployment is cleared.

Kept in `catch-up/` of the home: `heads.json` (who was asked, what each knows of our log, what could not be had), one
file each for the envelopes refetched, and one for each file that those carried.
"""

import base64
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from sakimori import proofs
from sakimori.acts import catchup, clock, keys, outside, parcels
from sakimori.acts.models import Dispatch, Received
from sakimori.parties.models import Peer

TIMEOUT_SECONDS = 30


@dataclass(slots=True)
class Asked:
    """What one peer answered in one world; `fault` says why it did not.

    `missing`: what it has of us and we lack; `withheld`: of that, what it could not hand over (erased there).
    """

    peer: str
    world: str
    fault: str = ""
    checkpoint: str = ""
    missing: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refetched:
    """One envelope that came back: bytes, its acknowledgement, and whether it is one of our own."""

    id: str
    world: str
    own: bool
    body: bytes
    acknowledgement: dict[str, Any]


def directory() -> Path:
    """Return where the answers are kept."""
    return Path(settings.SAKIMORI_HOME) / "catch-up"


def ask_all() -> list[Asked]:
    """Ask every peer in every world; return and keep what each answered. Repeating it only adds."""
    directory().mkdir(exist_ok=True, mode=0o700)
    found = [_ask(peer, world) for peer, world in enrolled()]
    rows = [asdict(one) for one in found]
    (directory() / "heads.json").write_text(json.dumps(rows, indent=2), encoding="utf-8")
    return found


def enrolled() -> Iterator[tuple[Peer, str]]:
    """Yield every peer that is to be asked, with each world it is asked about."""
    for world in clock.worlds():
        for peer in _peers(world):
            yield peer, world


def asked() -> list[Asked]:
    """Return what the peers answered last time; empty where nobody was asked."""
    try:
        return [Asked(**row) for row in json.loads((directory() / "heads.json").read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []


def kept() -> Iterator[Refetched]:
    """Yield every envelope refetched, in the order of the acts' numbering by their senders."""
    found = [_read(path) for path in sorted(directory().glob("*.envelope.json"))]
    yield from sorted(found, key=lambda one: json.loads(one.body)["receipt"]["recorded_at"])


def parcel(one: Refetched) -> proofs.Readable | None:
    """Return what came back as it would have come in: the envelope with its files; None where a file is lacking."""
    named = [_content(str(file["digest"])) for file in json.loads(one.body).get("files", [])]
    if not all(path.exists() for path in named):
        return None
    if not named:
        return io.BytesIO(one.body)
    return parcels.Chunks(proofs.parcel_chunks(one.body, ([path.read_bytes()] for path in named)))


def _peers(world: str) -> list[Peer]:
    own = settings.SAKIMORI_DEPLOYMENT["name"]
    return list(Peer.objects.filter(world=clock.world(world).base).exclude(name=own).order_by("name"))


def _ask(peer: Peer, world: str) -> Asked:
    found = Asked(peer.name, world)
    if not peer.url:
        found.fault = "no address"
        return found
    try:
        listed = _post(peer, catchup.request(peer.name, world))
        note = str(listed["checkpoint"])
        if note and outside.own_checkpoint(note.encode()) is not None:
            found.checkpoint = note
        found.missing = [*_lacking(listed["held"]), *_unknown(listed["sent"])]
        found.withheld = _fetch(peer, world, found.missing)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        found.fault = type(error).__name__
    return found


def _post(peer: Peer, body: bytes) -> dict[str, Any]:
    return dict(_asked_of(peer, body).json())


def _asked_of(peer: Peer, body: bytes) -> httpx.Response:
    answer = httpx.post(
        f"{peer.url}/envelopes/catch-up/",
        content=body,
        headers={"content-type": "application/json"},
        timeout=TIMEOUT_SECONDS,
        follow_redirects=False,
    )
    answer.raise_for_status()
    return answer


def _lacking(held: list[list[str]]) -> list[str]:
    """Return the ids of our own envelopes there that we know nothing of, or whose arrival we have not recorded."""
    arrived = Dispatch.objects.exclude(acknowledgement=None).values_list("id", flat=True)
    known = {str(one) for one in arrived}
    return [identity for identity, _ in held if identity not in known]


def _unknown(sent: list[str]) -> list[str]:
    known = {str(one) for one in Received.objects.values_list("id", flat=True)}
    return [identity for identity in sent if identity not in known]


def _fetch(peer: Peer, world: str, wanted: list[str]) -> list[str]:
    """Fetch and keep the envelopes wanted; return the ids of those that did not come or do not verify."""
    open_ids = [identity for identity in wanted if not _file(identity).exists()]
    while open_ids:
        part = open_ids[: catchup.ASKED_AT_ONCE]
        came = _post(peer, catchup.request(peer.name, world, part))["envelopes"]
        for one in came:
            _keep(one, peer.name, world, set(part))
        handled = {str(one["id"]) for one in came} & set(part) or set(part)
        open_ids = [identity for identity in open_ids if identity not in handled]
    for identity in wanted:
        if _file(identity).exists():
            _fetch_files(peer, world, _read(_file(identity)))
    return [identity for identity in wanted if not _file(identity).exists()]


def _fetch_files(peer: Peer, world: str, one: Refetched) -> None:
    """Fetch and keep the files an envelope carried; one that the peer has no more, or that is another, is left out."""
    for file in json.loads(one.body).get("files", []):
        digest = str(file["digest"])
        path = _content(digest)
        if path.exists():
            continue
        try:
            content = _asked_of(peer, catchup.file_request(peer.name, world, one.id, digest)).content
        except httpx.HTTPStatusError:
            continue
        if proofs.digest(content) == digest:
            temporary = path.with_suffix(".tmp")
            temporary.write_bytes(content)
            temporary.replace(path)


def _content(digest: str) -> Path:
    return directory() / f"{digest}.file"


def _keep(one: dict[str, Any], peer: str, world: str, wanted: set[str]) -> None:
    """Keep an envelope once it, and the answer to it, are what they say; anything else is left out."""
    body, ring = base64.b64decode(one["envelope"]), keys.ring(world)
    own = settings.SAKIMORI_DEPLOYMENT["name"]
    try:
        envelope = proofs.verify_envelope(body, ring)
        ack = proofs.verify_ack(one["ack"], ring, envelope=json.loads(body))
    except (proofs.ProofError, ValueError):
        return
    between = {(envelope.sender, envelope.recipient)} <= {(own, peer), (peer, own)}
    if envelope.id not in wanted or not between or ack.envelope_id != envelope.id:
        return
    document = {"own": envelope.sender == own, "world": world, "envelope": one["envelope"], "ack": one["ack"]}
    temporary = _file(envelope.id).with_suffix(".tmp")
    temporary.write_text(json.dumps(document), encoding="utf-8")
    temporary.replace(_file(envelope.id))


def _file(identity: str) -> Path:
    return directory() / f"{identity}.envelope.json"


def _read(path: Path) -> Refetched:
    found = json.loads(path.read_text(encoding="utf-8"))
    body = base64.b64decode(found["envelope"])
    return Refetched(path.name.partition(".")[0], found["world"], bool(found["own"]), body, found["ack"])
