"""`sakimori act`: perform, propose, confirm and refuse acts on this machine's deployment, as somebody enrolled there.

The person named by `--as` must hold the role: the command line goes through the same door as site and API. Results are
JSON on standard output, one document a command, so that scripts can go on with them.
"""

import json
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import click

from sakimori.cli.floor import set_up, spoken
from sakimori.cli.main import home_of
from sakimori.errors import SakimoriError
from sakimori.text import Text

if TYPE_CHECKING:
    from sakimori.record import Viewer


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts: log-in name, and role and world where the person has several."""

    login: str
    role: str
    world: str


def as_somebody(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name who acts: `--as`, `--role`, `--world` (see `Who`)."""
    for option in (
        click.option("--world", default="", help="World / 世界 (default: the deployment's)"),
        click.option("--role", default="", help="Role, or ORGANISATION-ID/ROLE / 役割"),
        click.option("--as", "login", required=True, help="Log-in name of who acts / 行う人のログイン名"),
    ):
        command = option(command)
    return command


@click.group(name="act")
@click.pass_context
@spoken
def act_group(ctx: click.Context) -> None:
    """Perform, propose, confirm acts / 行為を行う・提案する・確認する."""
    set_up(home_of(ctx.find_root()))
    from sakimori.acts import standing  # noqa: PLC0415 - needs Django

    standing.look()


@act_group.command()
@click.argument("kind")
@click.option("--payload", type=click.File("rb"), required=True, help="JSON file, or - / 内容の JSON")
@click.option("--key", default="", help="Idempotency key: the same call is done once / 冪等キー")
@click.option("--batch", type=click.UUID, help="Staged batch of a bulk act / 取込み済みの束")
@as_somebody
@spoken
def perform(kind: str, payload: IO[bytes], key: str, batch: uuid.UUID | None, **who: str) -> None:
    """Perform an act of KIND and print its id, subject and receipt."""
    from sakimori.acts import door  # noqa: PLC0415 - needs Django

    done = door.perform(kind, _read(payload), by=acting(Who(**who)), idempotency_key=key, client="cli", batch=batch)
    _print(_performed(done))


@act_group.command()
@click.argument("kind")
@click.option("--payload", type=click.File("rb"), required=True, help="JSON file, or - / 内容の JSON")
@click.option("--key", default="", help="Idempotency key / 冪等キー")
@click.option("--batch", type=click.UUID, help="Staged batch / 取込み済みの束")
@as_somebody
@spoken
def propose(kind: str, payload: IO[bytes], key: str, batch: uuid.UUID | None, **who: str) -> None:
    """Propose an act of KIND; a second person confirms it."""
    from sakimori.acts import proposals  # noqa: PLC0415

    made = proposals.propose(
        kind, _read(payload), by=acting(Who(**who)), idempotency_key=key, client="cli", batch=batch
    )
    _print({"proposal": made.id, "kind": made.kind, "digest": made.digest, "expires_at": made.expires_at})


@act_group.command()
@click.argument("proposal", type=click.UUID)
@click.option("--key", default="", help="Idempotency key / 冪等キー")
@as_somebody
@spoken
def confirm(proposal: uuid.UUID, key: str, **who: str) -> None:
    """Confirm PROPOSAL as its second person; the act is done then."""
    from sakimori.acts import proposals  # noqa: PLC0415

    _print(_performed(proposals.confirm(proposal, by=acting(Who(**who)), idempotency_key=key, client="cli")))


@act_group.command()
@click.argument("proposal", type=click.UUID)
@click.option("--reason", required=True, help="Why / 理由")
@as_somebody
@spoken
def refuse(proposal: uuid.UUID, reason: str, **who: str) -> None:
    """Refuse PROPOSAL, or withdraw one's own."""
    from sakimori.acts import proposals  # noqa: PLC0415

    _print(_performed(proposals.refuse(proposal, reason, by=acting(Who(**who)))))


@act_group.command(name="list")
@click.option("--proposals", "what", flag_value="acts.proposals", help="Open proposals / 待っている提案")
@click.option("--done", "what", flag_value="acts.done", default="acts.done", help="Acts done / 行った行為")
@as_somebody
@spoken
def list_(what: str, **who: str) -> None:
    """Print the acts (or the open proposals) of one's organisation, one JSON document a line."""
    from sakimori.acts import reading  # noqa: PLC0415

    for row in reading.read(acting(Who(**who)), what):
        click.echo(json.dumps(row, default=str, ensure_ascii=False))


@act_group.command()
@as_somebody
@spoken
def kinds(**who: str) -> None:
    """Print the kinds this role may perform here: name, second person, title."""
    from sakimori.web import kinds as offered  # noqa: PLC0415

    for kind in offered.performable(acting(Who(**who))):
        click.echo(f"{kind.name}\t{kind.second_person}\t{kind.title.ja} / {kind.title.en}")


def _read(stream: IO[bytes]) -> dict[str, Any]:
    try:
        found = json.loads(stream.read())
    except ValueError as error:
        raise _no_payload(str(error)) from None
    if not isinstance(found, dict):
        raise _no_payload("")
    return found


def _no_payload(detail: str) -> SakimoriError:
    return SakimoriError(
        Text("内容は JSON の対象（{…}）でなければなりません。", "The payload must be a JSON object ({…})."),
        code="cli.payload",
        where=detail or None,
        mend=Text("UTF-8 の JSON ファイルを指定してください。", "Give a JSON file in UTF-8."),
    )


def acting(who: Who) -> "Viewer":
    """Return the viewer named on the command line; `SakimoriError` where there is none, or more than one."""
    from django.conf import settings  # noqa: PLC0415

    from sakimori.acts import clock  # noqa: PLC0415
    from sakimori.parties.models import Account  # noqa: PLC0415
    from sakimori.parties.queries import viewers_of  # noqa: PLC0415

    world = clock.world(who.world or settings.SAKIMORI_DEPLOYMENT["default_world"])
    account = Account.objects.filter(login=who.login, is_active=True).first()
    if account is None:
        raise SakimoriError(
            Text(f"ログイン名「{who.login}」の人はいません。", f"Nobody has the log-in name “{who.login}”."),
            code="cli.login",
            where="--as",
        )
    found = viewers_of(account.person, world.name, world.base, clock.today(world.name))
    wanted = [viewer for viewer in found if who.role in ("", viewer.role, f"{viewer.organisation}/{viewer.role}")]
    if len(wanted) == 1:
        return wanted[0]
    offered = ", ".join(f"{viewer.organisation}/{viewer.role}" for viewer in found) or "-"
    raise SakimoriError(
        Text("役割が一つに定まりません。", "This does not name exactly one role."),
        code="cli.role",
        where="--role",
        mend=Text(f"次から選んでください: {offered}", f"Choose one of: {offered}"),
    )


def _performed(done: Any) -> dict[str, Any]:
    return {
        "act": done.act,
        "kind": done.kind,
        "subject": {"type": done.subject.type, "id": done.subject.id},
        "repeated": done.repeated,
        "receipt": done.receipt,
    }


def _print(document: dict[str, Any]) -> None:
    json.dump(document, sys.stdout, default=str, ensure_ascii=False, indent=2)
    click.echo()
