"""`sakimori law`: ask the law book. Needs no deployment.

Exit 0: answered; 1: findings; 2: unknown key or impossible date.
"""

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from sakimori import law
from sakimori.errors import SakimoriError
from sakimori.law import check as checks
from sakimori.law import egov, listing, printing, review
from sakimori.text import Text

P = ParamSpec("P")
R = TypeVar("R")
FOUND = 1
USAGE = 2


def _spoken(command: Callable[P, R]) -> Callable[P, R]:
    """Say an error in both languages on standard error and exit 2."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except SakimoriError as error:
            click.echo(error.explain("ja"), err=True)
            click.echo(error.explain("en"), err=True)
            sys.exit(USAGE)

    return run


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    when = law.parse_when(text)
    return when.date() if isinstance(when, datetime) else when


def _on(text: str | None) -> date:
    return _day(text) or checks.state_of(law.book())


def _dump(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


on_option = click.option("--on", metavar="DATE", help="The day whose law applies / この日の法による")
json_option = click.option("--json", "as_json", is_flag=True, help="Plain data / JSONで出す")


@click.group("law", context_settings={"help_option_names": ["-h", "--help"]})
def law_group() -> None:
    """The law as data: numbers, clocks, act kinds, labels, tables / データとしての法令."""


@law_group.command("show")
@click.argument("key")
@on_option
@json_option
@_spoken
def show(key: str, on: str | None, *, as_json: bool) -> None:
    """Show one entry: a rule, parameter, act kind, label, decision table, term or article (強化法17)."""
    entries = listing.show(law.book(), key, _on(on))
    if as_json:
        _dump({heading.en: data for heading, data in entries})
        return
    for heading, data in entries:
        click.echo(f"## {heading.ja} / {heading.en}")
        _print(data, 0)


def _print(data: object, depth: int) -> None:
    pad = "  " * depth
    if isinstance(data, dict) and set(data) == {"ja", "en"}:
        click.echo(f"{pad}{data['ja']}\n{pad}{data['en']}")
    elif isinstance(data, dict):
        for name, value in data.items():
            if isinstance(value, dict | list) and value:
                click.echo(f"{pad}{name}:")
                _print(value, depth + 1)
            elif value not in (None, [], {}):
                click.echo(f"{pad}{name}: {value}")
    elif isinstance(data, list):
        for item in data:
            if isinstance(item, dict):
                _print(item, depth)
                click.echo(f"{pad}-")
            else:
                click.echo(f"{pad}- {item}")


@law_group.command("list")
@click.option("--unknown", is_flag=True, help="Only what is unknown / 未詳のものだけ")
@click.option("--not-in-force", is_flag=True, help="Only what is not law on that day / 未施行のものだけ")
@on_option
@json_option
@_spoken
def list_entries(on: str | None, *, unknown: bool, not_in_force: bool, as_json: bool) -> None:
    """List every entry of the law book, one line each."""
    day = _on(on)
    chosen = [
        row
        for row in listing.rows(law.book(), day)
        if (not unknown or row.unknown) and (not not_in_force or not row.in_force)
    ]
    if as_json:
        _dump([_as_dict(row) for row in chosen])
        return
    click.echo(f"# {day.isoformat()} 現在 / as of {day.isoformat()}: {len(chosen)}", err=True)
    for row in chosen:
        marks = " ".join(mark for mark in ("" if row.in_force else "[未施行]", "[未詳]" if row.unknown else "") if mark)
        click.echo(
            f"{row.group}\t{row.key}\t{row.value}\t{row.article}\t{row.title.ja} / {row.title.en}\t{marks}".rstrip()
        )
        if unknown and row.note is not None:
            click.echo(f"\t{row.note.ja}\n\t{row.note.en}")


def _as_dict(row: listing.Row) -> dict[str, object]:
    return {
        "group": row.group,
        "key": row.key,
        "title": listing.both(row.title),
        "value": row.value,
        "article": row.article,
        "in_force": row.in_force,
        "unknown": row.unknown,
        "confidence": row.confidence,
        "note": listing.both(row.note),
    }


@law_group.command("deadline")
@click.argument("rule")
@click.option("--from", "start", required=True, metavar="WHEN", help="Day or moment the clock starts / 起算の日時")
@click.option("--set", "facts", multiple=True, metavar="NAME=VALUE", help="A fact of the rule / 規定の事実")
@click.option("--known", metavar="DATE", help="As known on that day only / その日に知られていたことだけで")
@on_option
@json_option
@_spoken
def deadline(
    rule: str, start: str, facts: tuple[str, ...], known: str | None, on: str | None, *, as_json: bool
) -> None:
    """Compute when something is due by RULE, with the derivation."""
    given: dict[str, object] = {}
    for fact in facts:
        name, equals, value = fact.partition("=")
        if not equals or not name or not value:
            raise law.FactError(
                Text(f"--set は 名前=値 の形です: {fact}", f"--set takes name=value, not '{fact}'"), where=fact
            )
        given[name] = value
    law.rule(rule)
    answer = law.deadline(rule, law.parse_when(start), on=_day(on), facts=given, known=_day(known))
    if as_json:
        _dump(answer.as_dict())
        return
    due = answer.due.isoformat() if answer.due else "-"
    click.echo(f"{answer.rule}: {due}")
    reason = (answer.reason,) if answer.reason and answer.reason not in answer.derivation else ()
    for line in (*answer.derivation, *reason):
        click.echo(f"  {line.ja}\n  {line.en}")


@law_group.command("check")
@on_option
@_spoken
def check(on: str | None) -> None:
    """Check the whole law book; exit 1 and a list when something is wrong."""
    book = law.book()
    found = checks.check(book, _on(on))
    for line in found:
        click.echo(f"{line.ja}\n{line.en}", err=True)
    if found:
        sys.exit(FOUND)
    counts = f"{len(book.parameters)} parameters, {len(book.rule_versions)} rules, {len(book.kind_versions)} act kinds"
    click.echo(f"問題ありません / clean: {counts}, digest {book.digest}")


@law_group.command("book")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Directory / 出力先")
@click.option("--html-only", is_flag=True, help="No PDF / PDFを作らない")
@click.option("--fonts", type=click.Path(path_type=Path, file_okay=False), help="Folder of fonts / 書体のフォルダ")
@on_option
@_spoken
def write_book(out: Path, fonts: Path | None, on: str | None, *, html_only: bool) -> None:
    """Write the reviewable book in Japanese and English, as HTML and PDF, unknowns first."""
    book, day = law.book(), _on(on)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for language in ("ja", "en"):
            path = out / f"law-book.{language}.html"
            path.write_text(review.page(book, day, language), encoding="utf-8")
            click.echo(str(path))
        for language in () if html_only else ("ja", "en"):
            path = out / f"law-book.{language}.pdf"
            path.write_bytes(printing.pdf(book, day, language, fonts))
            click.echo(str(path))
    except OSError as error:
        raise law.LawError(
            Text(f"書き出せません: {error.strerror}", f"Cannot be written: {error.strerror}"), where=str(out)
        ) from error


@law_group.command("diff")
@click.argument("xml", metavar="EGOV_XML", type=click.Path(path_type=Path))
@click.option("--record", type=click.Path(path_type=Path), help="Keep this text's digests / 読んだ本文の要約値を残す")
@click.option("--on", metavar="DATE", help="The day whose text this is / この日の本文")
@json_option
@_spoken
def diff(xml: Path, record: Path | None, on: str | None, *, as_json: bool) -> None:
    """Compare an e-Gov law XML with our references; exit 1 when they differ."""
    book = law.book()
    try:
        content = xml.read_bytes()
    except OSError as error:
        raise law.LawError(
            Text(f"ファイルを読めません: {error.strerror}", f"The file cannot be read: {error.strerror}"),
            where=str(xml),
        ) from error
    text = egov.read_xml(content, str(xml))
    instrument = egov.instrument_of(book, text, str(xml))
    if record is not None:
        _keep(record, egov.record(instrument, text))
    found = egov.compare(book, instrument, text, _on(on))
    if as_json:
        _dump([_difference(item) for item in found])
    else:
        click.echo(f"{instrument.name} ({text.number}): {len(found)}")
        for item in found:
            places = f" [{', '.join(item.where)}]" if item.where else ""
            click.echo(f"{item.kind}\t{instrument.name}{item.ref}\t{item.what.ja} / {item.what.en}{places}")
    if found:
        sys.exit(FOUND)


def _keep(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise law.LawError(
            Text(f"書き出せません: {error.strerror}", f"Cannot be written: {error.strerror}"), where=str(path)
        ) from error


def _difference(item: egov.Difference) -> dict[str, object]:
    return {"kind": item.kind, "article": item.ref, "where": list(item.where), "what": listing.both(item.what)}
