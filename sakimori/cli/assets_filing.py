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

if TYPE_CHECKING:
    from sakimori.assets.letters import Letter
    from sakimori.record import Viewer

_KINDS = {
    "notification": "assets.notification.file",
    "change": "assets.change_notification.file",
    "substitute": "assets.substitute.file",
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
    """Show everything that waits, exactly as it would leave: printed as JSON, or written as files with --out."""
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
        click.echo("届け出るものはありません。 / Nothing waits: No computer waits to be notified.", err=True)
    return found


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
