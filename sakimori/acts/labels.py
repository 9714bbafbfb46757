"""Labels flow down only through a release: what a viewer may see, what may be given to whom, what derived data carries.

A label is a restriction of `sakimori.law` on a field group, written `key` or `key:parameter`. A ceiling is the set of
restrictions an organisation is cleared for: by its type, by a clearance, or because the information is its own.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sakimori import law
from sakimori.acts import clock
from sakimori.acts.errors import LabelError
from sakimori.parties.listing import consented_to
from sakimori.parties.models import Clearance, Organisation
from sakimori.record import Viewer
from sakimori.text import Text

Labels = Mapping[str, Iterable[str]]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What an organisation may be given: by its type (and the viewer's role), by clearance, and whatever is its own."""

    organisation: uuid.UUID | None
    types: frozenset[str]
    cleared: frozenset[str]

    def lacks(self, restrictions: Iterable[str], owner: uuid.UUID | None) -> str | None:
        """Return the first restriction above this ceiling, or None where all may be given."""
        own = owner is not None and owner == self.organisation
        for label in restrictions:
            restriction = _restriction(label)
            if own:
                continue
            if label in self.cleared or (not restriction.parametrised and self.types & set(restriction.ceilings)):
                continue
            return label
        return None


def ceiling_of_viewer(viewer: Viewer) -> Ceiling:
    """Return the ceiling of a person in a role: their organisation's, narrowed to nothing for administrators."""
    if viewer.is_system:
        return Ceiling(None, frozenset({"system"}), frozenset())
    organisation = viewer.acting_organisation
    types = {viewer.organisation_type, f"{viewer.organisation_type}.{viewer.role}"}
    if viewer.role == "administrator":
        return Ceiling(None, frozenset(), frozenset())
    return Ceiling(organisation, frozenset(types), cleared(organisation, viewer.world))


def ceiling_of(organisation: Organisation, world: str) -> Ceiling:
    """Return the ceiling of an organisation as a recipient."""
    return Ceiling(organisation.id, frozenset({organisation.type}), cleared(organisation.id, world))


def cleared(organisation: uuid.UUID, world: str) -> frozenset[str]:
    """Return the restrictions an organisation was expressly cleared for, or was given consent to, today."""
    today: date = clock.today(world)
    rows = Clearance.objects.filter(
        organisation_id=organisation, world=clock.world(world).base, valid_from__lte=today
    ).values_list("restriction", "valid_until")
    cleared = frozenset(restriction for restriction, until in rows if until is None or until >= today)
    return cleared | consented_to(organisation, worlds={world, clock.world(world).base}, on=today)


def _restriction(label: str) -> law.Restriction:
    return law.restriction(label if label.startswith("tlp:") else label.partition(":")[0])


def union(*labels: Labels) -> dict[str, list[str]]:
    """Return the union of label maps, group by group: what is derived from several carries all they carried."""
    joined: dict[str, set[str]] = {}
    for one in labels:
        for group, restrictions in one.items():
            joined.setdefault(group, set()).update(restrictions)
    return {group: sorted(restrictions) for group, restrictions in sorted(joined.items())}


def flat(labels: Labels) -> set[str]:
    """Return every restriction that stands on any field group."""
    return {restriction for restrictions in labels.values() for restriction in restrictions}


def without(labels: Labels, released: Iterable[str]) -> dict[str, list[str]]:
    """Return the labels with the released restriction keys taken off; groups left without any are dropped."""
    gone = set(released)
    kept = {
        group: sorted(r for r in restrictions if r.partition(":")[0] not in gone and r not in gone)
        for group, restrictions in labels.items()
    }
    return {group: restrictions for group, restrictions in kept.items() if restrictions}


def require(ceiling: Ceiling, labels: Labels, owner: uuid.UUID | None, recipient: Text) -> None:
    """Refuse with the article (`LabelError`) where any field group is above the recipient's ceiling."""
    for group, restrictions in labels.items():
        label = ceiling.lacks(restrictions, owner)
        if label is not None:
            raise refusal(label, group, recipient)


def refusal(label: str, group: str, recipient: Text) -> LabelError:
    """Return the refusal to give a field group under `label` to `recipient`."""
    restriction = _restriction(label)
    return LabelError(
        Text(
            f"「{restriction.title.ja}」が付いているため、{recipient.ja}には渡せません。",
            f"Marked “{restriction.title.en}”: it cannot be given to {recipient.en}.",
        ),
        where=group,
        article=restriction.article,
        mend=Text(
            "権限ある者の解除行為（再作成）が必要です。",
            "A release act by the competent authority (re-entering the content) is needed.",
        ),
    )


def require_purpose(kind: law.ActKind, labels: Labels) -> None:
    """Refuse with the article (`LabelError`) an act whose purpose a restriction on its source refuses.

    Reported information (強化法8条) is never the ground of a sanction.
    """
    if not kind.purpose:
        return
    for group, restrictions in labels.items():
        for label in restrictions:
            restriction = _restriction(label)
            if kind.purpose in restriction.refuses:
                raise LabelError(
                    Text(
                        f"「{restriction.title.ja}」は「{kind.title.ja}」の根拠に使えません。",
                        f"Marked “{restriction.title.en}”: it cannot be the ground of “{kind.title.en}”.",
                    ),
                    code="act.purpose",
                    where=group,
                    article=restriction.article,
                    mend=Text(
                        "他の権限により得た資料に基づいてください。",
                        "Rest it on material obtained under another power.",
                    ),
                )


def withhold(row: dict[str, Any], groups: Mapping[str, tuple[str, ...]], ceiling: Ceiling) -> dict[str, Any]:
    """Return the row as the ceiling may see it: fields of groups above it become None and are named in `withheld`.

    A labelled group that the query does not map to fields hides the whole row but its id: fail closed.
    """
    restricted: Labels = row.get("labels") or {}
    seen = {key: value for key, value in row.items() if key not in {"labels", "owner", "about"}}
    withheld: dict[str, str] = {}
    for group, restrictions in restricted.items():
        label = ceiling.lacks(restrictions, row.get("owner"))
        if label is None:
            continue
        for name in groups.get(group, tuple(seen)):
            if name != "id":
                seen[name] = None
        withheld[group] = _restriction(label).article
    seen["withheld"] = withheld
    return seen
