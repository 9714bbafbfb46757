"""Every place of the law book that cites an article: for cross-checking, for `law show`, for comparing with e-Gov."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakimori.law.lawbook import LawBook


def citations(book: "LawBook") -> Iterator[tuple[str, str]]:
    """Yield (place, article reference) for each citation in parameters, rules, kinds, restrictions and calendars."""
    for history in book.parameters.values():
        for value in history.values:
            yield f"parameters: {history.key}", value.article
    for versions in book.rule_versions.values():
        for rule in versions:
            change = rule.adjust
            used = (
                *(rule.article, rule.in_force_by, rule.first_day_basis, rule.roll_basis),
                *(change.shorten, change.extend, change.stop, change.suspend),
                *(variant.article for variant in rule.variants),
            )
            yield from ((f"rules: {rule.key}", ref) for ref in used if ref is not None)
    for kinds in book.kind_versions.values():
        for kind in kinds:
            refs = (*kind.basis, kind.in_force_by, *(notify.basis for notify in kind.notifies))
            yield from ((f"kinds: {kind.name}", ref) for ref in refs)
    for restriction in book.restrictions.values():
        refs = (restriction.article, *restriction.released_by)
        yield from ((f"restrictions: {restriction.key}", ref) for ref in refs)
    for calendar in book.calendars.values():
        yield f"calendars: {calendar.key}", calendar.article
