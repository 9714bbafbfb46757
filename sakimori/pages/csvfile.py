"""Tables as CSV files that Excel opens with Japanese intact: UTF-8 with BOM, CRLF, no cell that Excel would run."""

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from django.http import HttpResponse

_BOM = "\ufeff"
_FORMULA = frozenset("=+-@\t\r＝＋－＠")  # full-width ones are typed in Japanese


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """Return the rows as a download; a cell that begins like a formula gets an apostrophe before it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) if cell[:1] in _FORMULA else cell for cell in row] for row in rows)
    response = HttpResponse((_BOM + buffer.getvalue()).encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename=\"table.csv\"; filename*=UTF-8''{quote(filename)}"
    return response


def harmless(cell: str) -> str:
    """Return the cell so that a spreadsheet takes it for text, never for a formula; plain numbers stay numbers."""
    if cell[:1] not in _FORMULA:
        return cell
    return cell if cell.lstrip("+-").replace(".", "", 1).isdigit() else f"'{cell}"
