"""Workbooks as people make them: titles above the heading, days as numbers, merged, hidden and computed cells."""

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl

HEADING = (
    "資産番号", "機器名称", "ベンダー", "型番", "区分", "購入日", "ロケーション", "シリアルNo", "保守期限", "備考",
)  # fmt: skip
ROWS = (
    ("A-001", "監視制御サーバー", "横河電機", "CENTUM VP", "業務ソフト", date(2024, 6, 1), "中央制御室", "SN-1",
     "2030/3/31", ""),
    ("A-002", "境界FW", "Fortinet", "FortiGate 100F", "ネットワーク機器", date(2025, 4, 1), "機械室", "SN-2",
     "令和9年3月31日", ""),
    ("A-003", "監視端末", "Microsoft", "Windows Server 2022", "OS", date(2025, 1, 15), "中央制御室", "SN-3", "",
     "予備"),
)  # fmt: skip


def _nothing(_):
    """Change nothing."""


def workbook(rows=ROWS, heading=HEADING, *, title="設備台帳", change=_nothing, more=_nothing):
    """Return an .xlsx: a title merged over the table, the heading below it, then the rows."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "台帳"
    if title:
        sheet.append([title])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(heading))
    sheet.append(list(heading))
    for row in rows:
        sheet.append(list(row))
    change(sheet)
    more(book)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def repacked(data, **parts):
    """Return a workbook with parts of its package replaced or added (`xl__a.bin` names `xl/a.bin`)."""
    wanted = {name.replace("__", "/"): content for name, content in parts.items()}
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in wanted:
                new.writestr(name, old.read(name))
        for name, content in wanted.items():
            new.writestr(name, content)
    return kept.getvalue()
