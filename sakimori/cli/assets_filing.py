"""`sakimori assets draft` and `file`: what would leave, as data, Excel or PDF; and proposing it.

One document a facility category (a prior-review paper: one a paper). A second person confirms (`sakimori act confirm`).
"""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sakimori.cli.act import Who, acting, as_somebody
from sakimori.cli.floor import spoken
from sakimori.text import Text

if TYPE_CHECKING:
    from sakimori.assets.letters import Letter
    from sakimori.record import Viewer

_KINDS = {
    "notification": "assets.notification.file",
    "change": "assets.change_notification.file",
    "substitute": "assets.substitute.file",
}
_NOTHING = {
    "notification": Text("届け出る電子計算機はありません。", "Nothing waits: No computer waits to be notified."),
    "change": Text("届け出る変更はありません。", "Nothing waits: no change waits to be notified."),
    "substitute": Text("代替届出の対象はありません。", "Nothing waits: no substitute filing waits."),
}
_OTHERS = {
    "notification": Text("ほかに、届け出る電子計算機があります", "Besides, new computers wait to be notified"),
    "change": Text("ほかに、届け出る変更があります", "Besides, changes wait to be notified"),
}
_CONTACT = ("department", "person", "telephone", "email")
_WHAT = (
    click.option("--form", type=click.Choice(sorted(_KINDS)), default="notification", help="Which filing / 届出の種類"),
    click.option(
        "--category", default="", help="Facility category / 特定重要設備の区分 (default: every one that waits)"
    ),
    click.option("--contact-department", "department", default="", help="Contact sheet (substitute) / 連絡先の部署"),
    click.option("--contact-person", "person", default="", help="Contact sheet / 連絡先の氏名"),
    click.option("--contact-telephone", "telephone", default="", help="Contact sheet / 連絡先の電話番号"),
    click.option("--contact-email", "email", default="", help="Contact sheet / 連絡先の電子メール"),
)


def _what(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what is to be filed."""
    for option in reversed(_WHAT):
        command = option(command)
    return command


@click.command()
@_what
@click.option("--format", "wanted", type=click.Choice(["json", "xlsx", "pdf"]), default="json", help="Format / 形式")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Directory for files / 出力先のフォルダ")
@as_somebody
@spoken
def draft(form: str, category: str, wanted: str, out: Path | None, **options: str) -> None:
    """Show everything that waits of one kind of filing, exactly as it would leave: as JSON, or as files with --out.

    届出の種類（--form）ごとに、届け出るものをすべて示します。ほかの種類に届け出るものがあれば、そのことも示します。
    """
    from sakimori.acts import clock  # noqa: PLC0415
    from sakimori.assets.forms import exporting  # noqa: PLC0415

    viewer, contact = _taken(options)
    if out is None and wanted != "json":
        raise click.UsageError("--out が要ります / --out is needed for this format.")
    for letter in _letters(viewer, form, category, contact):
        told: dict[str, Any] = {"facility_category": letter.category, "sha256": letter.digest}
        if out is None:
            _print({**told, "payload": letter.payload})
            continue
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"{form}-{letter.digest[:16]}.{wanted}"
        stamp = clock.world(viewer.world).stamp or ""
        today = clock.today(viewer.world)
        path.write_bytes(exporting.export(letter.form, letter.payload, wanted, today, language="ja", stamp=stamp))
        _print({**told, "file": str(path)})
    _say_others(viewer, form, category)


@click.command(name="file")
@_what
@click.option("--key", default="", help="Idempotency key / 冪等キー")
@as_somebody
@spoken
def file_(form: str, category: str, key: str, **options: str) -> None:
    """Propose the filing of everything that waits; a second person confirms it (`sakimori act confirm`)."""
    from sakimori.acts import proposals  # noqa: PLC0415

    viewer, contact = _taken(options)
    for letter in _letters(viewer, form, category, contact):
        made = proposals.propose(
            letter.form.kind,
            letter.payload,
            by=viewer,
            idempotency_key=f"{key}/{letter.category}"[:100] if key else "",
            client="cli",
        )
        _print(
            {
                "proposal": made.id,
                "facility_category": letter.category,
                "computers": letter.count,
                "sha256": letter.digest,
                "expires_at": made.expires_at,
            }
        )
    _say_others(viewer, form, category)


def _taken(options: dict[str, str]) -> "tuple[Viewer, dict[str, str]]":
    contact = {name: options.pop(name) for name in _CONTACT}
    return acting(Who(**options)), contact


def _letters(viewer: "Viewer", form: str, category: str, contact: dict[str, str]) -> "list[Letter]":
    from sakimori import law  # noqa: PLC0415
    from sakimori.acts import authority, clock  # noqa: PLC0415
    from sakimori.assets import letters  # noqa: PLC0415

    authority.require(law.kind(_KINDS[form]), viewer, drafting=True)
    found = [letters.letter(draft, clock.today(viewer.world)) for draft in _drafts(viewer, form, category, contact)]
    if not found:
        nothing = _NOTHING[form]
        click.echo(f"{nothing.ja} / {nothing.en}", err=True)
    return found


def _say_others(viewer: "Viewer", asked: str, category: str) -> None:
    """Say on standard error what waits in another form than was asked for, until when, and how it is shown."""
    form, computers, days = _new(viewer, category) if asked == "change" else _changed(viewer, category)
    if not computers:
        return
    due = min((day for day in days if day is not None), default=None)
    until = Text(f"、期限は{due}", f", due {due}") if due else Text("", "")
    said = _OTHERS[form]
    click.echo(
        f"{said.ja}（{computers}台{until.ja}）。`--form {form}` で示します。 / "
        f"{said.en} ({computers} computer{'' if computers == 1 else 's'}{until.en}): see them with `--form {form}`.",
        err=True,
    )


def _changed(viewer: "Viewer", category: str) -> tuple[str, int, list[Any]]:
    from sakimori.acts import reading  # noqa: PLC0415

    rows = list(reading.read(viewer, "assets.changes_to_notify", facility_category=category))
    return "change", len(rows), [row["due_on"] for row in rows]


def _new(viewer: "Viewer", category: str) -> tuple[str, int, list[Any]]:
    from sakimori.acts import reading  # noqa: PLC0415
    from sakimori.assets import drafting  # noqa: PLC0415

    counted = {one: n for one, n in drafting.waiting_categories(viewer).items() if category in ("", one)}
    duties = {duty for one in counted for duty in drafting.waiting_by_duty(viewer, one)}
    days = [row["due_on"] for row in reading.read(viewer, "assets.due_days") if row["id"] in duties]
    return "notification", sum(counted.values()), days


def _drafts(viewer: "Viewer", form: str, category: str, contact: dict[str, str]) -> list[Any]:
    from sakimori.assets import drafting  # noqa: PLC0415
    from sakimori.assets.forms import drafts  # noqa: PLC0415

    if form == "notification":
        return [
            drafting.draft(viewer, one) for one in ([category] if category else drafting.waiting_categories(viewer))
        ]
    if form == "change":
        return [drafts.changes(viewer, one) for one in ([category] if category else drafts.waiting_changes(viewer))]
    papers: list[uuid.UUID] = [one.paper for one in drafts.substitutes(viewer) if category in ("", one.category)]
    return [drafts.substitute(viewer, paper, _sheet(contact)) for paper in papers]


def _sheet(contact: dict[str, str]) -> Any:
    from pydantic import ValidationError  # noqa: PLC0415

    from sakimori.assets.forms.payloads import Contact  # noqa: PLC0415

    try:
        return Contact.model_validate(contact)
    except ValidationError as error:
        named = ", ".join(f"--contact-{one['loc'][0]}" for one in error.errors())
        raise click.UsageError(f"連絡先を入れてください / The contact sheet needs: {named}") from None


def _print(document: dict[str, Any]) -> None:
    from sakimori.assets import answers  # noqa: PLC0415

    click.echo(answers.dumps(document))
