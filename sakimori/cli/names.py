"""`sakimori names`: official names of makers and products from open data: fetch, load from a file, show.

A machine without network loads the same file that another one fetched; its SHA-256 is kept and shown either way.
"""

import sys
import time
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sakimori.cli.floor import set_up, spoken
from sakimori.cli.main import home_of
from sakimori.errors import SakimoriError
from sakimori.text import Text

if TYPE_CHECKING:
    from sakimori.assets.models import NameSource

SOURCES = {
    "kev": "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    "cpe": "https://nvd.nist.gov/feeds/json/cpe/2.0/nvdcpe-2.0.tar.gz",
    "jvn": "https://jvndb.jvn.jp/myjvn?method=getProductList&feed=hnd",
}
"""Where the open lists are published; `--url` names a copy elsewhere, over https."""

_SECONDS = 60.0
_PAUSE = 1.0  # seconds between two requests for pages of one list: a public service is not hurried (house rule)
_PIECE = 1 << 16
_HIDDEN = 200


@click.group("names")
def names_group() -> None:
    """Official names of makers and products from open data / 製品の正式な名称."""


@names_group.command("fetch")
@click.argument("source", type=click.Choice(sorted(SOURCES)))
@click.option("--url", help="Another address, https only / 別の所在（https のみ）")
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False), help="Also keep the file here / 保存先")
@click.option("--digest", help="Its SHA-256, where you know it: refused otherwise / 一致を確かめる SHA-256")
@click.pass_context
@spoken
def fetch(ctx: click.Context, source: str, url: str | None, save: Path | None, digest: str | None) -> None:
    """Fetch a list over https and load it / 取得して読み込む."""
    from sakimori.matching.jvnpages import every_page  # noqa: PLC0415 - shows help fast

    address = url or SOURCES[source]
    data = every_page(_fetched, address, pause=lambda: time.sleep(_PAUSE)) if source == "jvn" else _fetched(address)
    _check(data, digest)
    if save is not None:
        save.write_bytes(data)
    set_up(home_of(ctx))
    _told(_load(data, address))


@names_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--digest", help="Its SHA-256: refused otherwise / 一致を確かめる SHA-256")
@click.pass_context
@spoken
def load(ctx: click.Context, file: Path, digest: str | None) -> None:
    """Load a list from a file: KEV, CPE, MyJVN or CSV / ファイルから読み込む."""
    from sakimori.matching.dictionary import SIZE_LIMIT, DictionaryError  # noqa: PLC0415 - shows help fast

    if file.stat().st_size > SIZE_LIMIT:
        raise DictionaryError(Text("ファイルが大きすぎます。", "The file is too large."), where=file.name)
    data = file.read_bytes()
    _check(data, digest)
    set_up(home_of(ctx))
    _told(_load(data, file.name))


@names_group.command("show")
@click.argument("maker", required=False)
@click.argument("product", required=False)
@click.pass_context
@spoken
def show(ctx: click.Context, maker: str | None, product: str | None) -> None:
    """Show what is loaded; with a maker and a product, what they may be / 読み込んだ一覧、または候補."""
    set_up(home_of(ctx))
    from sakimori.assets.models import NameSource  # noqa: PLC0415 - needs Django
    from sakimori.assets.naming.spelling import suggested  # noqa: PLC0415

    if maker is None or product is None:
        found = list(NameSource.objects.order_by("source"))
        for one in found:
            _told(one)
        if not found:
            click.echo("読み込んだ辞書はありません。 / No dictionary is loaded.\nsakimori names fetch kev|cpe|jvn")
        return
    rows = suggested(maker[:_HIDDEN], product[:_HIDDEN])
    for row in rows:
        click.echo(f"{row.score:3} {row.official.vendor} {row.official.product} [{row.official.cpe or '-'}]")
        click.echo(f"    {row.reason.ja} / {row.reason.en}")
    if not rows:
        click.echo("近い名称はありません。 / Nothing near.")
        sys.exit(1)


def _fetched(url: str) -> bytes:
    """Return what lies at an https address, no more than a dictionary may have; `SakimoriError` otherwise."""
    import httpx  # noqa: PLC0415 - only where something is fetched

    from sakimori.matching.dictionary import SIZE_LIMIT  # noqa: PLC0415

    if not url.startswith("https://"):
        raise _unreachable(Text("https の所在だけを受け付けます", "only https addresses are taken"), url)
    pieces, size = [], 0
    try:
        with (
            httpx.Client(timeout=_SECONDS, follow_redirects=True, max_redirects=3) as client,
            client.stream("GET", url) as answer,
        ):
            if answer.url.scheme != "https":
                raise _unreachable(Text("https でない所在へ転送されました", "it leads away from https"), url)
            answer.raise_for_status()
            for piece in answer.iter_bytes(_PIECE):
                size += len(piece)
                if size > SIZE_LIMIT:
                    raise _unreachable(Text("大きすぎます", "it is too large"), url)
                pieces.append(piece)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        said = str(error) or type(error).__name__
        raise _unreachable(Text(f"取得できません（{said}）", f"it cannot be fetched ({said})"), url) from None
    return b"".join(pieces)


def _unreachable(what: Text, url: str) -> SakimoriError:
    return SakimoriError(
        Text(f"名称の一覧: {what.ja}。何も変わっていません。", f"The list of names: {what.en}. Nothing has changed."),
        code="names.fetch",
        where=url,
        mend=Text(
            "ネットワークのある機械で取得し、`sakimori names load ファイル` で読み込んでください。",
            "Fetch it on a machine with network and load it: `sakimori names load FILE`.",
        ),
    )


def _check(data: bytes, digest: str | None) -> None:
    """Refuse (`SakimoriError`) a file whose SHA-256 is another than the one expected."""
    import hashlib  # noqa: PLC0415 - beside its only use

    found = hashlib.sha256(data).hexdigest()
    if digest is not None and found != digest.strip().lower():
        raise SakimoriError(
            Text(f"SHA-256 が一致しません（{found}）。", f"The SHA-256 differs ({found}). Nothing has changed."),
            code="names.digest",
            where=digest,
            mend=Text("ファイルを取り直してください。", "Fetch the file again."),
        )


def _load(data: bytes, origin: str) -> "NameSource":
    from sakimori.assets.naming.loading import load as put  # noqa: PLC0415 - needs Django

    return put(data, origin)


def _told(one: "NameSource") -> None:
    click.echo(
        f"{one.source}: {one.names} 件 / names, 除外 {one.left_out} / left out, {one.origin}, "
        f"{one.loaded_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC\n  SHA-256 {one.digest}"
    )
