"""Checks at every start: law and rooms must agree, or nothing runs."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from sakimori import law
from sakimori.acts import envelopes, registry


@register()
def law_and_rooms_agree(**_: Any) -> list[CheckMessage]:
    """Report handlers without a kind or step between versions, predicates, receivers and senders nobody provides."""
    kinds = {kind.name: kind for kind in law.kinds()}
    found: list[CheckMessage] = [
        Error(f"handler {name} has no act kind in sakimori/law/data/kinds", id="acts.E001")
        for name in registry.handlers()
        if name not in kinds
    ]
    found += [
        Error(f"act kind {name} names the predicate {predicate!r}, which no room provides", id="acts.E002")
        for name in registry.handlers()
        if name in kinds
        for predicate in kinds[name].predicates
        if predicate not in registry.predicates()
    ]
    found += [
        Error(f"{source} leads to {target}, which is no system act with a handler here", id="acts.E003")
        for table in (registry.receivers(), registry.arrivals())
        for source, target in table.items()
        if target not in registry.handlers() or not kinds[target].system
    ]
    found += [
        Error(f"handler {name} has no step from version {older} to the next", id="acts.E004")
        for name, handler in registry.handlers().items()
        if name in kinds
        for older in range(1, kinds[name].version)
        if older not in handler.upcasts
    ]
    found += [
        Error(f"{source} travels, but the law names nobody it speaks for (speaks_for)", id="acts.E005")
        for source in registry.receivers()
        if source not in kinds or not envelopes.senders(kinds[source])
    ]
    return found
