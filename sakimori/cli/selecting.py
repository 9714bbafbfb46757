"""What `sakimori select` shows of a run: how far it is, and what it did."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from sakimori.errors import SakimoriError
from sakimori.selection import Progress
from sakimori.selection.engine import ENDED
from sakimori.selection.showing import shown
from sakimori.selection.unchanged import GREW
from sakimori.text import Text

_WARNED = {
    GREW: "読む間に大きくなりました / grew while it was read",
    ENDED: "承認の期間が終わり、そこで読むのをやめました / reading stopped: the authority's period ended",
}
_DAMAGED = "読めない部分があります / damaged capture"
_PAUSE = 0.25
_MEGA = 1_000_000


class Shown:
    """Shows how far a run is, how fast, and how long it will still take where the size of the input is known."""

    def __init__(self, captures: Sequence[str]) -> None:
        paths = [Path(name) for name in captures if name != "-"]
        plain = len(paths) == len(captures) and not any(path.suffix == ".gz" for path in paths)
        self._total = sum(path.stat().st_size for path in paths) if plain else None
        self._began = self._told = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        """Write one line over the last, at most four times a second."""
        now = time.monotonic()
        if now - self._told < _PAUSE:
            return
        self._told = now
        rate = progress.bytes / (now - self._began)
        line = f"{progress.captures} captures, {progress.packets:,} packets, {progress.bytes / _MEGA:,.0f} MB, "
        line += f"{rate * 8 / _MEGA:,.0f} Mbit/s"
        if self._total and rate:
            line += f", {max(self._total - progress.bytes, 0) / rate:,.0f} s 残り / left"
        click.echo(f"\r{line}    ", nl=False, err=True)


def require_files(captures: Sequence[str]) -> None:
    """Refuse captures given by name that are no regular files, and say how to give what is there; `-` is a pipe."""
    others = [name for name in captures if name != "-" and not Path(name).is_file()]
    there = [name for name in others if Path(name).exists()]
    if there:
        raise SakimoriError(
            Text(
                "ファイルではありません(パイプ、フォルダーなど)。", "this is no file but a pipe, a folder or the like."
            ),
            code="selection.not_a_file",
            where=", ".join(map(shown, there)),
            mend=Text(
                "パイプは名前でなく - を指定し、標準入力につないでください: sakimori select - … < 名前。"
                "フォルダーは中のファイルを指定してください。",
                "Give - instead of a pipe's name, and connect it to standard input: sakimori select - … < NAME. Of a "
                "folder, name the files.",
            ),
        )
    if others:
        raise SakimoriError(
            Text("ファイルがありません。", "there is no such file."),
            code="selection.no_file",
            where=", ".join(others),
            mend=Text("名前を確かめてください。", "Check the name."),
        )


def warned(warnings: Sequence[str]) -> Iterator[str]:
    """Yield what to say of captures that could not be read whole, or grew."""
    for warning in warnings:
        reason = warning.rpartition(": ")[2]
        yield f"{_WARNED.get(reason, _DAMAGED)}: {shown(warning)}"


def nothing_in(captures: Sequence[str], receipt: dict[str, Any]) -> Iterator[str]:
    """Yield what to say of captures in which there was nothing: files without a byte, or no packet in any."""
    for name in captures:
        if name != "-" and not _begins(name):
            yield f"空のファイルです(0 バイト) / an empty file, 0 bytes: {shown(Path(name).name)}"
    if receipt["input"]["packets"]:
        return
    damaged = receipt["captures"]["damaged"]
    yield "入力にパケットが一つもありませんでした" + ("。" if damaged else "(空か、見出しだけです)。")
    yield "There was not a single packet in the input" + ("." if damaged else " (empty, or headers only).")


def _begins(name: str) -> bool:
    """Say whether there is a byte in a file, whatever size the system tells: that of /proc/version is 0."""
    try:
        with Path(name).open("rb") as file:
            return bool(file.read(1))
    except OSError:
        return True  # that it cannot be read is told elsewhere


def tell(receipt: dict[str, Any], path: Path) -> None:
    """Print what a finished selection read and kept, and where its receipt lies."""
    if receipt["stamp"]:
        click.echo(receipt["stamp"])
    read, kept = receipt["input"], receipt["kept_flows"]
    lost = sum(amount["packets"] for amount in receipt["undecodable"].values())
    click.echo(f"{read['packets']:,} パケット ({lost:,} は解読不能) を選別し、{kept:,} の通信を記録しました。")
    click.echo(f"Selected from {read['packets']:,} packets ({lost:,} undecodable); kept {kept:,} flows.")
    for name, count in receipt["by_condition"].items():
        click.echo(f"  {name}: {count:,}")
    click.echo(f"証明 / receipt: {path}")
