"""What the story asks the committee for and then selects: real captures of an attack in transit, or the small sample.

With real data the captures of one imagined cable are read, among them real attacks between devices abroad by way of
the weakness CVE-2014-0160 (“Heartbleed”); two conditions of different kind find them. Without, the sample capture and
the one foreign-to-foreign communication in it. Equipment and request are fictitious. Pure: no Django.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sakimori.selection import sample

EQUIPMENT = "【架空】見本海底ケーブル 第1陸揚局 国外関係電気通信設備"
CAPACITY_PERCENT = 20
_CAPTURES = (
    "tls__heartbleed.pcap",
    "tls__heartbleed-success.pcap",
    "tls__heartbleed-encrypted.pcap",
    "tls__google-cert-repeat.pcap",
    "ssh__single-conn.pcap",
    "smtp-multi-addr.pcap",
    "web.pcap",
    "wikipedia.pcap",
)
_ATTACKER = "173.203.79.216"
_HEARTBEAT = {"id": "k1", "kind": "command", "ref": "【架空】指令情報 2026-17", "hex": "1803033ff0013fed"}
_SAMPLE_OVERRIDES = {"192.0.2.0/24": "JP", "203.0.113.0/24": "ZZ", "198.51.100.0/24": "ZZ"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Captures and country files to read, what the committee is asked for, and the order's own parts."""

    captures: tuple[Path, ...]
    countries: tuple[Path, ...]
    request: Mapping[str, Any]
    conditions: tuple[Mapping[str, Any], ...]
    overrides: Mapping[str, str]

    def order(self, number: str, *, wider: bool = False) -> str:
        """Return the selection order under the authority `number`; `wider` asks for an address nobody approved."""
        conditions = [dict(one) for one in self.conditions]
        if wider:
            conditions[0] = {**conditions[0], "values": ["173.203.0.0/16"]}
        document = {
            "authority": number,
            "basis": "17",
            "direction": "outside-to-outside",
            "distinct_by": "kind",
            "address_overrides": dict(self.overrides),
            "conditions": conditions,
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"  # JSON is YAML


def plan(data: Path | None, folder: Path) -> Plan:
    """Return the plan for the real data under `data`, or for a sample capture that is written into `folder`."""
    captures = [data / "captures" / "zeek" / name for name in _CAPTURES] if data else []
    countries = sorted((data / "ip-country").glob("*.mmdb")) if data else []
    if not countries or not all(path.is_file() for path in captures):
        return _sample(folder)
    address = {"id": "a1", "kind": "address", "side": "source", "values": [_ATTACKER]}
    return Plan(
        tuple(captures),
        tuple(countries),
        _request(
            "国外の一装置から国外のサーバーの記憶を抜き取る攻撃（CVE-2014-0160）が、国内を通過する通信で行われている",
            [_allowed_address(_ATTACKER), _allowed_command(_HEARTBEAT)],
        ),
        (address, _HEARTBEAT),
        {},
    )


def _sample(folder: Path) -> Plan:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sample.pcap"
    path.write_bytes(sample.capture())
    source = "198.51.100.7"
    return Plan(
        (path,),
        (),
        _request(
            "国外の一装置から別の国外の装置への、実態の明らかでない通信がある",
            [_allowed_address(source), {"kind": "exploratory", "fields": ["dst_port"], "values": ["443"]}],
            _SAMPLE_OVERRIDES,
        ),
        (
            {"id": "a1", "kind": "address", "side": "source", "values": [source]},
            {"id": "x1", "kind": "exploratory", "field": "dst_port", "values": ["443"]},
        ),
        _SAMPLE_OVERRIDES,
    )


def _allowed_address(source: str) -> dict[str, Any]:
    return {"kind": "address", "sides": ["source"], "values": [source]}


def _allowed_command(command: Mapping[str, str]) -> dict[str, Any]:
    return {"kind": "command", "refs": [command["ref"]], "patterns": [f"hex:{command['hex']}"]}


def _request(
    attack: str, conditions: list[dict[str, Any]], overrides: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return {
        "basis": "17",
        "attack": f"【架空】{attack}。事業者の報告だけでは、その全体が分からない。",
        "no_other_way": "【架空】国外の関係者への照会や当事者協定によっては、実態を知ることができない。",
        "equipment": EQUIPMENT,
        "criteria": "【架空】攻撃元とみられる装置のアドレスと、攻撃に用いられる指令情報等の特徴との両方に当たること。",
        "conditions": conditions,
        "address_overrides": [{"network": key, "country": code} for key, code in (overrides or {}).items()],
        "capacity_percent": CAPACITY_PERCENT,
    }
