"""A network picture drawn from the answers, as SVG: the facility on top, below it what the answers say is connected.

It shows what is known, not the wiring: computers that are alike share one box, and every box names its clause. The
letters of the official types (A, B, E) stand only where the law's table has them. A table says the same beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sakimori.assets import saying
from sakimori.law.tables import table
from sakimori.text import Text

_WIDTH, _MARGIN, _SPINE = 960, 16, 34
_LEFT = 70
_BOX_WIDE, _BOX_HIGH, _GAP = 208, 50, 10
_HEAD, _PAD = 26, 2
_ACROSS = (_WIDTH - _LEFT - _MARGIN + _GAP) // (_BOX_WIDE + _GAP)
MOST = 5 * _ACROSS
"""So many boxes of a band are drawn; the table has all of them."""
_LETTERS = 15.5  # full-width letters that fit into a box


@dataclass(frozen=True, slots=True)
class Kind:
    """A band of the picture: its name, the clauses in it, and how it hangs on the facility (line, interval, none)."""

    key: str
    title: Text
    clauses: tuple[str, ...]
    link: str = "line"


KINDS: tuple[Kind, ...] = (
    Kind("facility", Text("特定重要設備（その一部を含む）", "The facility and its parts"), ("rei1-3-1",), "self"),
    Kind("unrouted", Text("経路制御なしで設備へ送る", "Send to it without routing"), ("meirei1-1-1",)),
    Kind("router", Text("最も近いルーティング機器", "Nearest routing devices"), ("meirei1-1-2",)),
    Kind("firewall", Text("最も近いファイアウォール等", "Nearest firewalls"), ("meirei1-1-3",)),
    Kind("relay", Text("中継して一時保存するものとそのファイアウォール等", "Relay stores and their firewalls"),
         ("meirei1-1-4",)),
    Kind("stores", Text("構成図、識別符号の保管", "Stores of diagrams and credentials"),
         ("meirei1-1-5-i", "meirei1-1-5-ro")),
    Kind("access", Text("アクセスの制御", "Access control"), ("meirei1-1-6",)),
    Kind("address", Text("インターネットのIPアドレスを持つ", "With an internet address"), ("meirei1-1-7",), "internet"),
    Kind("interval", Text("回線でなく、一定期間ごとにデータを渡す", "Hand data over at intervals, by no line"),
         ("meirei1-2-1", "meirei1-2-2"), "interval"),
    Kind("in", Text("対象だが、該当条項は未確定", "Covered, by which clause is open"), (), "open"),
    Kind("open", Text("対象かどうか未確定", "Covered or not is open"), (), "open"),
    Kind("out", Text("対象外", "Not covered"), (), "none"),
)  # fmt: skip


@dataclass(slots=True)
class Node:
    """Computers that are alike: product, maker, clause (with the letter of its type where there is one), how many."""

    product: str
    maker: str
    clause: str
    letter: str
    computers: int


@dataclass(slots=True)
class Band:
    """One band: how many computers and products it holds, and the nodes of the most numerous, at most `MOST`."""

    kind: Kind
    computers: int = 0
    products: int = 0
    nodes: list[Node] = field(default_factory=list)


@cache
def letters() -> Mapping[str, str]:
    """Return the letter of the official type of each clause that has one in our sources."""
    return {
        row.outcome: str(row.values["nco_type"]) for row in table("kyokaho.scope").rows if row.values.get("nco_type")
    }


def place() -> Case:
    """Return what tells of a computer, in the database, which band it stands in: the index of its kind in `KINDS`."""
    of_clause = [When(clause__in=kind.clauses, then=Value(at)) for at, kind in enumerate(KINDS) if kind.clauses]
    of_scope = [When(scope=kind.key, then=Value(at)) for at, kind in enumerate(KINDS) if kind.key in ("in", "open")]
    return Case(*of_clause, *of_scope, default=Value(len(KINDS) - 1), output_field=IntegerField())


def bands(rows: Iterable[Mapping[str, Any]]) -> list[Band]:
    """Return the bands that hold anything, of rows as `assets.scoping_bands` gives them."""
    return [
        Band(
            KINDS[row["place"]],
            row["computers"],
            row["products"],
            [
                Node(
                    one["product"],
                    one["maker"],
                    saying.clause(one["clause"]),
                    letters().get(one["clause"], ""),
                    one["computers"],
                )
                for one in row["nodes"]
            ],
        )
        for row in rows
    ]


def drawn(name: str, description: str, found: Sequence[Band]) -> SafeString:
    """Return the picture; an empty string where there is nothing to draw."""
    if not found:
        return SafeString()
    top, parts, ends = float(_MARGIN), [], []
    anchor = 0.0
    for band in found:
        high = _height(band)
        if band.kind.link == "self":
            anchor = top + high
        parts.append(_band(band, top, high))
        ends.append((band.kind.link, top + high / 2))
        top += high + _GAP * 2
    if not anchor:  # no part of the facility is in the register: it is drawn empty, for the lines to end at
        return drawn(name, description, [Band(KINDS[0]), *found])
    solid = [end for link, end in ends if link in ("line", "internet")]
    dashed = [end for link, end in ends if link == "interval"]
    unsure = [end for link, end in ends if link == "open"]
    wires = [_wire("line", anchor - 28, solid, _SPINE)]
    wires += [_wire("interval", anchor - 16, dashed, _SPINE + 12), _wire("unsure", anchor - 40, unsure, _SPINE - 12)]
    return format_html(
        '<svg class="chart network" viewBox="0 0 {} {}" role="img" aria-labelledby="net-t net-d">'
        '<title id="net-t">{}</title><desc id="net-d">{}</desc>{}{}</svg>',
        _WIDTH,
        f"{top:.0f}",
        name,
        description,
        SafeString("".join(wires)),
        SafeString("".join(parts)),
    )


def _wire(kind: str, start: float, ends: Sequence[float], across: int) -> SafeString:
    """Return one line down from the facility, with a branch to each band."""
    if not ends:
        return SafeString()
    branches = format_html_join(
        "",
        '<path class="net-wire net-wire-{}" d="M{} {}H{}"/>',
        [(kind, across, f"{end:.0f}", _LEFT - 12) for end in ends],
    )
    return format_html(
        '<path class="net-wire net-wire-{}" d="M{} {}H{}V{}"/>{}',
        kind,
        _LEFT - 12,
        f"{start:.0f}",
        across,
        f"{max(ends):.0f}",
        branches,
    )


def _shown(band: Band) -> list[Node]:
    return band.nodes if band.products <= MOST else band.nodes[: MOST - 1]


def _height(band: Band) -> float:
    boxes = min(band.products, MOST)
    rows = -(-boxes // _ACROSS) if band.kind.link != "none" else 0
    return _HEAD + rows * (_BOX_HIGH + _GAP) + (_PAD if rows else 4)


def _band(band: Band, top: float, high: float) -> SafeString:
    left = _LEFT - 12
    head = format_html(
        '<rect class="net-band net-{}" x="{}" y="{}" width="{}" height="{}" rx="8"/>'
        '<text class="net-head" x="{}" y="{}">{} <tspan class="net-count">× {}</tspan></text>',
        band.kind.key,
        left,
        f"{top:.0f}",
        _WIDTH - left - 4,
        f"{high:.0f}",
        _LEFT,
        f"{top + 18:.0f}",
        band.kind.title.pick(saying.language()),
        band.computers,
    )
    if band.kind.link == "none":
        return head
    boxes = []
    shown = _shown(band)
    for at, node in enumerate(shown):
        boxes.append(_node(node, *_place(at, top), unsure=band.kind.link == "open"))
    rest = band.products - len(shown)
    if rest:
        computers = band.computers - sum(node.computers for node in shown)
        boxes.append(_rest(rest, computers, *_place(len(shown), top)))
    cloud = _internet(top) if band.kind.link == "internet" else SafeString()
    return SafeString(head + "".join(boxes) + cloud)


def _place(at: int, top: float) -> tuple[float, float]:
    return _LEFT + (at % _ACROSS) * (_BOX_WIDE + _GAP), top + _HEAD + (at // _ACROSS) * (_BOX_HIGH + _GAP)


def _node(node: Node, left: float, top: float, *, unsure: bool) -> SafeString:
    second = node.clause or ("?" if unsure else "")
    if node.letter:
        second = f"{second} [{node.letter}]"
    count = f"× {node.computers}" if node.computers > 1 else ""
    return format_html(
        '<g><title>{}</title><rect class="net-box{}" x="{}" y="{}" width="{}" height="{}" rx="5"/>'
        '<text class="net-name" x="{}" y="{}">{}</text><text class="net-clause" x="{}" y="{}">{}</text>'
        '<text class="net-count" x="{}" y="{}" text-anchor="end">{}</text></g>',
        f"{node.maker} {node.product} {second} {count}".strip(),
        " net-open" if unsure else "",
        f"{left:.0f}",
        f"{top:.0f}",
        _BOX_WIDE,
        _BOX_HIGH,
        f"{left + 10:.0f}",
        f"{top + 20:.0f}",
        shortened(node.product, _LETTERS),
        f"{left + 10:.0f}",
        f"{top + 40:.0f}",
        second,
        f"{left + _BOX_WIDE - 10:.0f}",
        f"{top + 40:.0f}",
        count,
    )


def _rest(rest: int, computers: int, left: float, top: float) -> SafeString:
    language = saying.language()
    said = Text(f"ほか {rest} 製品、{computers} 台（表にあります）", f"{rest} more products, {computers} computers")
    return format_html(
        '<g><rect class="net-box net-more" x="{}" y="{}" width="{}" height="{}" rx="5"/>'
        '<text class="net-clause" x="{}" y="{}">{}</text></g>',
        f"{left:.0f}",
        f"{top:.0f}",
        _BOX_WIDE,
        _BOX_HIGH,
        f"{left + 10:.0f}",
        f"{top + 30:.0f}",
        shortened(said.pick(language), _LETTERS + 1),
    )


def _internet(top: float) -> SafeString:
    """Return the mark of the internet at the end of a band's head."""
    right = _WIDTH - 20
    return format_html(
        '<path class="net-wire" d="M{} {}H{}"/><text class="net-head" x="{}" y="{}" text-anchor="end">{}</text>',
        right - 150,
        f"{top + 13:.0f}",
        right - 110,
        right,
        f"{top + 18:.0f}",
        Text("インターネット", "the internet").pick(saying.language()),
    )


def shortened(said: str, room: float) -> str:
    """Return a text that fits into so many full-width letters; the whole of it stands in the mark's title."""
    wide = 0.0
    for at, letter in enumerate(said):
        wide += 0.58 if letter.isascii() else 1
        if wide > room:
            return said[:at].rstrip() + "…"
    return said
