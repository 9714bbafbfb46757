"""The parts of a bill of materials as rows: one heading for CycloneDX and SPDX, and what kind of unit each part may be.

Which parts are to be notified is the person's choice (命令2条1項: appliance hardware; otherwise operating system,
middleware, application; cloud service): libraries and files are offered as well, only not proposed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sakimori.assets.sources.shapes import MOST_ROWS, Row, Sheet, refuse
from sakimori.text import Text

HEADING = (
    "component type", "name", "version", "supplier", "part of", "cpe", "purl", "serial number",
    "asset tag", "reference", "description", "end of support",
)  # fmt: skip
LEFT_OUT = "-"
"""What stands for a unit where a part is not proposed for notification."""
_UNITS: Mapping[str, str] = {
    "operating-system": "os",
    "operating system": "os",
    "device": "appliance",
    "platform": "middleware",
    "application": "application",
    "service": "cloud",
    "firmware (described)": "appliance",
    "(described)": "application",
}
_LONGEST = 1000


@dataclass(slots=True)
class Part:
    """One part of a product: what the bill of materials says of it."""

    type: str = ""
    name: str = ""
    version: str = ""
    supplier: str = ""
    parent: str = ""
    cpe: str = ""
    purl: str = ""
    serial: str = ""
    tag: str = ""
    reference: str = ""
    description: str = ""
    support_end: str = ""
    is_root: bool = False


@dataclass(slots=True)
class Parts:
    """The parts gathered so far, and what was met that is not read, by name."""

    parts: list[Part] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)

    def add(self, part: Part) -> None:
        """Keep a part; refuse more than are taken."""
        if len(self.parts) >= MOST_ROWS:
            raise refuse(
                f"部品が多すぎます（上限{MOST_ROWS:,}）。", f"There are too many components (at most {MOST_ROWS:,})."
            )
        if part.is_root and part.type in ("", "firmware"):
            part.type = f"{part.type} (described)".strip()
        self.parts.append(part)

    def skip(self, what: str, count: int = 1) -> None:
        """Count something that is not read."""
        if count:
            self.unread[what] = self.unread.get(what, 0) + count

    def sheet(self, name: str) -> Sheet:
        """Return the parts as rows, numbered in their order."""
        rows = [Row(number, _cells(part)) for number, part in enumerate(self.parts, start=1)]
        return Sheet(name, HEADING, rows)

    def remarks(self) -> list[Text]:
        """Return what was not read, each with its count."""
        return [
            Text(f"読まなかったもの: {what} {count:,}件", f"Not read: {what}, {count:,}")
            for what, count in sorted(self.unread.items())
        ]


def unit_of(kind: str) -> str:
    """Return the unit that parts of a type are proposed as; `-` where they are not proposed."""
    return _UNITS.get(kind.casefold().replace("_", "-"), LEFT_OUT)


def text(value: object) -> str:
    """Return a value of a document as one line of text; nothing for what is no text or number."""
    if isinstance(value, str):
        return " ".join(value.split())[:_LONGEST] if len(value) > _LONGEST or not value.isprintable() else value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return ""


def _cells(part: Part) -> tuple[str, ...]:
    return (
        part.type, part.name, part.version, part.supplier, part.parent, part.cpe, part.purl,
        part.serial, part.tag, part.reference, part.description, part.support_end,
    )  # fmt: skip
