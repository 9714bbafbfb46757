"""`sakimori assets`: check a list of computers, import it, draft and file notifications.

Exit status: 0 done or clean, 1 faults found or refused, 2 called wrongly (unknown operator, no such file).
"""

import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from tqdm import tqdm

from sakimori.cli import assets_filing
from sakimori.cli.act import Who, acting, as_somebody
from sakimori.cli.floor import REFUSED, set_up, spoken
from sakimori.cli.main import home_of

if TYPE_CHECKING:
    from datetime import date

    from sakimori.assets.importing import Checked
    from sakimori.assets.scoping import FacilityFacts
    from sakimori.assets.tables import RowFault
    from sakimori.assets.taking import Remembered, Wish

_LONG = 1_000_000  # bytes from which a bar is shown on a terminal
_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_WISHES = (
    click.option("--sheet", default="", help="Sheet, by name or number / シート"),
    click.option("--map", "mapped", multiple=True, metavar="HEADING=FIELD", help="What a column is / 列の対応"),
    click.option("--facility", default="", help="Facility of every row that names none / 設備"),
    click.option("--maker", default="", help="Maker of every row that names none / 製造者名"),
    click.option("--unit", default="", help="Kind of every row that names none: appliance, os, ... / 種別"),
    click.option("--introduced", default="", help="Day of introduction of every row that has none / 導入日"),
    click.option(
        "--leave-out", default="", metavar="ROW,...",
        help="Rows that are no computers (a total), by line of the file: 57,60-62 / 除く行（合計行など）",
    ),
)  # fmt: skip


def _wishes(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say how a file is to be read."""
    for option in reversed(_WISHES):
        command = option(command)
    return command


@click.group(name="assets")
@click.pass_context
def assets_group(ctx: click.Context) -> None:
    """Critical computers: check, import, draft, file / 特定重要電子計算機."""
    set_up(home_of(ctx.find_root()), founded=False)


@assets_group.command()
@_FILE
@click.option("--operator", required=True, help="Operator: its id, or its key in the sample world / 事業者")
@click.option("--world", default="", help="World / 世界 (default: the deployment's)")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row / 1行に1つの JSON")
@_wishes
@spoken
def check(file: Path, operator: str, world: str, as_json: bool, **wishes: Any) -> None:  # noqa: FBT001 - a flag
    """Check FILE (CSV, Excel, CycloneDX, SPDX, nmap): what the law makes of each row, and every fault.

    Nothing is stored.
    """
    from sakimori.assets import answers, taking  # noqa: PLC0415 - needs Django

    facilities, facts, today, remembered = _operator(operator, world, file.name)
    wish = _wish(wishes)
    with _progress(file) as progress:
        source = taking.read(file.read_bytes())
        sheet = taking.choose_sheet(source, wish.sheet)
        legend = taking.legend_for(source, sheet, facilities, remembered, wish)
        checked = taking.checked(source, sheet, legend, facilities, today, progress)
    for answer in answers.answers(checked, facts, today):
        click.echo(answers.dumps(answer) if as_json else _line(answer))
    if not as_json:
        _faults(checked)
    if checked.faults:
        sys.exit(REFUSED)


@assets_group.command(name="import")
@_FILE
@click.option("--key", default="", help="Idempotency key: the same call is done once / 冪等キー")
@click.option(
    "--conflicts",
    type=click.Choice(["ask", "take", "keep"]),
    default="ask",
    help="Where another list says otherwise: take this file's value, keep the register's, or refuse / 食い違い",
)
@click.option("--changed-on", default="", help="Day the changes happened; needed where computers change / 変更日")
@_wishes
@as_somebody
@spoken
def import_(
    file: Path, key: str, conflicts: str, changed_on: str, sheet: str, mapped: tuple[str, ...], facility: str,
    maker: str, unit: str, introduced: str, leave_out: str, **who: str,
) -> None:  # fmt: skip
    """Import FILE (CSV, Excel, CycloneDX, SPDX, nmap) as one act, whole or not at all, and print its receipt.

    Computers that the register has already are compared: what differs is changed by the same act, and then
    --changed-on says on which day it changed (the period of 命令3条1項 runs from it).
    """
    from sakimori.assets import intake  # noqa: PLC0415

    viewer = acting(Who(**who))
    wish = _wish(
        {"sheet": sheet, "mapped": mapped, "facility": facility, "maker": maker, "unit": unit,
         "introduced": introduced, "leave_out": leave_out}
    )  # fmt: skip
    with _progress(file) as progress:
        client = f"cli/{viewer.person}"
        upload = intake.take(viewer, file.read_bytes(), file.name, client=client, key=key, progress=progress, wish=wish)
    if upload.faulty:
        for fault in intake.faults_of(upload):
            click.echo(_fault(fault), err=True)
        raise intake.FaultyListError(intake.faults_of(upload), upload.count)
    decisions = {} if conflicts == "ask" else intake.all_conflicts(upload, conflicts)
    done = intake.perform(viewer, upload, client="cli", key=key, decisions=decisions, changed_on=_day(changed_on))
    for ja, en in upload.remarks:
        click.echo(f"{ja} / {en}", err=True)
    told = {} if upload.difference is None or not changed_on else {"changed_on": _day(changed_on)}
    _print({"act": done.act, "count": upload.count, **told, "repeated": done.repeated, "receipt": done.receipt})


assets_group.add_command(assets_filing.draft)
assets_group.add_command(assets_filing.file_)


def _wish(given: dict[str, Any]) -> "Wish":
    from sakimori.assets.taking import Wish, lines_of  # noqa: PLC0415

    columns = {}
    for pair in given["mapped"]:
        heading, equals, name = pair.rpartition("=")
        if not equals:
            raise click.BadParameter("見出し=項目 の形で書いてください / write HEADING=FIELD", param_hint="--map")
        columns[heading] = name
    fixed = {name: given[name] for name in ("facility", "maker", "unit")} | {"introduced_on": given["introduced"]}
    return Wish(given["sheet"], columns, fixed, lines_of(given["leave_out"]))


def _day(text: str) -> "date | None":
    from sakimori.assets.sources.values import day_written  # noqa: PLC0415

    found = day_written(text) if text else None
    if text and found is None:
        raise click.BadParameter(
            "2026-10-01 の形で書いてください / write a day as 2026-10-01", param_hint="--changed-on"
        )
    return found


def _operator(
    named: str, world_name: str, file: str
) -> "tuple[dict[str, str], dict[str, FacilityFacts], date, Remembered]":
    """Return an operator's facilities (by name and by id), today, and what it decided about files like this one.

    Taken from this deployment; where it does not know the operator, from the sample world.
    """
    from django.conf import settings  # noqa: PLC0415
    from django.db import DatabaseError  # noqa: PLC0415

    from sakimori.acts import clock  # noqa: PLC0415
    from sakimori.assets import drafting, intake, profiles, taking  # noqa: PLC0415
    from sakimori.parties.models import Organisation  # noqa: PLC0415
    from sakimori.record import Viewer  # noqa: PLC0415
    from sakimori.sample.organisations import identifier  # noqa: PLC0415

    world = clock.world(world_name or settings.SAKIMORI_DEPLOYMENT["default_world"])
    try:
        identity = uuid.UUID(named)
    except ValueError:
        identity = identifier("organisation", named)
    try:
        known = Organisation.objects.filter(id=identity, world=world.base, type="operator").exists()
    except DatabaseError:  # no deployment has been founded here
        known = False
    if not known:
        return _sample(named)
    viewer = Viewer(None, identity, "operator", "reporter", world.name)
    return (
        drafting.facilities_of(viewer),
        intake.facility_facts(viewer),
        clock.today(world.name),
        profiles.remembered(viewer, taking.source_name(file)),
    )


def _sample(named: str) -> "tuple[dict[str, str], dict[str, FacilityFacts], date, Remembered]":
    from sakimori.assets.scoping import FacilityFacts  # noqa: PLC0415
    from sakimori.sample.organisations import sample_world  # noqa: PLC0415

    world = sample_world()
    found = next((one for one in world.designations.values() if named in (one.operator, _id(one.operator))), None)
    if found is None:
        known = ", ".join(world.designations)
        raise click.BadParameter(
            f"この設置にも見本の世界にもない事業者です / no such operator here or in the sample world. {known}",
            param_hint="--operator",
        )
    names: dict[str, list[str]] = {}
    for facility in found.facilities:
        for name in (facility.name, facility.category):
            names.setdefault(name, []).append(str(facility.id))
    facts = {str(one.id): FacilityFacts(found.designated, False, one.in_place, None) for one in found.facilities}
    return {name: ids[0] for name, ids in names.items() if len(ids) == 1}, facts, world.today, lambda _: None


def _id(operator: str) -> str:
    from sakimori.sample.organisations import identifier  # noqa: PLC0415

    return str(identifier("organisation", operator))


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal while a long file is read; silent elsewhere."""
    hidden = True if file.stat().st_size < _LONG else None
    with tqdm(desc=file.name, unit="row", disable=hidden, file=sys.stderr, leave=False) as bar:

        def show(done: int) -> None:
            bar.update(done - bar.n)

        yield show


def _line(answer: dict[str, Any]) -> str:
    """Return one row as a person reads it."""
    if answer["errors"]:
        return f"{answer['line']:>6}  ✕  {answer['key']}"
    scope = {True: "該当 in", False: "対象外 out", None: "未確定 open"}[answer["in_scope"]]
    parts = (answer["key"], scope, answer["clause"] or "-", answer["notify"], str(answer["due"] or "-"))
    return f"{answer['line']:>6}  ✓  " + "  ".join(parts)


def _faults(checked: "Checked") -> None:
    for fault in checked.faults:
        click.echo(_fault(fault), err=True)
    for note in checked.notes:
        click.echo(f"{note.ja} / {note.en}", err=True)
    if checked.ignored:
        click.echo(f"読まなかった列 / columns not read: {', '.join(checked.ignored)}", err=True)
    bad = len({fault.line for fault in checked.faults})
    click.echo(
        f"{len(checked.lines)}行、誤りのある行 {bad}、誤り {len(checked.faults)}件"
        f" / {len(checked.lines)} rows, {bad} with faults, {len(checked.faults)} faults",
        err=True,
    )


def _fault(fault: "RowFault") -> str:
    from sakimori.assets import saying  # noqa: PLC0415

    called = saying.heading(fault.column)
    place = f"{fault.line}行目「{called.ja}」" if fault.column else f"{fault.line}行目"
    there = f"line {fault.line}, {called.en}" if fault.column else f"line {fault.line}"
    return f"{place}: {fault.what.ja} → {fault.mend.ja} / {there}: {fault.what.en} {fault.mend.en}"


def _print(document: dict[str, Any]) -> None:
    from sakimori.assets import answers  # noqa: PLC0415

    click.echo(answers.dumps(document))
