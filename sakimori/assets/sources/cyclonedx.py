"""CycloneDX bills of materials 1.0-1.7, JSON and XML: components (nested ones too), services, and the thing described.

ECMA-424. Software, hardware, operations and SaaS bills alike. What else a document holds (vulnerabilities, dependency
graph, formulation, ...) is counted and named as not read. Names in the properties of `cdx:device` are the taxonomy's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from sakimori.assets.sources import trees
from sakimori.assets.sources.materials import Part, Parts, text
from sakimori.assets.sources.shapes import Source, refuse
from sakimori.assets.sources.trees import child, local, said
from sakimori.text import Text

_READ = {"bomFormat", "specVersion", "serialNumber", "version", "metadata", "components", "services", "$schema"}
_NESTED = ("components", "services")
_KNOWN = tuple(f"1.{minor}" for minor in range(8))
_SERIAL = ("serialnumber", "serial", "cdx:device:serialnumber", "cdx:device:serial")
_TAG = ("assettag", "asset-tag", "cdx:device:assettag")
_END = ("endofsupport", "end-of-support", "cdx:lifecycle:milestone:endofsupport", "endoflife", "eol",
        "cdx:lifecycle:milestone:endoflife")  # fmt: skip
_HARD = ("device", "firmware")


def read_json(data: bytes) -> Source:
    """Return the parts of a CycloneDX document in JSON."""
    outline = trees.outline(data)
    parts = Parts()
    root = _described(trees.first(data, "metadata.component"), parts)
    for section in _NESTED:
        if section in outline:
            for one in trees.items(data, f"{section}.item"):
                _walk(one, section, root, parts)
    for key, count in outline.items():
        if key not in _READ:
            parts.skip(key, count)
    return _source(parts, text(trees.first(data, "specVersion")), root)


def _described(component: Any, parts: Parts) -> Part:
    """Return the thing the document is about; keep it, and what it is made of."""
    if not isinstance(component, Mapping):
        return Part()
    root = _part(component, "components", Part(), parts)
    root.is_root = True
    parts.add(root)
    for section in _NESTED:
        for one in _listed(component.get(section)):
            _walk(one, section, root, parts)
    return root


def _walk(component: Any, section: str, root: Part, parts: Parts) -> None:
    """Keep a component and all below it, without recursion: depth is the document's to choose."""
    waiting: list[tuple[Any, str, Part]] = [(component, section, root)]
    while waiting:
        one, section, parent = waiting.pop()
        if not isinstance(one, Mapping):
            parts.skip(f"{section}: no object")
            continue
        part = _part(one, section, parent, parts)
        if part.type in _HARD and parent.type.split(" ")[0] in _HARD:
            part.type = f"{part.type} part"  # a piece of a device is not a computer of its own
        parts.add(part)
        waiting += [(below, nested, part) for nested in _NESTED for below in reversed(_listed(one.get(nested)))]


def _part(one: Mapping[str, Any], section: str, parent: Part, parts: Parts) -> Part:
    properties = _properties(one.get("properties"))
    for unread in ("pedigree", "evidence", "releaseNotes", "modelCard", "data", "cryptoProperties", "swid"):
        parts.skip(f"component.{unread}", unread in one)
    return Part(
        type="service" if section == "services" else text(one.get("type")),
        name=text(one.get("name")),
        version=text(one.get("version")),
        supplier=_supplier(one),
        parent=parent.name,
        cpe=text(one.get("cpe")),
        purl=text(one.get("purl")),
        serial=_first(properties, _SERIAL),
        tag=_first(properties, _TAG),
        reference=text(one.get("bom-ref")),
        description=text(one.get("description")),
        support_end=_first(properties, _END)[:10],
    )


def _supplier(one: Mapping[str, Any]) -> str:
    """Return who made it, as far as the document says: manufacturer, supplier, provider, publisher, author, group."""
    for name in ("manufacturer", "supplier", "provider"):
        found = one.get(name)
        if isinstance(found, Mapping) and text(found.get("name")):
            return text(found.get("name"))
    return next((text(one.get(name)) for name in ("publisher", "author", "group") if text(one.get(name))), "")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _properties(value: Any) -> dict[str, str]:
    found = {}
    for one in _listed(value):
        if isinstance(one, Mapping):
            found[text(one.get("name")).casefold()] = text(one.get("value"))
    return found


def _first(properties: Mapping[str, str], names: Iterable[str]) -> str:
    return next((properties[name] for name in names if properties.get(name)), "")


def _source(parts: Parts, version: str, root: Part) -> Source:
    if not parts.parts:
        raise refuse(
            "部品もサービスもない部品表（CycloneDX）です。",
            "This bill of materials (CycloneDX) holds no component and no service.",
            mend=Text("部品を含めて出し直してください。", "Export it again with its components."),
        )
    remarks = parts.remarks()
    if version not in _KNOWN:
        told = version[:20] or "?"
        remarks.insert(
            0,
            Text(
                f"仕様の版 {told} は知りません。1.7 までの項目だけを読みました。",
                f"Version {told} of the specification is not known; what 1.7 knows was read.",
            ),
        )
    return Source("cyclonedx", [parts.sheet(root.name)], remarks)


# --- XML --------------------------------------------------------------------------------------------------------------

_XML_PARTS = ("component", "service")
_SECTION = 2  # depth of the sections of a document


def read_xml(data: bytes) -> Source:
    """Return the parts of a CycloneDX document in XML; elements are dropped as soon as they are read."""
    reader = _Xml()
    for event, element, depth in trees.elements(data):
        if event == "start":
            reader.start(element, depth)
        else:
            reader.end(element, depth)
    return reader.source()


@dataclass(slots=True)
class _Xml:
    """Follows the elements of a document; a part's own name stands inside its element, so parents are named last."""

    parts: Parts = field(default_factory=Parts)
    root: Part = field(default_factory=Part)
    open_parts: list[Part] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    below: list[tuple[Part, Part]] = field(default_factory=list)
    version: str = ""

    def start(self, element: Element, depth: int) -> None:
        name = local(element)
        if depth == 1:
            self.version = trees.namespace(element).rpartition("/")[2]
        self.path.append(name)
        if _is_part(self.path):
            parent = self.open_parts[-1] if self.open_parts else self.root
            part = _opened(element, name, self.parts)
            if self.path[1] == "metadata" and not self.open_parts:
                self.root, part.is_root = part, True
            self.open_parts.append(part)
            self.below.append((part, parent))

    def end(self, element: Element, depth: int) -> None:
        if _is_part(self.path):
            _fill(self.open_parts.pop(), element, self.parts)
            element.clear()
        elif self.path[1:2] not in (["metadata"], ["components"], ["services"]):
            if depth == _SECTION:
                self.parts.skip(local(element), max(1, len(element)))
            if depth != _SECTION + 1:
                element.clear()
        self.path.pop()

    def source(self) -> Source:
        for part, parent in self.below:
            part.parent = parent.name if parent is not part else ""
            if part.type in _HARD and parent is not part and parent.type.split(" ")[0] in _HARD:
                part.type = f"{part.type} part"
        return _source(self.parts, self.version, self.root)


def _is_part(path: list[str]) -> bool:
    """Whether the element just opened is a component or service of the bill itself (not of tools, evidence, ...)."""
    if path[-1] not in _XML_PARTS or len(path) < 3:  # noqa: PLR2004 - bom, section, part
        return False
    above = path[1:-1]
    return all(one in ("metadata", *_NESTED, *_XML_PARTS) for one in above)


def _opened(element: Element, name: str, parts: Parts) -> Part:
    part = Part(
        type="service" if name == "service" else text(element.get("type")), reference=text(element.get("bom-ref"))
    )
    parts.add(part)
    return part


def _fill(part: Part, element: Element, parts: Parts) -> None:
    """Take what stands directly in a component's element, when all of it has come."""
    part.name, part.version = text(said(element, "name")), text(said(element, "version"))
    part.cpe, part.purl = text(said(element, "cpe")), text(said(element, "purl"))
    part.description = text(said(element, "description"))
    part.supplier = text(
        next(
            (
                found
                for path in (("manufacturer", "name"), ("supplier", "name"), ("provider", "name"), ("publisher",),
                             ("author",), ("group",))
                if (found := said(element, *path))
            ),
            "",
        )
    )  # fmt: skip
    listed = child(element, "properties")
    properties = {text(one.get("name")).casefold(): text((one.text or "").strip()) for one in _children(listed)}
    part.serial, part.tag = _first(properties, _SERIAL), _first(properties, _TAG)
    part.support_end = _first(properties, _END)[:10]
    for unread in ("pedigree", "evidence", "releaseNotes", "modelCard", "data", "cryptoProperties", "swid"):
        parts.skip(f"component.{unread}", child(element, unread) is not None)


def _children(element: Element | None) -> Iterator[Element]:
    yield from () if element is None else element
