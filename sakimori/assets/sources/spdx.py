"""SPDX documents: 2.2 and 2.3 as JSON, YAML, tag-value and RDF/XML; 3.0 as JSON-LD. Packages become rows.

ISO/IEC 5962 (SPDX 2.2.1), SPDX 2.3, SPDX 3.0. Files, snippets, relationships and licences are counted, not read.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from sakimori.assets.sources import trees
from sakimori.assets.sources.materials import Part, Parts, text
from sakimori.assets.sources.shapes import Source, refuse
from sakimori.assets.sources.trees import local, said
from sakimori.text import Text

_READ = {"SPDXID", "spdxVersion", "name", "packages", "dataLicense", "documentNamespace", "creationInfo",
         "documentDescribes", "comment", "@context"}  # fmt: skip
_WHO = re.compile(r"^(?:Organization|Person|Tool)\s*:\s*", re.IGNORECASE)
_NOBODY = {"", "NOASSERTION", "NONE"}
_LARGEST_YAML = 32 * 1024 * 1024


def read_json(data: bytes) -> Source:
    """Return the packages of an SPDX 2 document in JSON."""
    outline = trees.outline(data)
    parts = Parts()
    described = {text(one) for one in trees.items(data, "documentDescribes.item")}
    for one in trees.items(data, "packages.item"):
        _package(one, described, parts)
    for key, count in outline.items():
        if key not in _READ:
            parts.skip(key, count)
    return _source(parts, text(trees.first(data, "name")))


def _package(one: Any, described: Iterable[str], parts: Parts) -> None:
    if not isinstance(one, Mapping):
        parts.skip("packages: no object")
        return
    references = one.get("externalRefs")
    listed = [ref for ref in references if isinstance(ref, Mapping)] if isinstance(references, list) else []
    parts.add(
        _part(
            kind=text(one.get("primaryPackagePurpose")),
            name=text(one.get("name")),
            version=text(one.get("versionInfo")),
            makers=[text(one.get("supplier")), text(one.get("originator"))],
            references=[(text(ref.get("referenceType")), text(ref.get("referenceLocator"))) for ref in listed],
            identity=text(one.get("SPDXID")),
            description=text(one.get("summary")) or text(one.get("description")),
            until=text(one.get("validUntilDate")),
            root=text(one.get("SPDXID")) in described,
        )
    )


def _part(
    *, kind: str, name: str, version: str, makers: Iterable[str], references: Iterable[tuple[str, str]],
    identity: str, description: str, until: str, root: bool,
) -> Part:  # fmt: skip
    part = Part(
        type=kind.casefold(),
        name=name,
        version="" if version in _NOBODY else version,
        supplier=next((_who(maker) for maker in makers if maker not in _NOBODY), ""),
        reference=identity,
        description=description,
        support_end=until[:10],
        is_root=root,
    )
    for type_, locator in references:
        plain = type_.rpartition("/")[2].casefold()
        if plain in ("cpe23type", "cpe22type", "cpe23", "cpe22"):
            part.cpe = part.cpe or locator
        elif plain in ("purl", "packageurl", "package-url"):
            part.purl = part.purl or locator
    return part


def _who(value: str) -> str:
    return re.sub(r"\s*\([^()]*@[^()]*\)$|\s*\(\)$", "", _WHO.sub("", value)).strip()


def _source(parts: Parts, name: str) -> Source:
    if not parts.parts:
        raise refuse(
            "パッケージのない部品表（SPDX）です。",
            "This bill of materials (SPDX) holds no package.",
            mend=Text("パッケージを含めて出し直してください。", "Export it again with its packages."),
        )
    return Source("spdx", [parts.sheet(name)], parts.remarks())


# --- YAML ------------------------------------------------------------------------------------------------------------


def read_yaml(words: str) -> Source:
    """Return the packages of an SPDX 2 document in YAML; aliases (which make small files huge) are refused."""
    if len(words) > _LARGEST_YAML:
        raise refuse(
            f"YAML が大きすぎます（上限{_LARGEST_YAML // 2**20} MiB）。",
            f"The YAML is too large (at most {_LARGEST_YAML // 2**20} MiB).",
            mend=Text("JSON で出し直してください。", "Export it as JSON."),
        )
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    try:
        for event in yaml.parse(words, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                raise refuse("YAML に別名（alias）があります。安全のため読みません。",
                             "The YAML uses aliases; it is not read, for safety.")  # fmt: skip
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > 100:  # noqa: PLR2004 - nothing real is nested so deep
                raise refuse("入れ子が深すぎます。", "It is nested too deep.")
        document = yaml.load(words, Loader=loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise refuse("YAML が途中で切れているか、壊れています。", "The YAML is cut short or broken.") from error
    parts = Parts()
    if not isinstance(document, Mapping):
        return _source(parts, "")
    listed = document.get("packages")
    describes = document.get("documentDescribes")
    described = {text(one) for one in describes} if isinstance(describes, list) else set()
    for one in listed if isinstance(listed, list) else []:
        _package(one, described, parts)
    for key, value in document.items():
        if key not in _READ:
            parts.skip(text(key), len(value) if isinstance(value, (list, dict)) else 1)
    return _source(parts, text(document.get("name")))


# --- tag-value -------------------------------------------------------------------------------------------------------

_TAG = re.compile(r"^([A-Za-z]+):\s?(.*)$")
_COUNTED = {"FileName": "files", "SnippetSPDXID": "snippets", "Relationship": "relationships", "LicenseID": "licenses",
            "Annotator": "annotations", "Reviewer": "reviews"}  # fmt: skip
_PACKAGE = ("PackageName", "SPDXID", "PackageVersion", "PackageSupplier", "PackageOriginator", "ExternalRef",
            "PrimaryPackagePurpose", "PackageSummary", "PackageDescription", "ValidUntilDate")  # fmt: skip


def read_tags(words: str) -> Source:
    """Return the packages of an SPDX 2 document in tag-value form."""
    parts = Parts()
    current: dict[str, list[str]] | None = None
    name, in_package = "", False
    for line in re.sub(r"<text>.*?</text>", lambda found: " ".join(found.group()[6:-7].split()), words,
                       flags=re.DOTALL).splitlines():  # fmt: skip
        match = _TAG.match(line)
        if match is None:
            continue
        tag, value = match.group(1), match.group(2).strip()
        if tag == "PackageName":
            _close(current, parts)
            current, in_package = {}, True
        elif tag in ("FileName", "SnippetSPDXID", "LicenseID"):
            in_package = False
        elif tag == "DocumentName":
            name = value
        if tag in _COUNTED:
            parts.skip(_COUNTED[tag])
        elif tag in _PACKAGE and in_package and current is not None:
            current.setdefault(tag, []).append(value)
    _close(current, parts)
    return _source(parts, text(name))


def _close(found: Mapping[str, list[str]] | None, parts: Parts) -> None:
    if found is None:
        return

    def one(tag: str) -> str:
        return text(found.get(tag, [""])[0])

    references = [tuple(ref.split(None, 2)[1:3]) for ref in found.get("ExternalRef", ())]
    parts.add(
        _part(
            kind=one("PrimaryPackagePurpose"),
            name=one("PackageName"),
            version=one("PackageVersion"),
            makers=[one("PackageSupplier"), one("PackageOriginator")],
            references=[(text(ref[0]), text(ref[1])) for ref in references if len(ref) == 2],  # noqa: PLR2004
            identity=one("SPDXID"),
            description=one("PackageSummary") or one("PackageDescription"),
            until=one("ValidUntilDate"),
            root=False,
        )
    )


# --- RDF/XML ---------------------------------------------------------------------------------------------------------

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_COUNTED_RDF = {"File": "files", "Snippet": "snippets", "Relationship": "relationships", "Annotation": "annotations",
                "ExtractedLicensingInfo": "licenses"}  # fmt: skip


def read_rdf(data: bytes) -> Source:
    """Return the packages of an SPDX 2 document in RDF/XML."""
    parts = Parts()
    name = ""
    open_packages = 0
    for event, element, _ in trees.elements(data):
        kind = local(element)
        if event == "start":
            open_packages += kind == "Package"
            continue
        if kind == "Package":
            open_packages -= 1
            _rdf_package(element, parts)
        elif kind == "SpdxDocument":
            name = said(element, "name")
        elif kind in _COUNTED_RDF:
            parts.skip(_COUNTED_RDF[kind])
        if kind in ("Package", "File") and not open_packages:
            element.clear()
    return _source(parts, text(name))


def _rdf_package(element: Any, parts: Parts) -> None:
    if not said(element, "name"):
        return  # only a reference to a package described elsewhere
    references = []
    for one in element:
        if local(one) == "externalRef":
            reference = next(iter(one), None)
            if reference is not None:
                kinds = [found.get(_RESOURCE, "") for found in reference if local(found) == "referenceType"]
                references.append((kinds[0] if kinds else "", text(said(reference, "referenceLocator"))))
    purposes = [found.get(_RESOURCE, "") for found in element if local(found) == "primaryPackagePurpose"]
    parts.add(
        _part(
            kind=purposes[0].rpartition("_")[2] if purposes else "",
            name=text(said(element, "name")),
            version=text(said(element, "versionInfo")),
            makers=[text(said(element, "supplier")), text(said(element, "originator"))],
            references=references,
            identity=text(element.get(_ABOUT, "").rpartition("#")[2]),
            description=text(said(element, "summary")) or text(said(element, "description")),
            until=text(said(element, "validUntilDate")),
            root=False,
        )
    )


# --- 3.0 -------------------------------------------------------------------------------------------------------------

_AGENTS = {"Organization", "Person", "Agent", "SoftwareAgent", "Tool"}
_PACKAGES = {"software_Package", "ai_AIPackage", "dataset_DatasetPackage"}


def read_3(data: bytes) -> Source:
    """Return the packages of an SPDX 3.0 document (JSON-LD `@graph`)."""
    agents: dict[str, str] = {}
    described: set[str] = set()
    for one in trees.items(data, "@graph.item"):
        if isinstance(one, Mapping):
            identity = text(one.get("spdxId")) or text(one.get("@id"))
            if _type(one) in _AGENTS:
                agents[identity] = text(one.get("name"))
            described.update(text(root) for root in _many(one.get("rootElement")))
    parts = Parts()
    name = ""
    for one in trees.items(data, "@graph.item"):
        if not isinstance(one, Mapping):
            parts.skip("@graph: no object")
            continue
        kind = _type(one)
        if kind == "SpdxDocument":
            name = text(one.get("name"))
        elif kind in _PACKAGES:
            parts.add(_package_3(one, agents, described))
        elif kind not in _AGENTS and kind != "CreationInfo":
            parts.skip(kind or "@graph: no type")
    return _source(parts, name)


def _type(one: Mapping[str, Any]) -> str:
    return text(one.get("type")) or text(one.get("@type"))


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _package_3(one: Mapping[str, Any], agents: Mapping[str, str], described: Iterable[str]) -> Part:
    identity = text(one.get("spdxId")) or text(one.get("@id"))
    makers = [
        agents.get(text(who), "")
        for field in ("suppliedBy", "originatedBy")
        for who in _many(one.get(field))
        if isinstance(who, str)
    ]
    references = [
        (text(ref.get("externalIdentifierType")), text(ref.get("identifier")))
        for ref in _many(one.get("externalIdentifier"))
        if isinstance(ref, Mapping)
    ]
    part = _part(
        kind=text(one.get("software_primaryPurpose")),
        name=text(one.get("name")),
        version=text(one.get("software_packageVersion")),
        makers=makers,
        references=references,
        identity=identity,
        description=text(one.get("summary")) or text(one.get("description")),
        until=text(one.get("validUntilTime")),
        root=identity in described,
    )
    part.purl = part.purl or text(one.get("software_packageUrl"))
    part.type = {"operatingsystem": "operating-system"}.get(part.type, part.type)
    return part
