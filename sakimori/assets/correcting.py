"""What a correction (訂正) says: the rows of a filing as they were, put right where they were wrong then (house rule).

No published text foresees a correction; 強化法4条3項 and 命令3条 have every change notified by itself (様式第二). So a
correction tells nothing that happened after the filing: a computer that changed or was retired since stays in it as it
was notified, and its change waits for its own notification. Only a mistake (a value that was never right: `MENDED`), a
computer that never had to be notified, or one retired before, makes a row wrong; a person says of which.
"""

import uuid
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sakimori.acts import clock
from sakimori.acts.errors import PreconditionError
from sakimori.acts.models import Act
from sakimori.assets.models import Computer, ComputerChange, Notification, NotifiedItem
from sakimori.text import Text, and_more

Row = tuple[str, str, str]
"""Clause, product, maker."""
TOLD = ("clause", "product", "maker")
MENDED = "mended"
"""The event of a value that was never right: no change of the computer."""
WRONG, CORRECTING, CORRECTED = "wrong", "correcting", "corrected"
"""How far a mistake in what was notified has got: not corrected yet; told by a correction on its way; that arrived."""
RETIRED, NOT_OWED, DIFFERS = "retired", "not_owed", "differs"
"""Why a row may be wrong beside `MENDED`: retired before the filing; by what is known today it need not have been
notified; the register never said what was notified."""
UNDER_WAY = ("approved", "sent")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a filing in its place, and what the register says of it.

    `right` is the row as it should have been on the filing's day (None: it should not have been there); the same as
    `was` where nothing says it was wrong. `why` says why it may be wrong, empty where nothing does. `since`: it has
    changed since the filing's day, or was retired, which a correction does not tell.
    """

    position: int
    was: Row
    computer: uuid.UUID | None = None
    key: str = ""
    right: Row | None = None
    why: str = ""
    since: bool = False

    @property
    def usual(self) -> bool:
        """Return whether a person has said already, by mending the register, that the row was wrong."""
        return self.why == MENDED


@dataclass(slots=True)
class _Held:
    """A computer of a filing: as it was notified, as it should have been, what happened since."""

    id: uuid.UUID
    key: str
    was: Row
    right: Row | None
    why: str
    since: bool


def lines(wrong: Notification, telling: uuid.UUID | None = None) -> list[Line]:
    """Return the rows of an operator's own filing in their order, with what of them was wrong on its day.

    `telling` is a correction on its way: only the mistakes that it tells count, not those mended since.
    """
    items = NotifiedItem.objects.filter(world=wrong.world, notification=wrong.id).order_by("position")
    free: dict[Row, deque[_Held]] = defaultdict(deque)
    held = _held(wrong, telling)
    for one in held:
        free[one.was].append(one)
    found = []
    for position, clause, product, maker in items.values_list("position", *TOLD):
        standing = free[clause, product, maker]
        found.append(_line(position, (clause, product, maker), standing.popleft() if standing else None))
    unnamed = {one.id for some in free.values() for one in some}
    return _explained(found, deque(one for one in held if one.id in unnamed))


def _explained(found: list[Line], left: deque[_Held]) -> list[Line]:
    """Pair the rows nobody stands for with the computers that no row names: there the register differs unexplained."""
    for place, line in enumerate(found):
        if line.computer is None and left:
            one = left.popleft()
            right = one.right if one.why else one.was
            found[place] = replace(_line(line.position, line.was, one), right=right, why=one.why or DIFFERS)
    return found


def _line(position: int, was: Row, held: _Held | None) -> Line:
    if held is None:
        return Line(position, was, right=was)
    return Line(position, was, held.id, held.key, held.right, held.why, held.since)


def _held(wrong: Notification, telling: uuid.UUID | None) -> list[_Held]:
    told, since = _chain(wrong)
    changes: dict[uuid.UUID, list[ComputerChange]] = defaultdict(list)
    of = ComputerChange.objects.filter(
        world=wrong.world, computer__notification=wrong.id, recorded_at__gte=since
    ).order_by("recorded_at", "id")
    for change in of.exclude(notification__in=told, status__in=("filed", "notified", CORRECTED)):
        changes[change.computer_id].append(change)
    computers = Computer.objects.filter(world=wrong.world, notification=wrong.id).order_by("key")
    on = wrong.filed_at.astimezone(clock.TOKYO).date()
    return [
        _as_held(identity, key, (clause, product, maker), status, notify, changes.get(identity, []), on, telling)
        for identity, key, status, notify, clause, product, maker in computers.values_list(
            "id", "key", "status", "notify", *TOLD
        )
    ]


def since(notification: Notification) -> datetime:
    """Return from when on what is recorded of its computers came after what a filing, or what it corrects, told."""
    return _chain(notification)[1]


def _chain(wrong: Notification) -> tuple[list[uuid.UUID], datetime]:
    """Return a filing with all it corrects, and when the first of them was recorded."""
    chain = [wrong]
    while chain[-1].corrects is not None:
        chain.append(Notification.objects.get(world=wrong.world, id=chain[-1].corrects))
    recorded = Act.objects.filter(id=chain[-1].act).values_list("recorded_at", flat=True).first()
    return [one.id for one in chain], recorded or chain[-1].filed_at


def _as_held(
    identity: uuid.UUID,
    key: str,
    now: Row,
    status: str,
    notify: str,
    changes: Sequence[ComputerChange],
    on: date,
    telling: uuid.UUID | None,
) -> _Held:
    """Return a computer as it was notified: what is recorded now, with everything since taken back."""
    filed, meant, owed, happened = _then(now, changes, telling)
    gone_on = next((one.changed_on for one in changes if one.event == "retired"), None)
    since = happened or (gone_on is not None and gone_on >= on)
    right: Row | None = meant if owed and meant[0] else None
    if right != filed:
        return _Held(identity, key, filed, right, MENDED, since)
    if gone_on is not None and gone_on < on:
        return _Held(identity, key, filed, None, RETIRED, since)
    if notify != "yes" and not happened and status != "retired":
        return _Held(identity, key, filed, None, NOT_OWED, since)
    return _Held(identity, key, filed, filed, "", since)


def _then(now: Row, changes: Sequence[ComputerChange], telling: uuid.UUID | None) -> tuple[Row, Row, bool, bool]:
    """Return what was notified, what should have been, whether it was owed, and whether it really changed since."""
    was, right = dict(zip(TOLD, now, strict=True)), dict(zip(TOLD, now, strict=True))
    seen, happened, owed = set[str](), set[str](), True
    for one in changes:
        counts = one.event == MENDED and (one.status == WRONG if telling is None else one.notification == telling)
        if counts and "notify" in one.fields:
            owed = one.fields["notify"][1] == "yes"
        for name in (name for name in TOLD if name in one.fields):
            old, new = one.fields[name]
            if name not in seen:
                was[name] = right[name] = old
                seen.add(name)
            if one.event != MENDED:
                happened.add(name)
            elif counts and name not in happened:
                right[name] = new
    return _row(was), _row(right), owed, bool(happened)


def _row(told: Mapping[str, Any]) -> Row:
    return (str(told["clause"]), str(told["product"]), str(told["maker"]))


def rows(found: Iterable[Line], amend: Collection[int] | None = None) -> list[Row]:
    """Return the rows of the correction: those at `amend` as they should have been, the others as they were notified.

    Without `amend`: those that the register was mended for.
    """
    amended = ((line, line.usual if amend is None else line.position in amend and bool(line.why)) for line in found)
    told = (line.right if changed else line.was for line, changed in amended)
    return [row for row in told if row is not None]


@dataclass(slots=True)
class Told:
    """What a correction with given rows says of each row of the wrong filing.

    `kept` rows stay as they were, `amended` ones are put right, `out` are left out; `strange` rows stand for none of
    them.
    """

    kept: list[Line]
    amended: list[Line]
    out: list[Line]
    strange: list[Row]


def told_by(found: Sequence[Line], wanted: Iterable[Row]) -> Told:
    """Return what rows say of each line of a filing: every row stands for one line, as it was or as it should be.

    Rows name no computer (命令2条5項): where one could stand for several lines, those that were never wrong come first,
    then those of which a person has said that they were.
    """
    wants = Counter(wanted)
    taken: dict[int, Row] = {}
    sure = [line for line in found if line.right == line.was]
    unsure = [line for line in found if line.right is not None and line.right != line.was]
    may_go = [line for line in found if line.right is None]
    _take([*sure, *unsure], wants, taken)
    _make_room(unsure, wants, taken)
    _take(may_go, wants, taken)
    _rearrange(found, wants, taken)
    told = Told([], [], [], sorted(wants.elements()))
    for line in found:
        row = taken.get(line.position)
        (told.out if row is None else told.kept if row == line.was else told.amended).append(line)
    return told


def _ways(line: Line) -> list[Row]:
    """Return the rows a line may be told by, the likelier first."""
    ways = [line.right, line.was] if line.usual else [line.was, line.right]
    return list(dict.fromkeys(row for row in ways if row is not None))


def _take(some: Iterable[Line], wants: Counter[Row], taken: dict[int, Row]) -> None:
    for line in some:
        row = next((one for one in _ways(line) if wants.get(one, 0) > 0), None)
        if row is not None:
            taken[line.position] = row
            wants[row] -= 1


def _make_room(unsure: Sequence[Line], wants: Counter[Row], taken: dict[int, Row]) -> None:
    """Find rows for lines that got none, by having other lines told by their other row, as far as that goes."""
    for line in [one for one in unsure if one.position not in taken]:
        steps: dict[int, tuple[Line, Row]] = {}  # a line → whom it makes room for, with which row
        queue = deque([line])
        while queue:
            asking = queue.popleft()
            row = next((one for one in _ways(asking) if wants.get(one, 0) > 0), None)
            if row is not None:
                wants[row] -= 1
                while True:
                    before, taken[asking.position] = taken.get(asking.position), row
                    if before is None:
                        break
                    asking, row = steps[asking.position]
                break
            for way in _ways(asking):
                for other in unsure:
                    if taken.get(other.position) == way and other.position not in steps and other is not asking:
                        steps[other.position] = (asking, way)
                        queue.append(other)


def _rearrange(found: Sequence[Line], wants: Counter[Row], taken: dict[int, Row]) -> None:
    """Find lines for the rows left over by having other lines told by their other row, as far as that goes."""
    by_row: dict[Row, list[Line]] = defaultdict(list)
    left = list(wants.elements())
    for line in found if left else ():
        for row in _ways(line):
            by_row[row].append(line)
    for row in left:
        steps: dict[Row, tuple[Line, Row]] = {}
        queue, seen, free = deque([row]), {row}, None
        while queue and free is None:
            wanted = queue.popleft()
            for line in by_row[wanted]:
                told = taken.get(line.position)
                if told is None:
                    free = (line, wanted)
                    break
                if told not in seen:
                    seen.add(told)
                    steps[told] = (line, wanted)
                    queue.append(told)
        while free is not None:
            line, now = free
            taken[line.position] = now
            free = steps.get(now)
            if now == row:
                wants[row] -= 1
                break


def require(found: Sequence[Line], wanted: Iterable[Row]) -> Told:
    """Return what the rows of a correction say; refuse a row that nothing explains, and one left out that was right.

    Raises `PreconditionError`.
    """
    told = told_by(found, wanted)
    if told.strange:
        said = " ".join(part for part in told.strange[0] if part)
        more = and_more(len(told.strange) - 1)
        raise _refused(
            f"「{said}」は、訂正する届出にも、登録簿の誤りの訂正にもありません{more.ja}。",
            f"Neither the filing nor a mistake mended in the register says “{said}”{more.en}.",
        )
    missing = [line for line in told.out if line.right is not None]
    if missing:
        said = " ".join(part for part in missing[0].was if part)
        more = and_more(len(missing) - 1)
        raise _refused(
            f"「{said}」を外す理由がありません。届出の日に正しかった行は訂正で外せません{more.ja}。",
            f"Nothing says that “{said}” was wrong on the filing's day: a correction cannot leave it out{more.en}.",
        )
    return told


def _refused(ja: str, en: str) -> PreconditionError:
    return PreconditionError(
        Text(ja, en),
        code="assets.not_wrong",
        where="rows",
        mend=Text(
            "届出の後の変更は変更の届出（様式第二）で届け出ます。後から廃止したものは届け出たまま残します。"
            "届出の日に誤っていたなら、先に「登録簿の誤りを直す」で記録してください。",
            "What changed since is notified as a change (Form 2), what was retired since stays in it. What was wrong on"
            " that day is first put right in the register.",
        ),
        article="強化法4(3)",
    )


def under_way(world: str, wrong: uuid.UUID) -> Notification | None:
    """Return the correction of a filing that has left and has not arrived, if there is one."""
    found: Notification | None = Notification.objects.filter(
        world=world, side="operator", corrects=wrong, status__in=UNDER_WAY
    ).first()
    return found


def mark_sent(told: Told, correction: Notification) -> None:
    """Say of the mistakes that a correction tells that it does."""
    _move(told.amended + told.out, {"status": WRONG}, {"status": CORRECTING, "notification": correction.id})


def mark_wrong(correction: Notification) -> None:
    """Say that what a correction told is not corrected after all: it was refused or taken back."""
    found = ComputerChange.objects.filter(world=correction.world, notification=correction.id, status=CORRECTING)
    found.update(status=WRONG, notification=None)


def mark_corrected(correction: Notification) -> None:
    """Say that the mistakes a correction told are corrected: it arrived."""
    found = ComputerChange.objects.filter(world=correction.world, notification=correction.id, status=CORRECTING)
    found.update(status=CORRECTED)


def _move(told: Sequence[Line], before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    computers = [line.computer for line in told if line.computer is not None]
    for place in range(0, len(computers), _AT_ONCE):
        some = computers[place : place + _AT_ONCE]
        ComputerChange.objects.filter(computer__in=some, event=MENDED, **before).update(**after)
