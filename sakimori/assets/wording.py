"""The words an inventory may use: column headings, kinds of unit, connections, whom a product serves.

Headings are read folded (full-width, case, blanks and brackets do not matter), in Japanese or English.
"""

from collections.abc import Mapping, Sequence

from sakimori.assets.tables import Column

UNITS: Mapping[str, Sequence[str]] = {
    "appliance": ("アプライアンス", "機器", "ハードウェア", "appliance"),
    "os": ("os", "オペレーティングシステム", "基本ソフト"),
    "middleware": ("ミドルウェア", "middleware"),
    "application": ("アプリケーション", "アプリ", "application"),
    "cloud": ("クラウド", "クラウドサービス", "cloud"),
}
CONNECTIONS: Mapping[str, Sequence[str]] = {
    "private": ("専用", "専用線", "構内", "閉域", "private"),
    "public_only": ("公衆", "インターネット", "公衆回線のみ", "public", "public_only"),
    "none": ("なし", "接続なし", "none"),
}
SERVES: Mapping[str, Sequence[str]] = {
    "one_operator": ("専用品", "自社専用", "one_operator"),
    "same_group": ("グループ専用", "企業グループ専用", "same_group"),
    "others": ("一般", "汎用", "その他", "others"),
}

IDENTITY = (
    Column("key", ("管理番号", "asset key", "id"), required=True),
    Column("name", ("名称", "機器名", "name"), required=True),
    Column("facility", ("特定重要設備", "設備", "facility"), required=True),
    Column("maker", ("製造者名", "メーカー", "maker"), required=True),
    Column("product", ("製品名", "product"), required=True),
    Column("unit", ("種別", "unit", "kind"), required=True),
    Column("introduced_on", ("導入日", "introduced", "introduced_on"), required=True),
    Column("version", ("版", "バージョン", "version")),
    Column("serial", ("製造番号", "シリアル", "serial")),
    Column("address", ("アドレス", "address")),
    Column("responsible", ("担当", "責任者", "responsible")),
    Column("asset_owner", ("所有者", "owner", "asset owner")),
    Column("position", ("設置場所", "position", "location")),
    Column("support_end", ("サポート終了日", "support end", "end of support")),
    Column("host", ("搭載機器", "host", "installed on")),
    Column("asset_tag", ("資産タグ", "asset tag")),
    Column("cpe", ("CPE", "cpe")),
    Column("purl", ("PURL", "purl")),
    Column("connection", ("設備との回線", "回線", "connection")),
    Column("serves", ("供用先", "用途の範囲", "serves")),
)
FLAGS = (
    Column("part_of_facility", ("設備の一部", "part of facility")),
    Column("sends_unrouted", ("経路制御なしで送信", "sends unrouted")),
    Column("nearest_router", ("直近のルーター", "nearest router")),
    Column("nearest_firewall", ("直近のファイアウォール", "nearest firewall")),
    Column("relay_store", ("中継保存", "relay store")),
    Column("keeps_network_diagram", ("構成図の保存", "network diagram")),
    Column("keeps_all_credentials", ("識別符号の保存", "credentials")),
    Column("controls_access", ("アクセス制御", "access control")),
    Column("has_ip_address", ("インターネットアドレス", "internet address")),
    Column("makes_interval_data", ("定期データの作成", "interval data")),
    Column("absence_stops_facility", ("欠けると停止", "absence stops facility")),
    Column("interval_access_control", ("定期データのアクセス制御", "interval access control")),
)
COLUMNS = IDENTITY + FLAGS


def headings() -> list[str]:
    """Return the Japanese headings of all columns, in order: the first line of a file to fill in."""
    return [column.headings[0] for column in COLUMNS]
