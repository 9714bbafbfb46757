"""Is the committee's answer genuine, and is the authority exactly what was asked and decided? Nothing is trusted."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from sakimori import proofs
from sakimori.acts import clock, keys
from sakimori.acts.errors import PreconditionError
from sakimori.errors import SakimoriError
from sakimori.measures import limits
from sakimori.measures.models import Measure
from sakimori.measures.payloads import APPROVED, AddressOverride, Condition, Decided
from sakimori.parties.models import Organisation
from sakimori.selection import AllowedCondition, Authority, SignedAuthority, key_id, verify
from sakimori.selection.bases import bases
from sakimori.text import Text

_ARTICLE = "強化法18"


def trusted(committee: Organisation, world: str, at: datetime) -> Mapping[str, Ed25519PublicKey]:
    """Return the keys good at that moment with which the committee's deployment signs authorities, by selection id."""
    found = {}
    for key in keys.ring(world):
        if key.purpose != "authority" or key.owner != committee.deployment:
            continue
        try:
            key.check_time(at)
        except proofs.ProofError:
            continue
        public = Ed25519PublicKey.from_public_bytes(key.public_key)
        found[key_id(public)] = public
    return found


def bounds(begins_on: date, ends_on: date) -> tuple[datetime, datetime]:
    """Return a period of whole days in Tokyo as an authority states it: first moment, first moment after it."""
    after = date.fromordinal(ends_on.toordinal() + 1)
    first, last = (datetime.combine(day, datetime.min.time(), clock.TOKYO) for day in (begins_on, after))
    return first, last


def expected(
    *,
    number: str,
    matter: str,
    basis: str,
    equipment: str,
    address_overrides: list[AddressOverride],
    conditions: list[Condition],
    begins_on: date,
    ends_on: date,
    committee_conditions: list[str],
    rehearsal: bool,
) -> Authority:
    """Return the selection authority that a decision means, not signed; both deployments build it by this function."""
    first, last = bounds(begins_on, ends_on)
    return Authority(
        id=number,
        basis=basis,
        direction=bases()[basis].direction,
        equipment=equipment,
        valid_from=first,
        valid_until=last,
        address_overrides={one.network: one.country for one in address_overrides},
        allowed=tuple(AllowedCondition.model_validate(one.model_dump()) for one in conditions),
        minimum_conditions=limits.minimum_conditions(basis),
        committee_conditions=tuple(committee_conditions),
        decision=matter,
        rehearsal=rehearsal,
    )


def fault(measure: Measure, decided: Decided, world: clock.World, now: datetime) -> SakimoriError | None:
    """Return why this answer cannot be taken as the committee's decision on that measure, or None where it can."""
    if decided.outcome in APPROVED:
        return next(_faults(measure, decided, world, now), None)
    return None if decided.authority is None else _refuse("authority", "承認書が付いています", "carries an authority")


def _faults(measure: Measure, decided: Decided, world: clock.World, now: datetime) -> Iterator[SakimoriError]:
    begins_on, ends_on = decided.begins_on, decided.ends_on
    if decided.authority is None or begins_on is None or ends_on is None:
        yield _refuse("authority", "承認書か期間がありません", "lacks the authority or the period")
        return
    if ends_on > measure.ends_on or begins_on < measure.begins_on:
        yield _refuse("ends_on", "求めた期間を超えています", "is longer than what was asked")
    beyond = limits.period_fault(measure.basis, begins_on, ends_on, now.date())
    if beyond is not None:
        yield beyond
    try:
        meant = expected(
            number=decided.number,
            matter=str(decided.matter),
            basis=measure.basis,
            equipment=measure.equipment,
            address_overrides=[AddressOverride.model_validate(one) for one in measure.address_overrides],
            conditions=[Condition.model_validate(one) for one in measure.conditions],
            begins_on=begins_on,
            ends_on=ends_on,
            committee_conditions=decided.conditions,
            rehearsal=world.rehearsal,
        )
        signed = SignedAuthority.model_validate(decided.authority)
        committee = Organisation.objects.get(id=measure.committee, world=world.base)
        if verify(signed, trusted(committee, world.name, now)).canonical() != meant.canonical():
            yield _refuse("authority", "承認書が求めた内容や決定と違います", "carries an authority for something else")
    except ValidationError:
        yield _refuse("authority", "承認書として読めません", "carries no readable authority")
    except SakimoriError as error:
        yield error


def _refuse(where: str, ja: str, en: str) -> SakimoriError:
    return PreconditionError(Text(f"委員会の決定: {ja}。", f"The decision {en}."), where=where, article=_ARTICLE)
