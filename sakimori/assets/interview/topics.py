"""What the interview asks, in what order: topics in plain words, each with the facts of the law's tables behind it.

The questions themselves are the law's own (table `kyokaho.scope`); what stands beside them, and every example, is ours
(house rule) and says so on the page. A business's facilities and their parts are named as its ministry's order does
(our short forms); the examples speak its own words (`vocabulary.yaml`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from sakimori.law.businesses import businesses
from sakimori.law.tables import FactSpec, table
from sakimori.text import Text

_TABLES = ("kyokaho.scope", "kyokaho.notify")


@dataclass(frozen=True, slots=True)
class Topic:
    """One step of the interview: a short name, what it is about in plain words, an example of ours, the facts asked."""

    key: str
    title: Text
    lead: Text
    example: Text
    facts: tuple[str, ...]


TOPICS: tuple[Topic, ...] = (
    Topic(
        "facility",
        Text("設備そのもの", "The facility itself"),
        Text(
            "特定重要設備そのもの、又はその一部である電子計算機を選びます。ここで「はい」なら、ほかの問いは要りません。",
            "Which computers are the facility itself, or a part of it? For those nothing else needs to be asked.",
        ),
        Text("監視制御サーバー、制御装置、操作卓", "supervisory servers, controllers, operator consoles"),
        ("part_of_facility",),
    ),
    Topic(
        "line",
        Text("設備とのつながり", "Connection to the facility"),
        Text(
            "設備とどのような回線でつながっていますか。間に別の機器があっても、つながっていると数えます。",
            "By what line is it connected to the facility? With other equipment in between it counts as connected too.",
        ),
        Text(
            "構内LAN、専用線、閉域網は「公衆の用に供されていない回線」。インターネットVPNだけの場合は確かめてください",
            "a site network, a leased line or a closed network is not for public use; where there is only a VPN over "
            "the internet, make sure",
        ),
        ("connection",),
    ),
    Topic(
        "routing",
        Text("経路とルーティング機器", "Routes and routing devices"),
        Text(
            "設備との間に経路を選ぶ機器があるか、どの機器が設備に最も近いかを答えます。",
            "Does anything choose a path on the way to the facility, and which routing device is nearest to it?",
        ),
        Text(
            "同じセグメントの保守端末、制御系のレイヤ3スイッチ",
            "a maintenance terminal on the same segment, a layer 3 switch of the control network",
        ),
        ("sends_unrouted", "nearest_router"),
    ),
    Topic(
        "firewall",
        Text("ファイアウォール", "Firewalls"),
        Text(
            "基準に合う通信だけを通す機器のうち、設備に最も近いものを選びます。",
            "Of the devices that pass only traffic meeting their rules, which is nearest to the facility?",
        ),
        Text("制御系と業務系の境のファイアウォール", "the firewall between control and office network"),
        ("nearest_firewall",),
    ),
    Topic(
        "relay",
        Text("中継して一時保存する機器", "Relay stores"),
        Text(
            "設備へ送るデータを一時的に置き、ファイアウォールを介してだけやり取りする電子計算機と、その"
            "ファイアウォールを選びます。",
            "Which computers hold data on its way to the facility and exchange it only through firewalls, and which "
            "are those firewalls?",
        ),
        Text("DMZのファイル中継サーバー", "a file relay server in a DMZ"),
        ("relay_store",),
    ),
    Topic(
        "stores",
        Text("構成図と識別符号の保管", "Stores of diagrams and credentials"),
        Text(
            "ネットワーク構成図や、識別符号の全部を、一時的にではなく保存している電子計算機を選びます。",
            "Which computers keep the network diagram, or all credentials of a computer, not just temporarily?",
        ),
        Text("文書管理サーバー、特権IDの管理システム", "a document server, a system that manages privileged accounts"),
        ("keeps_network_diagram", "keeps_all_credentials"),
    ),
    Topic(
        "access",
        Text("認証", "Access control"),
        Text(
            "対象となる電子計算機へのアクセスを認証して制限しているものを選びます。",
            "Which computers authenticate and restrict access to these computers?",
        ),
        Text("認証サーバー、ディレクトリサーバー", "an authentication or directory server"),
        ("controls_access",),
    ),
    Topic(
        "address",
        Text("インターネットのIPアドレス", "Internet addresses"),
        Text(
            "インターネットのIPアドレスを割り当てられているものを選びます。構内だけのアドレスは数えません。",
            "Which have an internet address assigned? Addresses used only inside a site do not count.",
        ),
        Text("VPN装置、遠隔保守の入口", "a VPN device, the entry for remote maintenance"),
        ("has_ip_address",),
    ),
    Topic(
        "interval",
        Text("定期的に入力するデータ", "Data handed over at intervals"),
        Text(
            "回線ではなく媒体や手入力で、一定の期間ごとに設備へ入れるデータを作る電子計算機があれば答えます。"
            "作らないなら、ほかの欄は空のままで構いません。",
            "Is data made elsewhere put into the facility at fixed intervals, on media or by hand as well? If it "
            "makes none, leave the other fields as they are.",
        ),
        Text("翌日の計画や設定値を作るシステム", "a system that makes the next day's plan or set points"),
        ("makes_interval_data", "absence_stops_facility", "interval_access_control"),
    ),
    Topic(
        "product",
        Text("製品の用途と指定", "Whom the product serves, and designation"),
        Text(
            "届出が免除される製品かどうかです。免除されても登録簿には残り、事故の報告と警報の対象です。",
            "Is the product exempt from notification? Exempt ones stay in the register; incidents and warnings concern "
            "them all the same.",
        ),
        Text("自社だけのために作られたソフトウェア", "software made for your company alone"),
        ("serves", "designated_item"),
    ),
)
_VOCABULARY = Path(__file__).parent / "vocabulary.yaml"


def topic(key: str) -> Topic | None:
    """Return a topic by its key."""
    return next((one for one in TOPICS if one.key == key), None)


def topic_of(fact: str) -> Topic | None:
    """Return the topic that asks for a fact."""
    return next((one for one in TOPICS if fact in one.facts), None)


def spec(fact: str) -> FactSpec:
    """Return the law's own question for a fact."""
    return next(table(key).facts[fact] for key in _TABLES if fact in table(key).facts)


def example_of(business: str, topic: Topic) -> Text:
    """Return a topic's example in a business's own words; the neutral one where it has none. All are ours."""
    return _vocabulary().get(business, {}).get(topic.key, topic.example)


def facilities_of(business: str) -> tuple[Text, ...]:
    """Return the facilities the ministerial order names for a business (our short forms), none where it is unknown."""
    return next((one.facilities for one in businesses() if one.key == business), ())


def components_of(business: str) -> tuple[Text, ...]:
    """Return the parts of a facility (構成設備) the ministerial orders name for a business (our short forms)."""
    return next((one.components for one in businesses() if one.key == business), ())


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, Mapping[str, Text]]:
    data = yaml.safe_load(_VOCABULARY.read_text(encoding="utf-8"))
    return {
        business: {key: Text(words["ja"], words["en"]) for key, words in examples.items()}
        for business, examples in data.items()
    }
