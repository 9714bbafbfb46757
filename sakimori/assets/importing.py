"""From a person's table to checked rows: every fault with line, column, reason and mend; nothing applied on any."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sakimori.assets.payloads import UNITS
from sakimori.assets.tables import Column, RowFault, parse_flag, read
from sakimori.law.decisions import assets as scope_table
from sakimori.law.eras import parse_date
from sakimori.law.tables import table
from sakimori.text import Text

MAX_TEXT = 200
_UNIT_WORDS = {
    "appliance": ("アプライアンス", "機器", "ハードウェア", "appliance"),
    "os": ("os", "オペレーティングシステム", "基本ソフト"),
    "middleware": ("ミドルウェア", "middleware"),
    "application": ("アプリケーション", "アプリ", "application"),
    "cloud": ("クラウド", "クラウドサービス", "cloud"),
}
_CONNECTIONS = {
    "private": ("専用", "専用線", "構内", "閉域", "private"),
    "public_only": ("公衆", "インターネット", "公衆回線のみ", "public", "public_only"),
    "none": ("なし", "接続なし", "none"),
}
_SERVES = {
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
    Column("responsible", ("担当", "責任者", "owner", "responsible")),
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


@dataclass(frozen=True, slots=True)
class Checked:
    """What a table came to: rows ready to be staged (empty where there is any fault), and every fault."""

    rows: list[dict[str, Any]]
    faults: list[RowFault]
    headings: Mapping[str, str]


def check(
    data: bytes,
    facilities: Mapping[str, str],
    existing: set[str],
    today: date,
    progress: Callable[[int], None] = lambda _: None,
) -> Checked:
    """Return the checked rows of a CSV file.

    `facilities` maps a facility's name and its category to its id; `existing` are keys the register has already.
    Raises `TableError` where the file as a whole is no table. `progress` is told the number of rows done.
    """
    raw, headings = read(data, COLUMNS)
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    rows = []
    for number, cells in enumerate(raw, start=1):
        line = int(cells["_line"])
        found = len(faults)
        row = _row(cells, line, facilities, today, faults, headings)
        key = cells.get("key", "")
        if key in seen:
            faults.append(
                _fault(
                    line,
                    "key",
                    headings,
                    f"{seen[key]}行目と同じ管理番号です。",
                    f"The same key as line {seen[key]}.",
                    "管理番号を1台に1つにしてください。",
                    "Give each computer its own key.",
                )
            )
        elif key in existing:
            faults.append(
                _fault(
                    line,
                    "key",
                    headings,
                    "登録簿に既にある管理番号です。",
                    "The register has this key already.",
                    "変更は「変更の記録」で行ってください。",
                    "Record a change instead.",
                )
            )
        seen.setdefault(key, line)
        if len(faults) == found:
            rows.append(row)
        if number % 1000 == 0:
            progress(number)
    progress(len(raw))
    return Checked([] if faults else rows, faults, headings)


def _fault(
    line: int, field: str, headings: Mapping[str, str], ja: str, en: str, mend_ja: str, mend_en: str
) -> RowFault:
    return RowFault(line, headings.get(field, field), Text(ja, en), Text(mend_ja, mend_en))


def _row(
    cells: Mapping[str, str],
    line: int,
    facilities: Mapping[str, str],
    today: date,
    faults: list[RowFault],
    headings: Mapping[str, str],
) -> dict[str, Any]:
    def fault(field: str, ja: str, en: str, mend_ja: str, mend_en: str) -> None:
        faults.append(_fault(line, field, headings, ja, en, mend_ja, mend_en))

    row: dict[str, Any] = {"_line": line}
    for field in ("key", "name", "maker", "product", "version", "serial", "address", "responsible"):
        row[field] = _text(cells, field, fault)
    row["facility"] = facilities.get(cells.get("facility", ""), "")
    if not row["facility"]:
        named = cells.get("facility", "")
        fault(
            "facility",
            f"「{named}」という特定重要設備は登録されていません。",
            f"There is no facility “{named}”.",
            f"次のいずれかを書いてください: {'、'.join(facilities)}",
            f"Write one of: {', '.join(facilities)}",
        )
    row["unit"] = _choice(cells.get("unit", ""), _UNIT_WORDS)
    if row["unit"] is None:
        fault(
            "unit",
            f"種別「{cells.get('unit', '')}」は分かりません。",
            f"“{cells.get('unit', '')}” is no kind we know.",
            f"次のいずれか: {'、'.join(words[0] for words in _UNIT_WORDS.values())}",
            f"One of: {', '.join(UNITS)}",
        )
    introduced = parse_date(cells.get("introduced_on", ""))
    if introduced is None:
        fault(
            "introduced_on",
            f"日付「{cells.get('introduced_on', '')}」を読めません。",
            f"“{cells.get('introduced_on', '')}” is no date.",
            "2026-10-01、2026/10/1、令和8年10月1日 のいずれかで書いてください。",
            "Write 2026-10-01, 2026/10/1 or 令和8年10月1日.",
        )
    elif introduced > today:
        fault(
            "introduced_on",
            f"導入日 {introduced} は未来の日付です。",
            f"{introduced} lies in the future.",
            "導入した日（過去または今日）を書いてください。",
            "Write the day it was introduced, today at the latest.",
        )
    row["introduced_on"] = introduced.isoformat() if introduced else ""
    row["facts"] = _facts(cells, fault)
    return row


def _text(cells: Mapping[str, str], field: str, fault: Callable[..., None]) -> str:
    value = cells.get(field, "")
    if not value and field in ("key", "name", "maker", "product"):
        fault(field, "空欄です。", "It is empty.", "値を入れてください。", "Fill it in.")
    elif len(value) > MAX_TEXT:
        fault(
            field,
            f"{len(value)}文字あります（上限{MAX_TEXT}）。",
            f"{len(value)} characters; at most {MAX_TEXT}.",
            "短くしてください。",
            "Shorten it.",
        )
    return value


def _choice(value: str, words: Mapping[str, Sequence[str]]) -> str | None:
    folded = value.strip().casefold()
    for choice, names in words.items():
        if folded == choice or folded in (name.casefold() for name in names):
            return choice
    return None


def _facts(cells: Mapping[str, str], fault: Callable[..., None]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for field, words in (("connection", _CONNECTIONS), ("serves", _SERVES)):
        value = cells.get(field, "")
        if not value:
            continue
        facts[field] = _choice(value, words)
        if facts[field] is None:
            options = "、".join(names[0] for names in words.values())
            fault(
                field,
                f"「{value}」は分かりません。",
                f"“{value}” is not understood.",
                f"次のいずれか、または空欄（不明）: {options}",
                f"One of {', '.join(words)}, or empty (not known).",
            )
    for column in FLAGS:
        value = cells.get(column.field, "")
        if not value:
            continue
        facts[column.field] = parse_flag(value)
        if facts[column.field] is None:
            fault(
                column.field,
                f"「{value}」は ○・× のどちらでもありません。",
                f"“{value}” is neither yes nor no.",
                "○ か ×、不明なら空欄にしてください。",
                "Write ○ or ×, or leave it empty where not known.",
            )
    return {name: value for name, value in facts.items() if value is not None}


def questions() -> Mapping[str, Text]:
    """Return the law's own question behind each fact column: the site shows it as help."""
    return {name: fact.question for name, fact in table("kyokaho.scope").facts.items() if name in _fields()}


def _fields() -> set[str]:
    return set(scope_table.ComputerFacts.__dataclass_fields__)
