"""Which reported indicators or operator ranges an indicator touches.

Stored are indicators from reports, and the ranges and names that operators said are theirs, each with a reference.
Rules of touching (a says what is asked, b what is stored):
- address in network, network around address, networks that overlap; IPv4 and IPv6 never meet;
- name equal to or below the other, either way round; URL by equality, else by its host; digest by equality.
Addresses are answered from sorted boundaries by bisection: logarithmic in the number of networks, however they overlap.
"""

import ipaddress
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from sakimori.matching.indicators import Indicator, Kind
from sakimori.text import Text

_NETWORKS = {Kind.IPV4: 4, Kind.CIDR4: 4, Kind.IPV6: 6, Kind.CIDR6: 6}


class Watched(NamedTuple):
    """One stored indicator: `ref` is the caller's (a report, a range), `operator` whose it is."""

    ref: str
    operator: str
    indicator: Indicator


class Touch(NamedTuple):
    """One stored indicator that is touched, by which rule, and why."""

    watched: Watched
    rule: str
    reason: Text


class Watchlist:
    """Stored indicators, ready to be asked; immutable."""

    def __init__(self, watched: Iterable[Watched]) -> None:
        by_span: dict[int, defaultdict[tuple[int, int], list[Watched]]] = {4: defaultdict(list), 6: defaultdict(list)}
        self._by_value: defaultdict[tuple[Kind, str], list[Watched]] = defaultdict(list)
        self._by_host: defaultdict[str, list[Watched]] = defaultdict(list)
        self._below: defaultdict[str, list[Watched]] = defaultdict(list)
        for one in watched:
            indicator = one.indicator
            if indicator.kind in _NETWORKS:
                family, first, last = _span(indicator)
                by_span[family][first, last].append(one)
                continue
            self._by_value[indicator.kind, indicator.value].append(one)
            host = indicator.host or (indicator.value if indicator.kind is Kind.FQDN else "")
            if host:
                self._place_host(host, one, by_span)
        self._spans = {family: _Spans(spans) for family, spans in by_span.items()}

    def touched(self, asked: Indicator) -> list[Touch]:
        """Return every stored indicator that is touched, each once, by (operator, ref)."""
        found: dict[Watched, str] = {}
        for one, rule in self._candidates(asked):
            found.setdefault(one, rule)
        touches = [Touch(one, rule, _reason(rule, asked, one)) for one, rule in found.items()]
        return sorted(
            touches, key=lambda touch: (touch.watched.operator, touch.watched.ref, touch.watched.indicator.value)
        )

    def at_address(self, family: int, address: int) -> tuple[Watched, ...]:
        """Return what is stored around one address given as a number (family 4 or 6): the fast way for streams."""
        return self._spans[family].at(address)

    def _candidates(self, asked: Indicator) -> Iterator[tuple[Watched, str]]:
        yield from ((one, "equal") for one in self._by_value.get((asked.kind, asked.value), ()))
        if asked.kind in _NETWORKS:
            yield from self._around(asked)
            return
        host = asked.host or (asked.value if asked.kind is Kind.FQDN else "")
        if not host:
            return
        if asked.kind is Kind.URL and (place := _host_address(host)):
            yield from ((one, "host") for one, _ in self._around(place) if one.indicator.kind is not Kind.URL)
            return
        for parent in _upwards(host):
            yield from ((one, "below") for one in self._by_value.get((Kind.FQDN, parent), ()))
        if asked.kind is Kind.FQDN:
            yield from ((one, "above") for one in self._below.get(host, ()))

    def _around(self, asked: Indicator) -> Iterator[tuple[Watched, str]]:
        family, first, last = _span(asked)
        for one in self._spans[family].across(first, last):
            same = one.indicator.value == asked.value
            yield one, "equal" if same else "host" if one.indicator.kind is Kind.URL else "network"

    def _place_host(
        self, host: str, one: Watched, by_span: dict[int, defaultdict[tuple[int, int], list[Watched]]]
    ) -> None:
        place = _host_address(host)
        if place:
            family, first, last = _span(place)
            by_span[family][first, last].append(one)
            return
        for parent in _upwards(host):
            self._below[parent].append(one)


class _Spans:
    """Number ranges cut at every boundary, so that one bisection answers "what lies here"."""

    def __init__(self, spans: dict[tuple[int, int], list[Watched]]) -> None:
        events: defaultdict[int, list[tuple[bool, tuple[int, int]]]] = defaultdict(list)
        for first, last in spans:
            events[first].append((True, (first, last)))
            events[last + 1].append((False, (first, last)))
        self._starts: list[int] = []
        self._stored: list[tuple[Watched, ...]] = []
        open_spans: dict[tuple[int, int], None] = {}
        for start in sorted(events):
            for opens, span in events[start]:
                if opens:
                    open_spans[span] = None
                else:
                    del open_spans[span]
            self._starts.append(start)
            self._stored.append(tuple(one for span in open_spans for one in spans[span]))

    def at(self, number: int) -> tuple[Watched, ...]:
        place = bisect_right(self._starts, number) - 1
        return self._stored[place] if place >= 0 else ()

    def across(self, first: int, last: int) -> Iterator[Watched]:
        place = max(bisect_right(self._starts, first) - 1, 0)
        seen: dict[Watched, None] = {}
        while place < len(self._starts) and self._starts[place] <= last:
            if place + 1 >= len(self._starts) or self._starts[place + 1] > first:
                seen.update(dict.fromkeys(self._stored[place]))
            place += 1
        yield from seen


def _span(indicator: Indicator) -> tuple[int, int, int]:
    """Return family, first and last address as numbers."""
    network = ipaddress.ip_network(indicator.value)
    return network.version, int(network.network_address), int(network.broadcast_address)


@lru_cache(maxsize=4096)
def _host_address(host: str) -> Indicator | None:
    """Return a URL's host as an address, or None when it is a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return Indicator(Kind.IPV4 if address.version == 4 else Kind.IPV6, str(address))  # noqa: PLR2004 (the IP version)


def _upwards(name: str) -> Iterator[str]:
    """Yield the name and the names above it, down to two labels."""
    labels = name.split(".")
    for place in range(len(labels) - 1):
        yield ".".join(labels[place:])


_WHY = {
    "equal": Text("同じ指標", "the same indicator"),
    "network": Text("アドレス範囲が重なる", "the address ranges overlap"),
    "host": Text("URL のホストが一致", "the host of the URL is the same"),
    "below": Text("登録された名前と同じか、その下の名前", "the name is the stored one or below it"),
    "above": Text("登録された指標がこの名前の下にある", "the stored indicator lies below this name"),
}


def _reason(rule: str, asked: Indicator, stored: Watched) -> Text:
    why, value = _WHY[rule], stored.indicator.value
    return Text(f"{why.ja}(照会:{asked.value}、登録:{value})", f"{why.en} (asked: {asked.value}; stored: {value})")
