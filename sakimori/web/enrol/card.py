"""The card of a deployment (名刺): who it is, where it answers, its public keys, whom it hosts; to be handed to others.

It holds nothing secret. Who takes one in compares its fingerprint with what the other side reads out over another
channel (telephone, paper): then nobody can have put his own keys into it on the way, nor an authority that is none.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from sakimori import proofs
from sakimori.acts import keys
from sakimori.errors import SakimoriError
from sakimori.parties.models import Designation, Organisation
from sakimori.text import Text

TYPE = "sakimori.card/1"
LARGEST = 200_000
_GROUP = 4
_PUBLIC = ("ministry", "regional_bureau", "cabinet_office", "committee", "ppc", "police")
_SHOWN = ("type", "name_ja", "name_en", "corporate_number", "ministry_code", "location", "address")


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it was read: every part checked for its form, none for its truth."""

    name: str
    edition: str
    title: Text
    url: str
    keys: list[dict[str, Any]]
    organisations: list[dict[str, Any]]
    designations: list[dict[str, Any]]
    text: str

    @property
    def bound(self) -> bytes:
        """Return what the fingerprint is taken of; raises `ProofError` where it cannot be written in one way."""
        return proofs.canonical(
            {
                "name": self.name,
                "edition": self.edition,
                "title": [self.title.ja, self.title.en],
                "url": self.url,
                "keys": self.keys,
                "organisations": self.organisations,
                "designations": self.designations,
            }
        )

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 over everything that is taken in from the card, in groups to be read out."""
        digest = proofs.digest(self.bound)
        return " ".join(digest[place : place + _GROUP] for place in range(0, len(digest), _GROUP))


def own(world: str) -> dict[str, Any]:
    """Return this deployment's card: its keys, and the organisations it hosts with their designations.

    The card of an authority or the committee goes to everybody: it names authorities only, never who else takes part.
    """
    described = settings.SAKIMORI_DEPLOYMENT
    hosted = Organisation.objects.filter(world=world, deployment=described["name"])
    if described["edition"] != "operator":
        hosted = hosted.filter(type__in=_PUBLIC)
    designated = Designation.objects.filter(world=world, organisation__in=hosted, withdrawn_on=None)
    return {
        "type": TYPE,
        "name": described["name"],
        "edition": described["edition"],
        "title": described["title"],
        "url": described["url"],
        "keys": json.loads(keys.own_ring_path().read_text(encoding="utf-8"))["keys"],
        "organisations": [
            {"id": str(one.id), **{name: getattr(one, name) for name in _SHOWN}} for one in hosted.order_by("name_ja")
        ],
        "designations": [
            {
                "id": str(one.id),
                "organisation": str(one.organisation_id),
                "business_type": one.business_type,
                "minister": str(one.minister_id),
                "designated_on": one.designated_on.isoformat(),
                "successor": one.successor,
            }
            for one in designated.order_by("designated_on", "id")
        ]
        if described["edition"] == "operator"
        else [],
    }


def own_card(world: str) -> Card:
    """Return this deployment's card as others read it."""
    return _read(json.dumps(own(world), ensure_ascii=False))


def read(text: str) -> Card:
    """Return the card in a text. Raises `SakimoriError` where it is none, or this deployment's own."""
    card = _read(text)
    if card.name == settings.SAKIMORI_DEPLOYMENT["name"]:
        raise SakimoriError(
            Text("これはこの設置自身の名刺です。", "This is this deployment's own card."), code="enrol.own_card"
        )
    return card


def _read(text: str) -> Card:
    if len(text) > LARGEST:
        raise _no_card()
    try:
        found = json.loads(text)
        if found["type"] != TYPE:
            raise _no_card()
        title = found["title"]
        card = Card(
            name=_line(found["name"]),
            edition=_line(found["edition"]),
            title=Text(_line(title["ja"]), _line(title["en"])),
            url=_line(found["url"]),
            keys=[dict(one) for one in found["keys"]],
            organisations=[_organisation(one) for one in found["organisations"]],
            designations=[dict(one) for one in found["designations"]],
            text=text,
        )
        _ = card.bound
    except (ValueError, KeyError, TypeError, RecursionError, proofs.ProofError):
        raise _no_card() from None
    return card


def _line(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value[:300]


def _organisation(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": str(uuid.UUID(one["id"])), **{name: _line(one.get(name, "")) for name in _SHOWN}}


def _no_card() -> SakimoriError:
    return SakimoriError(
        Text("これは設置の名刺ではありません。", "This is no card of a deployment."),
        code="enrol.card",
        mend=Text(
            "相手の設置の「相手先」で名刺をダウンロードしてもらってください。",
            "Ask the other side to download its card on its page “Authorities and peers”.",
        ),
    )
