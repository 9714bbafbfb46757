"""Small documents of every format, each with what a real one may hold."""

import json

CYCLONEDX = json.dumps(
    {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {
            "component": {"type": "device", "name": "給電制御装置", "version": "2", "supplier": {"name": "横河"}}
        },
        "components": [
            {"type": "operating-system", "name": "Debian", "version": "12", "cpe": "cpe:2.3:o:debian:debian_linux:12"},
            {
                "type": "application", "name": "画面", "publisher": "架空ソフト", "bom-ref": "a",
                "components": [{"type": "library", "name": "libx", "purl": "pkg:deb/libx@1", "evidence": {}}],
            },
            {"type": "device", "name": "端子台", "properties": [{"name": "cdx:device:serialNumber", "value": "S-9"}]},
            "no object",
        ],
        "services": [{"name": "監視クラウド", "provider": {"name": "架空クラウド"}, "services": [{"name": "内側"}]}],
        "dependencies": [{"ref": "a", "dependsOn": ["b"]}, {"ref": "b", "dependsOn": ["a"]}],
        "vulnerabilities": [{"id": "CVE-2026-1"}],
    },
    ensure_ascii=False,
).encode()  # fmt: skip
CYCLONEDX_XML = """<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5"><metadata><tools><components>
<component type="application"><name>scanner</name></component></components></tools>
<component type="device"><supplier><name>横河</name></supplier><name>給電制御装置</name><version>2</version></component>
</metadata><components><component type="operating-system" bom-ref="o"><name>Debian</name><version>12</version>
<cpe>cpe:/o:debian</cpe></component><component type="application"><publisher>架空ソフト</publisher><name>画面</name>
<components><component type="library"><name>libx</name><purl>pkg:deb/libx@1</purl>
<pedigree><ancestors><component type="library">
<name>old</name></component></ancestors></pedigree></component></components></component></components>
<services><service><provider><name>架空クラウド</name></provider><name>監視クラウド</name></service></services>
<dependencies><dependency ref="o"/></dependencies></bom>""".encode()
SPDX = json.dumps(
    {
        "spdxVersion": "SPDX-2.3",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "doc",
        "documentDescribes": ["SPDXRef-1"],
        "packages": [
            {
                "SPDXID": "SPDXRef-1", "name": "画面", "versionInfo": "3",
                "supplier": "Organization: 架空ソフト (a@example.jp)",
            },
            {
                "SPDXID": "SPDXRef-2", "name": "Debian", "primaryPackagePurpose": "OPERATING-SYSTEM",
                "supplier": "NOASSERTION", "originator": "Person: 誰か ()", "validUntilDate": "2028-06-30T00:00:00Z",
                "externalRefs": [
                    {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:o:debian:debian_linux:12"},
                    {"referenceType": "purl", "referenceLocator": "pkg:deb/debian/base@12"},
                ],
            },
        ],
        "files": [{"fileName": "a"}],
        "relationships": [{}, {}],
    },
    ensure_ascii=False,
).encode()  # fmt: skip
SPDX_TAGS = b"""SPDXVersion: SPDX-2.3
DocumentName: doc
PackageName: Debian
SPDXID: SPDXRef-2
PackageVersion: 12
PackageSupplier: Organization: Debian Project
PrimaryPackagePurpose: OPERATING-SYSTEM
PackageSummary: <text>two
lines</text>
ExternalRef: SECURITY cpe23Type cpe:2.3:o:debian:debian_linux:12
ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/base@12
FileName: ./a
SPDXID: SPDXRef-3
Relationship: SPDXRef-2 CONTAINS SPDXRef-3
"""
SPDX_YAML = b"""spdxVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
name: doc
packages:
- SPDXID: SPDXRef-2
  name: Debian
  versionInfo: "12"
  primaryPackagePurpose: OPERATING-SYSTEM
  supplier: "Organization: Debian Project"
  externalRefs:
  - {referenceType: cpe23Type, referenceLocator: "cpe:2.3:o:debian:debian_linux:12"}
  - {referenceType: purl, referenceLocator: "pkg:deb/debian/base@12"}
relationships: [{}]
"""
SPDX_RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://spdx.org/rdf/terms#">
<SpdxDocument rdf:about="http://x#DOC"><name>doc</name><relationship><Relationship><relatedSpdxElement>
<Package rdf:about="http://x#SPDXRef-2"><name>Debian</name><versionInfo>12</versionInfo>
<supplier>Organization: Debian Project</supplier>
<primaryPackagePurpose rdf:resource="http://spdx.org/rdf/terms#purpose_operating-system"/>
<externalRef><ExternalRef><referenceType rdf:resource="http://spdx.org/rdf/references/cpe23Type"/>
<referenceLocator>cpe:2.3:o:debian:debian_linux:12</referenceLocator></ExternalRef></externalRef>
<externalRef><ExternalRef><referenceType rdf:resource="http://spdx.org/rdf/references/purl"/>
<referenceLocator>pkg:deb/debian/base@12</referenceLocator></ExternalRef></externalRef>
</Package></relatedSpdxElement></Relationship></relationship></SpdxDocument></rdf:RDF>"""
SPDX_3 = json.dumps(
    {
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": [
            {"type": "SpdxDocument", "spdxId": "urn:d", "name": "doc", "rootElement": ["urn:b"]},
            {"type": "Organization", "spdxId": "urn:o", "name": "Debian Project"},
            {
                "type": "software_Package", "spdxId": "urn:p", "name": "Debian", "software_packageVersion": "12",
                "suppliedBy": "urn:o", "software_primaryPurpose": "operatingSystem",
                "software_packageUrl": "pkg:deb/debian/base@12",
                "externalIdentifier": [
                    {"externalIdentifierType": "cpe23", "identifier": "cpe:2.3:o:debian:debian_linux:12"}
                ],
            },
            {"type": "software_File", "spdxId": "urn:f"},
        ],
    }
).encode()  # fmt: skip
NMAP = b"""<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun scanner="nmap"><host><status state="up"/>
<address addr="10.0.0.1" addrtype="ipv4"/><address addr="00:11:22:33:44:55" addrtype="mac" vendor="Cisco"/>
<hostnames><hostname name="fw1.example.jp"/></hostnames><ports><port protocol="tcp" portid="22"><state state="open"/>
<service name="ssh" product="OpenSSH" version="9.2"><cpe>cpe:/a:openbsd:openssh:9.2</cpe></service><script id="x"/>
</port><port protocol="tcp" portid="23"><state state="closed"/></port></ports>
<os><osmatch name="Cisco IOS 15" accuracy="96"><osclass><cpe>cpe:/o:cisco:ios:15</cpe></osclass></osmatch></os></host>
<host><status state="down"/><address addr="10.0.0.2" addrtype="ipv4"/></host>
<runstats><finished time="1"/></runstats></nmaprun>"""
