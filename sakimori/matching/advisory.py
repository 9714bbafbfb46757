"""An advisory: somebody says that a product has a weakness."""

from dataclasses import dataclass
from datetime import date

from sakimori.matching.kev import KevEntry


@dataclass(frozen=True, slots=True)
class Advisory:
    """One advisory in the terms that matching needs.

    `id` is the weakness (a CVE id, a JVN number), `source` who says so, `versions` the affected versions as text or
    None when the source does not say, `ransomware` None when the source does not know, `summary` free text used for
    suggestions only.
    """

    id: str
    source: str
    title: str
    vendor: str
    product: str
    versions: str | None
    published: date
    known_exploited: bool
    ransomware: bool | None
    summary: str = ""


def from_kev(entry: KevEntry) -> Advisory:
    """Return an entry of the KEV catalogue as an advisory; the catalogue gives no versions."""
    return Advisory(
        id=entry.cve,
        source="CISA KEV",
        title=entry.name,
        vendor=entry.vendor,
        product=entry.product,
        versions=None,
        published=entry.added,
        known_exploited=True,
        ransomware=entry.ransomware,
        summary=entry.description,
    )
