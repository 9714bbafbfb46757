"""Whose word an envelope brings: its document read strictly, and who may say such a thing to whom.

A good signature says which deployment speaks, no more. The law book says which organisations may do an act, the parties
enrolled here say which deployment hosts them and which minister an operator is designated under: an act passes only
where all of them agree. Every kind that travels passes here, so no room has to ask again who somebody is.
"""

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from django.conf import settings
from django.db.models import Q
from pydantic import AfterValidator, BaseModel, Field, StrictInt, ValidationError

from sakimori import law, proofs
from sakimori.acts import authority, clock, registry
from sakimori.acts.errors import NotFoundError
from sakimori.acts.models import Act, Received
from sakimori.errors import SakimoriError
from sakimori.parties.models import Designation, Organisation
from sakimori.text import Text

_SUPERVISE = ("ministry", "regional_bureau")
_SEND_AGAIN = Text("差出人に直したものを送り直してもらってください。", "Let the sender mend it and send it again.")
_EARLIEST, _LATEST = 1900, 9000  # years that every database holds, in every zone


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not _EARLIEST < at.year < _LATEST:
        raise ValueError("no moment")
    return text


_Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
_Moment = Annotated[str, AfterValidator(_moment)]
_Name = Annotated[str, Field(min_length=1, max_length=100)]


class _Actor(BaseModel):
    organisation: str | None = None
    on_behalf_of: str | None = None


class _Subject(BaseModel):
    type: _Name
    id: _Id


class _Document(BaseModel):
    """An act's document as every deployment writes it (`door`); what else stands in it is not read here."""

    id: _Id
    kind: _Name
    kind_version: StrictInt
    world: _Name
    deployment: _Name
    occurred_at: _Moment
    recorded_at: _Moment
    subject: _Subject
    actor: _Actor
    payload: dict[str, Any]
    sent_to: dict[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """An act that may be taken in: by which system act, who says it (enrolled here) and to whom (hosted here)."""

    taken_in_by: str
    sender: uuid.UUID
    addressee: uuid.UUID


def opened(envelope: proofs.Envelope) -> dict[str, Any]:
    """Return the act's document, once it is of the form and what the sender's receipt speaks of.

    Raises SakimoriError: `envelope.act` where the bytes are not those the receipt commits to, or are no act of that id,
    kind, world and time; `envelope.proof` where the sender's log does not hold it.
    """
    receipt = envelope.receipt
    document = _read(envelope.act.content)
    told = [document[name] for name in ("id", "kind", "kind_version", "world", "deployment")]
    promised = [receipt.act_id, receipt.kind, receipt.kind_version, receipt.world, receipt.deployment]
    occurred, recorded = (datetime.fromisoformat(document[name]) for name in ("occurred_at", "recorded_at"))
    if not (envelope.act.committed and told == promised and occurred <= recorded == receipt.recorded_at):
        raise SakimoriError(
            Text("封筒の中の行為が記録証明と一致しません。", "The act in the envelope is not what its receipt says."),
            code="envelope.act",
        )
    if envelope.inclusion is None:
        raise SakimoriError(
            Text("差出人の記録に入った証明がありません。", "There is no proof that the sender's log holds the act."),
            code="envelope.proof",
        )
    return document


def _read(content: bytes) -> dict[str, Any]:
    """Return the document; it must read back as the same bytes, so that it means one thing to everybody."""
    where = "act"
    try:
        document = json.loads(content)
        if proofs.canonical(document) == content:
            _Document.model_validate(document)
            return dict(document)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"][:2])
    except (ValueError, RecursionError, proofs.ProofError):
        pass
    raise SakimoriError(
        Text(
            f"封筒の中身が、行為の文書の形ではありません（{where[:60]}）。",
            f"What the envelope holds is not of the form of an act's document ({where[:60]}).",
        ),
        code="envelope.act",
        where=where,
        mend=_SEND_AGAIN,
    )


def admitted(envelope: proofs.Envelope, document: dict[str, Any], arrived_at: datetime | None) -> Said:
    """Return what an act of another deployment (or of this one) is taken in as; deny by default.

    Raises SakimoriError: `envelope.kind` (not taken in here), `envelope.sender` (the deployment does not host the
    sender), `envelope.actor` (the law does not give such an act to such an organisation), `act.not_in_force`,
    `not_found` (no such addressee here), `envelope.competence` (the operator is not this authority's),
    `envelope.number` (another act has this number, or this one has arrived at this addressee already).
    """
    name = str(document["kind"])
    taken_in_by = registry.receivers().get(name)
    if taken_in_by is None:
        raise SakimoriError(
            Text("この種類の行為はここでは受け取れません。", "This kind of act is not taken in here."),
            code="envelope.kind",
            where=name,
        )
    kind, world = law.kind(name), clock.world(envelope.world)
    sender = _enrolled(_speaker(kind, document), world.base)
    if sender is None or sender.deployment != envelope.sender:
        raise SakimoriError(
            Text(
                "差出人の設置は、この組織のものではありません。",
                "The sending deployment does not host this organisation.",
            ),
            code="envelope.sender",
        )
    _require_actor(kind, sender)
    today = (arrived_at or clock.now(world.name)).astimezone(clock.TOKYO).date()
    authority.require_in_force(kind, world, today)
    addressee = _enrolled(document["sent_to"].get(envelope.id), world.base)
    if addressee is None or addressee.deployment != settings.SAKIMORI_DEPLOYMENT["name"]:
        raise NotFoundError("addressee")
    _require_competence(kind, sender, addressee, today)
    _require_new(envelope, document, addressee)
    return Said(taken_in_by, sender.id, addressee.id)


def senders(kind: law.ActKind) -> frozenset[str]:
    """Return the types of organisation in whose name an act of a kind may come in: those the law names for it."""
    if kind.system:
        return frozenset(kind.speaks_for)
    return frozenset(actor.organisation for actor in (*kind.actors, *kind.second_actors))


def _speaker(kind: law.ActKind, document: dict[str, Any]) -> object:
    """Return whom an act speaks for: of a person's act its actor's organisation, of the system's own its issuer.

    Never the one in the place of the other: what a payload says of an issuer makes nobody else's act theirs.
    """
    actor = document["actor"]
    acting = actor.get("on_behalf_of") or actor.get("organisation")
    if not kind.system:
        return acting
    return None if acting else document["payload"].get("issuer")


def number(text: object) -> uuid.UUID | None:
    """Return the number of an act or organisation; None for what is none."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def _enrolled(organisation: object, base: str) -> Organisation | None:
    """Return an organisation as enrolled here; None for what is no id of one."""
    named = number(organisation)
    if named is None:
        return None
    found: Organisation | None = Organisation.objects.filter(id=named, world=base).first()
    return found


def _require_actor(kind: law.ActKind, sender: Organisation) -> None:
    if senders(kind) & {"any", sender.type}:
        return
    raise SakimoriError(
        Text(
            f"「{kind.title.ja}」は、この種別の組織が行える行為ではありません。",
            f"“{kind.title.en}” is not an act that an organisation of this kind may do.",
        ),
        code="envelope.actor",
        where=kind.name,
        article=", ".join(kind.basis),
    )


def _require_competence(kind: law.ActKind, sender: Organisation, addressee: Organisation, today: date) -> None:
    """Refuse what a minister, or the bureau that acts for him, says to an operator of another minister (強化法4条1項).

    Where a kind is about a record that the receiver holds already and that names the sender, that record decides.
    """
    if sender.type not in _SUPERVISE or kind.competence == "record" or competent(sender, addressee.id, today):
        return
    raise SakimoriError(
        Text(
            "差出人は、この事業者を所管する大臣（又はその委任を受けた局）ではありません。",
            "The sender is not the minister this operator is designated under, nor his bureau.",
        ),
        code="envelope.competence",
        where=kind.name,
        article=", ".join(kind.basis),
    )


def competent(office: Organisation, operator: uuid.UUID, on: date) -> bool:
    """Return whether an operator is designated under a minister (or his bureau) on a day, as recorded here."""
    standing = Designation.objects.filter(
        Q(withdrawn_on=None) | Q(withdrawn_on__gt=on), world=office.world, organisation_id=operator
    )
    return bool(standing.filter(Q(minister=office) | Q(bureau=office)).exists())


def _require_new(envelope: proofs.Envelope, document: dict[str, Any], addressee: Organisation) -> None:
    """Refuse an act under the number of another, whoever's: rooms know what came in by the number of its act.

    One act may come to several addressees here, to each once.
    """
    act = uuid.UUID(document["id"])
    own = settings.SAKIMORI_DEPLOYMENT["name"]
    taken = envelope.sender != own and Act.objects.filter(id=act).exists()
    for earlier in Received.objects.filter(act=act).exclude(effect=None):
        same = (earlier.sender, _told(earlier)["receipt"]["commitment"]) == (
            envelope.sender,
            envelope.receipt.commitment.hex(),
        )
        taken = taken or not same or document["sent_to"].get(str(earlier.id)) == str(addressee.id)
    if taken:
        raise SakimoriError(
            Text(
                "この番号の行為は既に届いているか、別の行為です。",
                "An act of this number has arrived already, or is another one.",
            ),
            code="envelope.number",
            where="id",
        )


def brought(act: uuid.UUID, sender: uuid.UUID, addressee: uuid.UUID, world: str) -> bool:
    """Return whether an act was taken in here that this organisation sent to that one."""
    for row in Received.objects.filter(act=act, world=world).exclude(effect=None):
        document = json.loads(base64.b64decode(_told(row)["act"]["bytes"]))
        said = number(_speaker(law.kind(row.kind), document)), number(document["sent_to"].get(str(row.id)))
        if said == (sender, addressee):
            return True
    return False


def _told(row: Received) -> dict[str, Any]:
    """Return an envelope that was verified and taken in, as it came."""
    return dict(json.loads(bytes(row.content)))
