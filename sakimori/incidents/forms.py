"""The parts of the report forms: 命令4条3項's seven items, what the common forms are known to ask, the nine APPI items.

Only fields that the sources name are here (共通様式1 DDoS, 2 ransomware, 3 others); their official layout, choice lists
and mandatory marks are unknown: the layout is ours and says so. All but the outline is "as known at the time".
"""

import re
from typing import Annotated, Literal

from django.utils.translation import gettext_noop
from pydantic import AfterValidator, AwareDatetime, Field

from sakimori.matching.errors import IndicatorError
from sakimori.matching.indicators import parse_indicator
from sakimori.record import Payload

Line = Annotated[str, Field(min_length=1, max_length=200)]
Maybe = Annotated[str, Field(max_length=200)]
LongText = Annotated[str, Field(max_length=8000)]
AttackClass = Annotated[str, Field(pattern=r"^T\d{4}(\.\d{3})?$|^other$|^unknown$")]
_CVE = re.compile(r"CVE-\d{4}-\d{4,}")


def _indicator(text: str) -> str:
    """Keep a text that is an indicator (defanged ones too); say what is wrong with any other."""
    try:
        parse_indicator(text)
    except IndicatorError as error:
        mend = f" {error.mend.ja} / {error.mend.en}" if error.mend else ""
        raise ValueError(f"{error.what.ja} / {error.what.en}{mend}") from None
    return text


def _cve(text: str) -> str:
    name = text.upper()
    if not _CVE.fullmatch(name):
        raise ValueError("CVE-2026-1234 の形で書いてください / write it like CVE-2026-1234")
    return name


class Category(Payload):
    """1号 報告の区分: which of the two reports, and on which common form."""

    stage: Literal["first", "full"]
    form: Annotated[int, Field(ge=1, le=3)]


class Contact(Payload):
    """Whom to reach, best on a system the event has not touched."""

    name: Line = Field(title=gettext_noop("Full name"))
    department: Maybe = ""
    phone: Maybe = ""
    email: Maybe = ""


class Outline(Payload):
    """2号 事業者の概要."""

    name: Line
    corporate_number: Annotated[str, Field(max_length=13)] = ""
    business_type: Maybe = ""
    contact: Contact


class Event(Payload):
    """3号 特定侵害事象等の概要, with the time of awareness that begins the clock."""

    summary: LongText = ""
    aware_at: AwareDatetime
    aware_how: Annotated[str, Field(max_length=500)] = ""
    occurred_at: AwareDatetime | None = None
    discovered_at: AwareDatetime | None = None
    limbs: list[Maybe] = Field(default_factory=list, max_length=20)
    state: Literal["ongoing", "contained", "recovered", "unknown"] = "unknown"
    impact_business: LongText = ""
    impact_customers: LongText = ""
    service_level: Literal["deviated", "kept", "unknown"] = "unknown"


class ReportedComputer(Payload):
    """4号 発生した特定重要電子計算機: clause, product and maker as notified; no name, address or serial number."""

    clause: Annotated[str, Field(max_length=40)] = ""
    product: Line
    maker: Line
    category: Maybe = ""


class Ddos(Payload):
    """共通様式1: attack classes by MITRE ATT&CK (T1498, T1498.001, …), volume, length, countermeasures."""

    classes: list[AttackClass] = Field(
        default_factory=list, max_length=20, description="T1498, T1498.001, T1498.002, T1499, other, unknown."
    )
    gigabits_a_second: Annotated[float, Field(ge=0)] | None = None
    packets_a_second: Annotated[int, Field(ge=0)] | None = None
    length: Maybe = ""
    mitigation: LongText = ""


class Ransomware(Payload):
    """共通様式2: ransom note, extension of encrypted files, kinds (encryption, leak threat, demand), way in."""

    note: LongText = ""
    extension: Annotated[str, Field(max_length=40)] = ""
    kinds: list[Literal["encryption", "leak_threat", "ransom_demand"]] = Field(
        default_factory=list, max_length=3, description="encryption, leak_threat, ransom_demand."
    )
    intrusion: Literal[
        "vulnerability", "phishing", "vpn", "remote_desktop", "credentials", "supplier", "other", "unknown"
    ] = "unknown"
    intrusion_detail: LongText = ""


class Technical(Payload):
    """5号 技術的な事項: what happened technically, vulnerabilities, indicators (addresses, names, URLs, digests)."""

    description: LongText = ""
    vulnerabilities: list[Annotated[str, AfterValidator(_cve)]] = Field(default_factory=list, max_length=200)
    indicators: list[Annotated[str, AfterValidator(_indicator)]] = Field(
        default_factory=list,
        max_length=5000,
        description="Addresses, networks, names, URLs, digests; defanged ones are understood.",
    )
    tools: LongText = ""
    ddos: Ddos | None = None
    ransomware: Ransomware | None = None


class Response(Payload):
    """6号 対応に関する事項: first measures, recovery, publication, prevention."""

    measures: LongText = ""
    recovery: LongText = ""
    publication: LongText = ""
    prevention: LongText = ""


class Remarks(Payload):
    """7号 その他特記事項, and whether the reporter consents to sharing with 国家サイバー統括室 (共通様式)."""

    text: LongText = ""
    nco_consent: bool = False


class AppiItems(Payload):
    """規則8条1項: 概要, 個人データの項目, 本人の数, 原因, 二次被害, 本人への対応, 公表, 再発防止, その他."""

    outline: LongText = ""
    data_items: LongText = ""
    persons: Annotated[int, Field(ge=0)] | None = None
    cause: LongText = ""
    secondary_damage: LongText = ""
    response_to_persons: LongText = ""
    publication: LongText = ""
    prevention: LongText = ""
    other: LongText = ""


class Consultation(Payload):
    """What the police are told of the event: no clause, no effect on customers, nothing on personal data."""

    summary: LongText = ""
    occurred_at: AwareDatetime | None = None
    discovered_at: AwareDatetime | None = None
    state: Literal["ongoing", "contained", "recovered", "unknown"] = "unknown"
    measures: LongText = ""
    wish: LongText = ""
