r"""Byte patterns of `command` conditions: a small grammar, bounded by construction, matched leftmost-longest.

Grammar of `regex:` (bytes; a character outside ASCII stands for its UTF-8 bytes):

    pattern  = branch ("|" branch)*
    branch   = (atom repeat?)+
    atom     = byte | "." | class | "(" pattern ")"
    byte     = a printable character other than \ . [ ] ( ) { } | ? * + ^ $
             | "\x" two hex digits | "\n" | "\r" | "\t" | "\" and a punctuation character
    class    = "[" "^"? (byte | byte "-" byte)+ "]"
    repeat   = "?" | "{" m "}" | "{" m "," n "}"

There are no anchors, look-around, flags, back references or open repeats. Every match has 4 to 256 bytes, and at
least four of
them come from a class of at most 16 values (house rule), so that no pattern can match text of any kind.
A pattern with more than 2,048 positions after unfolding its repeats is refused (house rule).
"""

import re
from dataclasses import dataclass, field

from sakimori.selection.automaton import Automaton, Either, Machine, Node, One, Row, Times, automaton

SHORTEST, LONGEST = 4, 256  # selection-semantics §5
NARROW = 16  # house rule: a class with more values is a wildcard
_PREFIX = 16
_SPECIAL = frozenset("\\.[](){}|?*+^$")
_ESCAPES = {"n": 0x0A, "r": 0x0D, "t": 0x09}
_ANY = frozenset(range(256))
_DEEPEST, _MOST_PLACES = 32, 2_048
_ASCII = 0x7F


class PatternError(ValueError):
    """The pattern is refused; `key` names why (see `sakimori.selection.refusals`), `position` where."""

    def __init__(self, key: str, position: int = 0) -> None:
        super().__init__(key)
        self.key = key
        self.position = position


@dataclass(frozen=True, slots=True)
class Pattern:
    """A checked pattern: its tree, size of its shortest and longest match, search for where it may begin."""

    node: Node
    minimum: int
    maximum: int
    automaton: Automaton = field(compare=False, repr=False)
    begin: "re.Pattern[bytes]" = field(compare=False, repr=False)
    prefix: bytes | None = field(compare=False, repr=False)
    machine: Machine = field(compare=False, repr=False)

    def candidate(self, data: bytes, start: int) -> int:
        """Return the first place from `start` where a match may begin, or -1."""
        if self.prefix is not None:
            return data.find(self.prefix, start)
        found = self.begin.search(data, start)
        return found.start() if found else -1

    def longest(self, data: bytes, start: int) -> int | None:
        """Return the end of the longest match beginning exactly at `start`, or None."""
        return self.machine.longest(data, start)

    @property
    def reach(self) -> int:
        """How many bytes `candidate` looks at."""
        return min(self.minimum, _PREFIX)


def literal(data: bytes) -> Pattern:
    """Return the pattern that matches exactly these bytes; raises `PatternError`."""
    return _checked(Row(tuple(One(frozenset({value})) for value in data)))


def regex(text: str) -> Pattern:
    """Parse a pattern of the grammar above; raises `PatternError` with the reason and place."""
    parser = _Parser(text)
    node = parser.either(0)
    if parser.position < len(text):
        raise PatternError("unbalanced", parser.position)
    return _checked(node)


def _checked(node: Node) -> Pattern:
    minimum, maximum, narrow = _size(node)
    if _places(node) > _MOST_PLACES:
        raise PatternError("too_large")
    if minimum < SHORTEST:
        raise PatternError("too_short")
    if maximum > LONGEST:
        raise PatternError("too_long")
    if narrow < SHORTEST:
        raise PatternError("matches_anything")
    columns: list[set[int]] = [set() for _ in range(min(minimum, _PREFIX))]
    _columns(node, {0}, columns)
    begin = b"".join(_class(values) for values in columns)
    positions = automaton(node)
    single = all(len(values) == 1 for values in columns)
    prefix = bytes(min(values) for values in columns) if single else None  # the same search, quicker
    return Pattern(node, minimum, maximum, positions, re.compile(begin, re.DOTALL), prefix, Machine(positions))


def _class(values: set[int]) -> bytes:
    if len(values) == len(_ANY):
        return b"."
    return b"[" + b"".join(b"\\x%02x" % value for value in sorted(values)) + b"]"


def _size(node: Node) -> tuple[int, int, int]:
    """Return (shortest match, longest match, fewest narrow bytes of any match)."""
    if isinstance(node, One):
        return 1, 1, int(len(node.values) <= NARROW)
    if isinstance(node, Times):
        shortest, longest, narrow = _size(node.part)
        return shortest * node.low, longest * node.high, narrow * node.low
    sizes = [_size(part) for part in (node.parts if isinstance(node, Row) else node.branches)]
    if isinstance(node, Row):
        return sum(size[0] for size in sizes), sum(size[1] for size in sizes), sum(size[2] for size in sizes)
    return min(size[0] for size in sizes), max(size[1] for size in sizes), min(size[2] for size in sizes)


def _places(node: Node) -> int:
    """Return how many positions the automaton of this tree would have."""
    if isinstance(node, One):
        return 1
    if isinstance(node, Times):
        return _places(node.part) * node.high
    return sum(_places(part) for part in (node.parts if isinstance(node, Row) else node.branches))


def _columns(node: Node, starts: set[int], columns: list[set[int]]) -> set[int]:
    """Collect which bytes may stand at the first places of a match; returns the places where the node may end."""
    if isinstance(node, One):
        for start in starts:
            if start < len(columns):
                columns[start] |= node.values
        return {start + 1 for start in starts if start < len(columns)}
    if isinstance(node, Row):
        for part in node.parts:
            starts = _columns(part, starts, columns)
        return starts
    if isinstance(node, Either):
        return set().union(*(_columns(branch, starts, columns) for branch in node.branches))
    ends = set(starts) if node.low == 0 else set()
    for count in range(1, node.high + 1):
        starts = _columns(node.part, starts, columns)
        if not starts:
            break
        if count >= node.low:
            ends |= starts
    return ends


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise PatternError("unfinished", self.position)
        self.position += 1
        return character

    def either(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise PatternError("too_deep", self.position)
        branches = [self._row(depth)]
        while self._peek() == "|":
            self._take()
            branches.append(self._row(depth))
        return branches[0] if len(branches) == 1 else Either(tuple(branches))

    def _row(self, depth: int) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom(depth)))
        if not parts:
            raise PatternError("empty", self.position)
        return Row(tuple(parts))

    def _atom(self, depth: int) -> Node:
        place = self.position
        character = self._take()
        if character == "(":
            if self._peek() == "?":
                raise PatternError("look_around", place)
            node = self.either(depth + 1)
            if self._peek() != ")":
                raise PatternError("unbalanced", place)
            self._take()
            return node
        if character == ".":
            return One(_ANY)
        if character == "[":
            return self._class()
        if character == "\\":
            return One(frozenset({self._escape()}))
        if character in _SPECIAL:
            raise PatternError(
                {"^": "anchor", "$": "anchor", "*": "open_repeat", "+": "open_repeat"}.get(character, "syntax"), place
            )
        return Row(tuple(One(frozenset({value})) for value in character.encode()))

    def _escape(self) -> int:
        place = self.position
        character = self._take()
        if character == "x":
            digits = self._take() + self._take()
            if not re.fullmatch("[0-9a-fA-F]{2}", digits):
                raise PatternError("escape", place)
            return int(digits, 16)
        if character in _ESCAPES:
            return _ESCAPES[character]
        if character.isalnum() or ord(character) > _ASCII:
            raise PatternError("anchor" if character in "bBAZzG" else "escape", place)
        return ord(character)

    def _member(self) -> int:
        place = self.position
        character = self._take()
        if character == "\\":
            return self._escape()
        if ord(character) > _ASCII:
            raise PatternError("class", place)
        return ord(character)

    def _class(self) -> Node:
        place = self.position
        negated = self._peek() == "^"
        if negated:
            self._take()
        values: set[int] = set()
        while self._peek() != "]":
            low = high = self._member()
            if self._peek() == "-" and self.text[self.position + 1 : self.position + 2] != "]":
                self._take()
                high = self._member()
            if high < low:
                raise PatternError("class", place)
            values.update(range(low, high + 1))
        self._take()
        chosen = _ANY - values if negated else frozenset(values)
        if not chosen:
            raise PatternError("class", place)
        return One(chosen)

    def _repeated(self, node: Node) -> Node:
        place = self.position
        if self._peek() in ("*", "+"):
            raise PatternError("open_repeat", place)
        if self._peek() == "?":
            self._take()
            node = Times(node, 0, 1)
        elif self._peek() == "{":
            found = re.compile(r"\{([0-9]{1,4})(?:(,)([0-9]{1,4})?)?\}").match(self.text, place)
            if not found:
                raise PatternError("repeat", place)
            low, comma, high = found.groups()
            if comma and high is None:
                raise PatternError("open_repeat", place)
            node = Times(node, int(low), int(high if comma else low))
            if node.high < node.low or not 1 <= node.high <= LONGEST:
                raise PatternError("repeat", place)
            self.position = found.end()
        else:
            return node
        if self._peek() in ("?", "+", "*", "{") and self._peek():
            raise PatternError("repeat", self.position)
        return node
