"""Opening a ZIP without being bombed: entries, sizes and ratio are looked at before anything is unpacked (house rule).

An archive's own numbers are checked again while unpacking: what is larger than it says is refused.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

from sakimori.assets.sources.shapes import refuse
from sakimori.text import Text

_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, OverflowError, NotImplementedError,
    RuntimeError,
)  # fmt: skip
_MOST_ENTRIES = 10_000
_MOST_UNPACKED = 512 * 1024 * 1024
_LARGE = 16 * 1024 * 1024  # below this no ratio is suspicious
_STEEPEST = 250  # a sheet of one repeated value shrinks to about 1/100
_PLAIN = Text(
    "Excel で開き、新しいブックに値だけを貼り付けて保存してください。",
    "Open it in Excel, paste the values into a new workbook and save that.",
)
_SAVE = Text("元のファイルを選び直してください。", "Choose the original file again.")


class Archive:
    """A ZIP that has been looked over. Raises `TableError` for one that is broken, cut, locked, or a bomb."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise refuse(
                "ファイルが途中で切れているか、壊れています（ZIP として読めません）。",
                "The file is cut short or broken (it cannot be read as a ZIP).",
                mend=_SAVE,
            ) from error
        self._entries = {one.filename: one for one in self._zip.infolist()}
        self._look_over(self._zip.infolist())

    @property
    def names(self) -> Sequence[str]:
        """Return the names of what is in it."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """Return one entry, unpacked. Raises `TableError` where it is not there, broken, or larger than it says."""
        entry = self._entries.get(name)
        if entry is None:
            raise refuse(f"ファイルの中に {name[:100]} がありません。", f"The file lacks its part {name[:100]}.")
        try:
            with self._zip.open(entry) as stream:
                data = stream.read(entry.file_size + 1)
        except _BROKEN as error:
            raise refuse(
                f"ファイルの一部（{name[:100]}）が壊れています。",
                f"A part of the file ({name[:100]}) is broken.",
                mend=_SAVE,
            ) from error
        return data

    def _look_over(self, entries: Sequence[zipfile.ZipInfo]) -> None:
        if len(entries) > _MOST_ENTRIES:
            raise refuse(
                f"ファイルの中の部品が多すぎます（{len(entries):,}、上限{_MOST_ENTRIES:,}）。",
                f"The file has too many parts ({len(entries):,}; at most {_MOST_ENTRIES:,}).",
                mend=_PLAIN,
            )
        if any(one.flag_bits & 1 for one in entries):
            raise refuse(
                "パスワードで保護されています。",
                "The file is protected by a password.",
                mend=Text("保護を外して保存し直してください。", "Save it again without protection."),
            )
        total = sum(one.file_size for one in entries)
        if total > _MOST_UNPACKED:
            raise refuse(
                f"展開すると大きすぎます（{total // 2**20:,} MiB、上限{_MOST_UNPACKED // 2**20} MiB）。",
                f"Unpacked it is too large ({total // 2**20:,} MiB; at most {_MOST_UNPACKED // 2**20} MiB).",
                mend=_PLAIN,
            )
        for one in entries:
            if one.file_size > _LARGE and one.file_size > _STEEPEST * max(1, one.compress_size):
                raise refuse(
                    f"圧縮率が異常です（{one.file_size // max(1, one.compress_size):,}倍）。展開しませんでした。",
                    f"It is compressed beyond belief ({one.file_size // max(1, one.compress_size):,} times); it was not"
                    " unpacked.",
                    where=one.filename[:100],
                    mend=_PLAIN,
                )
