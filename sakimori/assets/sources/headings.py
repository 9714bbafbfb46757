"""Finding the heading of a sheet, and which of our fields a heading or a column's values mean.

Suggestions only: a person decides. The words are those of Japanese and English asset lists and CMDB exports.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from sakimori.assets.wording import COLUMNS

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "key": (
        "機器no",
        "機器管理番号",
        "資産no",
        "管理id",
        "資産id",
        "資産番号",
        "資産管理番号",
        "管理no",
        "管理番号",
        "機器番号",
        "構成管理番号",
        "台帳番号",
        "ci番号",
        "ciid",
        "ci id",
        "assetid",
        "asset number",
        "asset no",
        "inventory number",
        "configuration item id",
        "sys_id",
        "unique id",
        "uid",
    ),
    "name": (
        "ci名",
        "機器名",
        "端末名",
        "host_name",
        "機器名称",
        "ホスト名",
        "コンピュータ名",
        "コンピューター名",
        "サーバ名",
        "サーバー名",
        "資産名",
        "システム名",
        "ノード名",
        "hostname",
        "host name",
        "host",
        "computer name",
        "device name",
        "display name",
        "ci name",
        "asset name",
        "node",
        "server name",
        "fqdn",
    ),
    "facility": (
        "対応業務",
        "業務システム",
        "業務サービス",
        "対象設備",
        "設備名",
        "システム区分",
        "事業所",
        "プラント",
        "site",
        "plant",
        "business service",
        "service",
    ),
    "maker": (
        "製造元",
        "製造者",
        "メーカ",
        "メーカー名",
        "ベンダ",
        "ベンダー",
        "製造業者",
        "開発元",
        "発行元",
        "manufacturer",
        "vendor",
        "make",
        "brand",
        "supplier",
        "publisher",
        "manufacturer name",
        "company",
    ),
    "product": (
        "モデル名",
        "機器型番",
        "製品型番",
        "モデル番号",
        "product_model",
        "製品",
        "型番",
        "型式",
        "機種",
        "機種名",
        "モデル",
        "品名",
        "ソフトウェア名",
        "ソフト名",
        "ソフトウェア",
        "model",
        "model name",
        "model number",
        "product name",
        "software",
        "software name",
        "application name",
        "part number",
    ),
    "unit": (
        "種類",
        "ciクラス",
        "ci種別",
        "機器区分",
        "区分",
        "分類",
        "機器種別",
        "資産種別",
        "カテゴリ",
        "タイプ",
        "category",
        "type",
        "asset type",
        "ci type",
        "class",
        "device type",
        "component type",
        "suggested unit",
        "sys_class_name",
    ),
    "introduced_on": (
        "設置年月",
        "導入年月",
        "導入時期",
        "稼働日",
        "稼働年月日",
        "導入年月日",
        "設置日",
        "稼働開始日",
        "利用開始日",
        "運用開始日",
        "購入日",
        "取得日",
        "納品日",
        "設置年月日",
        "install date",
        "installed",
        "installation date",
        "in service date",
        "commissioned",
        "purchase date",
        "acquired",
        "deployed",
        "go live date",
        "install_date",
    ),
    "version": (
        "osバージョン",
        "ファームウェアバージョン",
        "fwバージョン",
        "os版数",
        "版数",
        "バージョン番号",
        "ファームウェア",
        "ファームウェア版数",
        "version number",
        "software version",
        "firmware",
        "firmware version",
        "release",
        "os version",
    ),
    "serial": (
        "シリアル番号",
        "シリアルno",
        "s/n",
        "製造no",
        "機番",
        "serial number",
        "serial no",
        "serialnumber",
        "sn",
        "serial_number",
    ),
    "asset_tag": (
        "資産タグ",
        "資産ラベル",
        "固定資産番号",
        "管理シール",
        "asset tag",
        "assettag",
        "asset_tag",
        "tag",
        "barcode",
    ),
    "address": (
        "ipアドレス",
        "ip",
        "ip address",
        "ipaddress",
        "ipv4",
        "mac",
        "macアドレス",
        "network address",
        "ip_address",
    ),
    "position": (
        "設置場所",
        "所在",
        "場所",
        "ロケーション",
        "ラック",
        "設置位置",
        "拠点",
        "location",
        "rack",
        "room",
        "position",
        "building",
        "data center",
    ),
    "asset_owner": (
        "所有者",
        "所有部門",
        "所管",
        "所有部署",
        "主管部署",
        "資産所有者",
        "owner",
        "owned by",
        "asset owner",
        "department",
        "business owner",
    ),
    "responsible": (
        "担当者",
        "管理者",
        "運用担当",
        "管理担当者",
        "責任部署",
        "使用者",
        "管理部署",
        "assigned to",
        "managed by",
        "administrator",
        "custodian",
        "contact",
        "assigned_to",
    ),
    "support_end": (
        "サポート終了",
        "サポート終了日",
        "サポート期限",
        "保守期限",
        "保守終了日",
        "eol",
        "eos",
        "eosl",
        "end of support",
        "end of life",
        "support end",
        "support end date",
        "warranty end",
        "warranty expiration",
    ),
    "host": (
        "親機器",
        "搭載機器",
        "搭載サーバ",
        "所属ホスト",
        "物理サーバ",
        "parent",
        "parent host",
        "installed on",
        "runs on",
        "parent ci",
        "host key",
    ),
    "cpe": ("cpe名", "cpe name", "cpe23", "cpe 2.3"),
    "purl": ("package url", "packageurl"),
    "connection": ("接続", "接続形態", "ネットワーク接続", "network", "network connection", "connectivity"),
}
"""Further words for our fields; the headings of our own list stand in `wording.COLUMNS`."""
_LOOKED_AT = 30  # rows in which a heading is looked for
_ENOUGH = 3  # headings we know, for a row below the first to be taken for the heading
_FEW = 2


def folded(heading: str) -> str:
    """Return a heading without what does not tell headings apart: width, case, blanks, brackets, marks."""
    return re.sub(r"[\s_\-（）()［］\[\]【】・:：.．*＊※#/]", "", unicodedata.normalize("NFKC", heading)).casefold()


_OURS = {folded(word): column.field for column in COLUMNS for word in (*column.headings, column.field)}
_OTHERS = {folded(word): name for name, words in SYNONYMS.items() for word in words if folded(word) not in _OURS}


def field_of(heading: str) -> str | None:
    """Return the field of ours that a heading most likely names; None where no word fits."""
    plain = folded(heading)
    return _OURS.get(plain) or _OTHERS.get(plain)


def is_ours(heading: str) -> bool:
    """Return whether a heading is one of our own list's."""
    return folded(heading) in _OURS


def heading_row(rows: Sequence[Sequence[str]]) -> tuple[list[str], int]:
    """Return the heading of a sheet and the place of the first row below it.

    It is the first row, unless one further down knows more of our words; a title above it is no heading.
    """
    best, place = -1, 0
    for number, cells in enumerate(rows[:_LOOKED_AT]):
        distinct = {cell for cell in cells if cell}
        score = len({name for cell in distinct if (name := field_of(cell))})
        if score < _ENOUGH:
            score = 1 if len(distinct) >= _FEW and len(distinct) >= len([c for c in cells if c]) / 2 else 0
        if score > best:
            best, place = score, number
    if not rows:
        return [], 0
    return [" ".join(cell.split()) for cell in rows[place]], place + 1
