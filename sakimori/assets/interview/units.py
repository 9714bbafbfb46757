"""命令2条1項1号・2号: what one row of the register is notified as, why, and where its kind looks doubtful.

Which words make a name look like an appliance is ours (house rule): it only raises a question, it decides nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from sakimori.law.decisions import notices
from sakimori.text import Text

_FACTS: Mapping[str, notices.UnitFacts] = {
    "appliance": notices.UnitFacts(
        cloud_service=False, dedicated_program=True, other_programs_usual=False, part="whole"
    ),
    "os": notices.UnitFacts(cloud_service=False, dedicated_program=False, part="operating_system"),
    "middleware": notices.UnitFacts(cloud_service=False, dedicated_program=False, part="middleware"),
    "application": notices.UnitFacts(cloud_service=False, dedicated_program=False, part="application"),
    "cloud": notices.UnitFacts(cloud_service=True),
}
_DEVICE = re.compile(
    r"ルーター?|スイッチ|ファイアウォール|ファイヤーウォール|\butm\b|\bvpn\s*(?:装置|gateway)|ロードバランサ|負荷分散装置"
    r"|\bplc\b|シーケンサ|アクセスポイント|アプライアンス|\brouter\b|\bswitch\b|\bfirewall\b|\bappliance\b|\bgateway\b",
    re.IGNORECASE,
)
_SOFTWARE = re.compile(
    r"オペレーティングシステム|ミドルウェア|データベース|ソフトウェア|アプリケーション|\blinux\b|\bwindows\b|\bdatabase\b"
    r"|\bsoftware\b|\bapplication\b|\bmiddleware\b",
    re.IGNORECASE,
)
_CLOUD = re.compile(r"クラウド|\bsaas\b|\bpaas\b|\biaas\b|\bcloud\b", re.IGNORECASE)
_SOFT = ("os", "middleware", "application")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a row is notified as (the decision of `kyokaho.notify.unit`); a question where its kind looks doubtful."""

    decision: Mapping[str, Any]
    doubt: Text | None


@lru_cache(maxsize=64)
def _decided(unit: str, on: date) -> Mapping[str, Any]:
    return notices.unit(_FACTS[unit], on).as_dict()


def explained(unit: str, name: str, product: str, on: date) -> Unit:
    """Return what a row of that kind is notified as, with reasons; `unit` is a kind of the register."""
    return Unit(_decided(unit, on), doubt(unit, name, product))


@lru_cache(maxsize=8192)
def doubt(unit: str, name: str, product: str) -> Text | None:
    """Return the question a row's kind raises: a name like a device's listed as software, or the other way round."""
    said = normalize("NFKC", f"{name} {product}")
    device, software, cloud = (found.search(said) for found in (_DEVICE, _SOFTWARE, _CLOUD))
    if unit in _SOFT and device and not software:
        return Text(
            f"名称に「{device.group()}」とあります。特定の用途のプログラムが組み込まれた機器（アプライアンス）ではありませんか。"
            "そうなら、種別を機器にし、ハードウェアを一件として届け出ます。",
            f"The name says “{device.group()}”. Is it a device with a program for one particular use, an appliance? "
            "Then its kind is appliance, and its hardware is one item.",
        )
    if unit == "appliance" and software and not device:
        return Text(
            f"名称に「{software.group()}」とあります。ほかのプログラムも通常組み込まれる機器ではありませんか。"
            "そうなら、OS、ミドルウェア、アプリケーションをそれぞれ一行に分けます。",
            f"The name says “{software.group()}”. Are other programs usually installed on it as well? "
            "Then give its operating system, middleware and applications a row each.",
        )
    if unit != "cloud" and cloud:
        return Text(
            f"名称に「{cloud.group()}」とあります。クラウドサービスとして使っていますか。"
            "そうなら、サービスの名称を製品名、提供する事業者の名称を製造者名として届け出ます。",
            f"The name says “{cloud.group()}”. Is it used as a cloud service? "
            "Then the service's name is the product name and its provider's name the maker name.",
        )
    return None
