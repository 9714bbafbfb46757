"""How the story is told: short sentences in Japanese, the English beneath, with articles and receipts."""

import textwrap
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

import click
from tqdm import tqdm

from sakimori.text import Text

WIDTH = 100
FEW = 10
T = TypeVar("T")


class Teller:
    """Prints the story as it happens."""

    def title(self, text: Text) -> None:
        """Print the title of the whole story."""
        click.echo()
        click.secho(text.ja, bold=True)
        click.secho(text.en, dim=True)

    def step(self, number: int, text: Text) -> None:
        """Print the heading of a step."""
        click.echo()
        click.secho(f"━━ {number}. {text.ja}", bold=True, fg="blue")
        click.secho(f"      {text.en}", dim=True)

    def say(self, ja: str, en: str, *, article: str = "") -> None:
        """Print one sentence in both languages, with the article it rests on."""
        basis = f"  〔{article}〕" if article else ""
        click.echo(f"   ・{ja}{basis}")
        for line in textwrap.wrap(en, WIDTH):
            click.secho(f"     {line}", dim=True)

    def receipt(self, receipt: Mapping[str, Any]) -> None:
        """Print the receipt (記録証明) of an act in one line."""
        click.secho(
            f"     └ 記録証明 {receipt['act_id'][:8]} · {receipt['kind']} · {receipt['recorded_at'][:16]} · "
            f"{receipt['origin']} · {receipt['commitment'][:12]}…",
            fg="green",
        )

    def table(self, rows: Iterable[Iterable[Any]]) -> None:
        """Print rows of a small table."""
        for row in rows:
            click.echo("       " + "  ".join(str(cell) for cell in row))

    def progress(self, items: Collection[T], what: Text) -> Iterable[T]:
        """Return the items, with a progress bar on a terminal where there are many."""
        few = len(items) <= FEW
        return tqdm(items, desc=f"{what.ja} / {what.en}", leave=False, disable=True if few else None)

    def derivation(self, lines: Iterable[str]) -> None:
        """Print how a due day was computed."""
        for line in lines:
            click.secho(f"       {line}", fg="yellow")
