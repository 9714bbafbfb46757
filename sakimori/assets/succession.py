"""Which row of an operator's filings stands in the place of which, found anew from all: the order of acts is nothing.

The rows about one computer are a chain: as first notified, then as each change notification told it. A correction tells
what was true on the day of the filing it corrects: its rows follow those of that filing in their chains, before what
change notifications told since, and it ends the chains it leaves out. Of a chain the last row that was passed on counts
(強化法4条2項, 4項). Rows name no computer (命令2条5項): a change is joined to the newest row
of the same names.
"""

import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

_Name = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing as it arrived at the minister: `counts` where it was passed on and not withdrawn since.

    `stands` is false for what was withdrawn or is a second copy: its rows are nobody's, but a correction of it still
    corrects what it corrected.
    """

    id: uuid.UUID
    category: str
    at: datetime
    counts: bool
    corrects: uuid.UUID | None = None
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a filing, in its order; `before` is what a change notification says it was notified as."""

    id: uuid.UUID
    clause: str
    product: str
    maker: str
    before: Mapping[str, str] | None = None


@dataclass(eq=False, slots=True)
class _Chain:
    """The rows about one computer, the turn of the last, and the corrections that ended it.

    `instead` is the chain that the first of these corrections began in its place, where it seems to have renamed it.
    """

    rows: list[tuple[Filing, Row]] = field(default_factory=list)
    turn: int = -1
    covers: list[Filing] = field(default_factory=list)
    instead: "_Chain | None" = None


class _Tails:
    """The last rows of chains that go on, by what they are named; the newest filing's first, in its order."""

    def __init__(self) -> None:
        self._held: defaultdict[_Name, list[tuple[int, deque[_Chain]]]] = defaultdict(list)
        self._ended: defaultdict[_Name, deque[_Chain]] = defaultdict(deque)

    def end(self, chain: _Chain) -> None:
        """Keep a chain that a correction ended: a change that names its last row was filed before that correction."""
        filing, row = chain.rows[-1]
        self._ended[filing.category, row.clause, row.product, row.maker].append(chain)

    def add(self, chain: _Chain) -> None:
        filing, row = chain.rows[-1]
        held = self._held[filing.category, row.clause, row.product, row.maker]
        if not held or held[-1][0] != chain.turn:
            held.append((chain.turn, deque()))
        held[-1][1].append(chain)

    def take(self, category: str, before: Mapping[str, str]) -> _Chain | None:
        """Return the chain a change continues, which is no tail any more; a substitute's row has no clause."""
        names = [(category, clause, before["product"], before["maker"]) for clause in (before["clause"], "")]
        best = max(names, key=self._newest)
        if self._newest(best) >= 0:
            return self._held[best][-1][1].popleft()
        ended = next((self._ended[name] for name in names if self._ended[name]), None)
        return ended.popleft() if ended else None

    def _newest(self, name: _Name) -> int:
        held = self._held[name]
        while held:
            turn, waiting = held[-1]
            while waiting and (waiting[0].covers or waiting[0].turn != turn):
                waiting.popleft()
            if waiting:
                return turn
            held.pop()
        return -1


def replacements(filings: Iterable[Filing], rows: Mapping[uuid.UUID, Sequence[Row]]) -> dict[uuid.UUID, uuid.UUID]:
    """Return row → the filing that took its place, for every row that another filing has taken the place of.

    `rows` holds the rows of each filing by its id, in their order. A filing that was corrected is replaced as a whole
    (`replaced`); its own rows are not named for that.
    """
    every = list(filings)
    known = {one.id: one for one in every}
    found: dict[uuid.UUID, uuid.UUID] = {}
    for chain in _chains(every, known, rows):
        ended = next((cover for cover in chain.covers if cover.counts), None) or _went_on(chain)
        for filing, row in reversed(chain.rows):
            if ended is not None and filing.id not in _corrected_by(ended, known):
                found[row.id] = ended.id
            if filing.counts:
                ended = filing
    return found


def _went_on(chain: _Chain) -> Filing | None:
    """Return what was passed on about a computer under the name that a correction gave it, itself not passed on yet.

    Without it the computer would count twice meanwhile: as it was notified, and as a later change tells it.
    """
    later = chain.instead
    while later is not None:
        counted = next((filing for filing, _ in later.rows if filing.counts), None)
        if counted is not None:
            return counted
        later = later.instead
    return None


def replaced(filings: Iterable[Filing]) -> set[uuid.UUID]:
    """Return the filings that a correction has replaced: one passed on, or any where the wrong one was not."""
    every = list(filings)
    known = {one.id: one for one in every}
    found: set[uuid.UUID] = set()
    for correction in every:
        if correction.stands and correction.corrects is not None:
            wrong = _corrected_by(correction, known)
            found |= {one for one in wrong if correction.counts or not known[one].counts}
    return found


def _corrected_by(correction: Filing, known: Mapping[uuid.UUID, Filing]) -> set[uuid.UUID]:
    """Return what a correction corrects, and what that corrected, and so on."""
    found: set[uuid.UUID] = set()
    wrong = correction.corrects
    while wrong is not None and wrong in known and wrong not in found:
        found.add(wrong)
        wrong = known[wrong].corrects
    return found


def _chains(
    every: Sequence[Filing], known: Mapping[uuid.UUID, Filing], rows: Mapping[uuid.UUID, Sequence[Row]]
) -> list[_Chain]:
    tails, chains = _Tails(), list[_Chain]()
    of: defaultdict[uuid.UUID, list[_Chain]] = defaultdict(list)
    for turn, filing in enumerate(_in_order(every, known)):
        if not filing.stands:
            continue
        own = rows.get(filing.id, ())
        corrected = _corrected_by(filing, known)
        wrong = {id(chain): chain for one in corrected for chain in of[one]}
        kept = _kept([chain for chain in wrong.values() if not chain.covers], own, corrected)
        continued = [kept.get(row.id) or _told(tails, filing, row) or _Chain() for row in own]
        going_on = {id(chain) for chain in kept.values()}
        ended = []
        for chain in wrong.values():
            if id(chain) not in going_on:
                chain.covers.append(filing)
                if len(chain.covers) == 1:
                    tails.end(chain)
                    ended.append(chain)
        _rename(ended, [(row, chain) for row, chain in zip(own, continued, strict=True) if not chain.rows])
        followed = [chain for row, chain in zip(own, continued, strict=True) if _add(chain, filing, row, corrected)]
        chains += [chain for chain in continued if len(chain.rows) == 1]
        for chain in followed:  # only now: a change continues no row of its own
            chain.turn = turn
            tails.end(chain) if chain.covers else tails.add(chain)
        of[filing.id] = continued
    return chains


def _add(chain: _Chain, filing: Filing, row: Row, corrected: set[uuid.UUID]) -> bool:
    """Add a row to its chain; return whether it is the last now: what a change told since stays behind a correction."""
    later = _later(chain, corrected)
    chain.rows.insert(len(chain.rows) - later, (filing, row))
    return not later


def _later(chain: _Chain, corrected: set[uuid.UUID]) -> int:
    """Return how many rows a chain has after those of these filings; none where it has nothing of them."""
    places = [place for place, (filing, _) in enumerate(chain.rows) if filing.id in corrected]
    return len(chain.rows) - 1 - places[-1] if places else 0


def _kept(wrong: Sequence[_Chain], rows: Sequence[Row], corrected: set[uuid.UUID]) -> dict[uuid.UUID, _Chain]:
    """Return the chains of a wrong filing that rows of its correction go on with, by row.

    By the names in the wrong filing, then by their last names (as corrections were that told what is so today), then
    what a change has told since under whatever name is likest: it goes on, whatever it was called before.
    """
    found: dict[uuid.UUID, _Chain] = {}

    def match(
        name: Callable[[_Chain], tuple[str, ...]], of_row: Callable[[Row], tuple[str, ...]], some: list[_Chain]
    ) -> None:
        by_name: defaultdict[tuple[str, ...], deque[_Chain]] = defaultdict(deque)
        taken = {id(chain) for chain in found.values()}
        for chain in some:
            if id(chain) not in taken:
                by_name[name(chain)].append(chain)
        for row in rows:
            if row.id not in found and by_name.get(of_row(row)):
                found[row.id] = by_name[of_row(row)].popleft()

    def told(chain: _Chain) -> Row:
        return chain.rows[len(chain.rows) - 1 - _later(chain, corrected)][1]

    if not wrong:
        return found
    changed = [chain for chain in wrong if _later(chain, corrected)]
    unchanged = [chain for chain in wrong if not _later(chain, corrected)]
    match(lambda chain: _names(told(chain)), _names, unchanged + changed)
    match(lambda chain: _names(chain.rows[-1][1]), _names, changed)
    match(lambda chain: (told(chain).clause, told(chain).maker), lambda row: (row.clause, row.maker), changed)
    match(lambda chain: (told(chain).clause,), lambda row: (row.clause,), changed)
    return found


def _names(row: Row) -> tuple[str, ...]:
    return (row.clause, row.product, row.maker)


def _rename(ended: Sequence[_Chain], begun: Sequence[tuple[Row, _Chain]]) -> None:
    """Say which of the chains that a correction ended go on under another name: those likest, else in their order.

    Rows name no computer, so this is a guess; it decides only which row of a wrong filing counts no more until its
    correction is passed on, never how many.
    """
    left, free = list(ended), list(begun)
    for alike in (lambda row: (row.clause, row.maker), lambda row: (row.clause,), lambda _: ()):
        waiting: defaultdict[tuple[str, ...], deque[_Chain]] = defaultdict(deque)
        for chain in left:
            waiting[alike(chain.rows[-1][1])].append(chain)
        still = []
        for row, chain in free:
            if waiting[alike(row)]:
                waiting[alike(row)].popleft().instead = chain
            else:
                still.append((row, chain))
        left, free = [chain for chain in left if chain.instead is None], still


def _told(tails: _Tails, filing: Filing, row: Row) -> _Chain | None:
    """Return the chain that a row of a change notification goes on with, where it is found."""
    return None if row.before is None else tails.take(row.before.get("category") or filing.category, row.before)


def _in_order(every: Sequence[Filing], known: Mapping[uuid.UUID, Filing]) -> list[Filing]:
    """Return the filings as they were filed, a correction never before what it corrects."""

    def turn(filing: Filing) -> tuple[datetime, int]:
        wrong = _corrected_by(filing, known)
        return max(filing.at, *(known[one].at for one in wrong)) if wrong else filing.at, len(wrong)

    return sorted(every, key=turn)
