"""Facts in words: short names, the answers they take, a value as it is said; what a form sends for it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from sakimori.assets import saying
from sakimori.assets.interview import topics
from sakimori.text import Text

SHORT: Mapping[str, Text] = {
    "part_of_facility": Text("設備の一部か", "Part of the facility?"),
    "connection": Text("設備との回線", "Line to the facility"),
    "sends_unrouted": Text("経路制御なしで送信するか", "Sends without routing?"),
    "nearest_router": Text("最も近いルーティング機器か", "Nearest routing device?"),
    "nearest_firewall": Text("最も近いファイアウォールか", "Nearest firewall?"),
    "relay_store": Text("中継して一時保存するか", "Relay store, or its firewall?"),
    "keeps_network_diagram": Text("構成図を保存しているか", "Keeps the network diagram?"),
    "keeps_all_credentials": Text("識別符号の全部を保存しているか", "Keeps all credentials?"),
    "controls_access": Text("アクセスを制御するか", "Controls access?"),
    "has_ip_address": Text("インターネットのIPアドレスがあるか", "Has an internet address?"),
    "makes_interval_data": Text("定期的なデータを作るか", "Makes data fed at intervals?"),
    "absence_stops_facility": Text("途絶えると設備が止まるか", "Does the facility stop without it?"),
    "interval_access_control": Text("作成側へのアクセスを制御するか", "Controls access to the makers?"),
    "serves": Text("製品の供用先", "Whom the product serves"),
    "designated_item": Text("指定された製品か", "Designated product?"),
    "ministry_successor_start": Text("四か月を数え始める日", "First day of the four months"),
    "facility_at_start": Text("設備の導入日", "Day the facility was put in place"),
}


def options(fact: str) -> list[tuple[str, str]]:
    """Return the answers a fact takes, by the code a form sends."""
    spec = topics.spec(fact)
    if spec.kind == "bool":
        return [("yes", gettext("Yes")), ("no", gettext("No"))]
    return [(code, words.pick(saying.language())) for code, words in spec.allowed.items()]


def coded(value: Any) -> str:
    """Return a fact's value as a form sends it."""
    return {True: "yes", False: "no", None: ""}.get(value, str(value)) if not isinstance(value, str) else value


def said(fact: str, value: Any) -> str:
    """Return a fact's value in words."""
    return dict(options(fact)).get(coded(value), str(value))


def short(fact: str) -> str:
    """Return a fact by its short name, as the list of computers calls it."""
    return SHORT[fact].pick(saying.language()) if fact in SHORT else fact
