"""The room's codes in words: scope, duty, states, units, clauses and exemptions, in both languages."""

from collections.abc import Mapping
from functools import cache

from django.utils.translation import get_language

from sakimori.assets.sources.headings import field_of
from sakimori.law.tables import table
from sakimori.pages.citing import cited
from sakimori.text import Text

SCOPE: Mapping[str, Text] = {
    "in": Text("当たる", "in scope"),
    "out": Text("当たらない", "out of scope"),
    "open": Text("未確定（質問あり）", "open (questions)"),
}
NOTIFY: Mapping[str, Text] = {
    "yes": Text("必要", "required"),
    "exempt": Text("免除", "exempt"),
    "no": Text("不要", "not required"),
    "open": Text("未確定（質問あり）", "open (questions)"),
}
STATUS: Mapping[str, Text] = {
    "registered": Text("登録のみ", "registered"),
    "filed": Text("届出済み（到達待ち）", "filed, not arrived yet"),
    "notified": Text("届出済み（到達）", "notified"),
    "retired": Text("廃止", "retired"),
}
CHANGED: Mapping[str, Text] = {
    "notified_waiting": Text("届出済み（変更は未届出）", "notified; a change since is not filed yet"),
    "notified_filed": Text("届出済み（変更の届出が到達待ち）", "notified; a change is filed, not arrived yet"),
    "filed_waiting": Text(
        "届出済み（到達待ち、変更は未届出）", "filed, not arrived yet; a change since is not filed yet"
    ),
    "filed_filed": Text("届出済み（変更の届出とも到達待ち）", "filed, as is a change since; neither has arrived yet"),
    "retired_waiting": Text("廃止（変更は未届出）", "retired; a change is not filed yet"),
    "retired_filed": Text("廃止（変更の届出が到達待ち）", "retired; a change is filed, not arrived yet"),
}
"""The state of a computer in which something notified has changed since: its status, and that of the change."""
CHANGE: Mapping[str, Text] = {
    "waiting": Text("変更があり、未届出", "a change is not filed yet"),
    "filed": Text("変更の届出が到達待ち", "a change is filed, not arrived yet"),
    "any": Text("変更が未到達（上のどちらか）", "either of them"),
}
"""How far a change since has got, as the register is filtered by it."""
STATE: Mapping[str, Text] = {
    "prepared": Text("作成", "prepared"),
    "approved": Text("承認（到達待ち）", "approved, not arrived yet"),
    "arrived": Text("到達", "arrived"),
    "refused": Text("受け取られず", "refused"),
    "received": Text("到達（総理へ未通知）", "arrived, not passed on yet"),
    "passed_on": Text("総理へ通知済み", "passed on to the Prime Minister"),
    "sent": Text("発送済み（到達待ち）", "sent, not arrived yet"),
    "stated_none": Text("届け出るものなし（連絡）", "states nothing to notify"),
    "linked": Text("重複（同じ届出が先に到達）", "second copy of an earlier one"),
    "withdrawn": Text("取消し", "withdrawn"),
    "replaced": Text("訂正により差替え", "replaced by a correction"),
}
UNIT: Mapping[str, Text] = {
    "appliance": Text("アプライアンス", "appliance"),
    "os": Text("オペレーティングシステム", "operating system"),
    "middleware": Text("ミドルウェア", "middleware"),
    "application": Text("アプリケーション", "application"),
    "cloud": Text("クラウドサービス", "cloud service"),
}
FIELD: Mapping[str, Text] = {
    "key": Text("管理番号", "Key"),
    "name": Text("名称", "Name"),
    "facility": Text("特定重要設備", "Facility"),
    "maker": Text("製造者名", "Maker"),
    "product": Text("製品名", "Product"),
    "unit": Text("種別", "Kind"),
    "introduced_on": Text("導入日", "Introduced"),
    "version": Text("版", "Version"),
    "serial": Text("製造番号", "Serial number"),
    "address": Text("アドレス", "Address"),
    "responsible": Text("担当", "Responsible"),
    "asset_tag": Text("資産タグ", "Asset tag"),
    "position": Text("設置場所", "Position"),
    "asset_owner": Text("所有者", "Owner of the asset"),
    "support_end": Text("サポート終了日", "End of support"),
    "host": Text("搭載機器", "Installed on"),
    "cpe": Text("CPE", "CPE"),
    "purl": Text("パッケージ URL", "Package URL"),
    "connection": Text("設備との回線", "Connection to the facility"),
    "serves": Text("供用先", "Whom the product serves"),
    "part_of_facility": Text("設備の一部", "Part of the facility"),
    "sends_unrouted": Text("経路制御なしで送信", "Sends unrouted"),
    "nearest_router": Text("直近のルーター", "Nearest router"),
    "nearest_firewall": Text("直近のファイアウォール", "Nearest firewall"),
    "relay_store": Text("中継保存", "Relay store"),
    "keeps_network_diagram": Text("構成図の保存", "Keeps the network diagram"),
    "keeps_all_credentials": Text("識別符号の保存", "Keeps credentials"),
    "controls_access": Text("アクセス制御", "Controls access"),
    "has_ip_address": Text("インターネットアドレス", "Has an internet address"),
    "makes_interval_data": Text("定期データの作成", "Makes interval data"),
    "absence_stops_facility": Text("欠けると停止", "Its absence stops the facility"),
    "interval_access_control": Text("定期データのアクセス制御", "Controls access to interval data"),
    "source": Text("出所の一覧", "Source"),
    "scope": Text("特定重要電子計算機", "Specified critical computer"),
    "clause": Text("該当条項", "Clause"),
    "notify": Text("届出", "Notification"),
    "due_on": Text("届出期限", "Due"),
    "status": Text("状態", "State"),
    "change": Text("届出後の変更", "Change since"),
}


def language() -> str:
    """Return the reader's language."""
    return get_language() or "ja"


def say(words: Mapping[str, Text], code: object) -> str:
    """Return a code in the reader's language, as it stands where it is none of ours."""
    found = words.get(str(code))
    return found.pick(language()) if found else str(code or "")


@cache
def articles() -> Mapping[str, str]:
    """Return the article of each clause identifier: `meirei1-1-3` → 命令1(1)(iii)."""
    return {row.outcome: str(row.values.get("article", row.article)) for row in table("kyokaho.scope").rows}


def clause(identifier: object) -> str:
    """Return a clause by its article as the reader cites it, empty where none applies."""
    return cited(articles().get(str(identifier), str(identifier or ""))) if identifier else ""


def clause_meaning(identifier: str) -> str:
    """Return what a clause says, in the reader's language."""
    found = table("kyokaho.scope").outcomes.get(identifier)
    return found.pick(language()) if found else identifier


def status(code: object, change: str = "") -> str:
    """Return a computer's state; `change`: the state of what was changed of it since and has not arrived, if any."""
    return say(CHANGED, f"{code}_{change}") if f"{code}_{change}" in CHANGED else say(STATUS, code)


def state(code: str) -> str:
    """Return a computer's state by one code for both: `notified`, `notified_waiting`."""
    base, _, change = code.partition("_")
    return status(base, change)


def heading(name: str) -> Text:
    """Return the heading of a column as it stands in a file; in English with what it means, where we know it."""
    field = "" if name.isascii() else field_of(name) or ""
    return Text(name, f"{FIELD[field].en} ({name})" if field in FIELD else name)


def both(text: Mapping[str, str] | None) -> str:
    """Return the reader's half of a stored sentence (`{"ja": …, "en": …}`)."""
    return Text(text["ja"], text["en"]).pick(language()) if text else ""


def joined(line: str) -> str:
    """Return the reader's half of a sentence stored as `日本語 / English`."""
    japanese, slash, english = line.partition(" / ")
    return Text(japanese, english if slash else japanese).pick(language())
