"""`sakimori init`: found a deployment in an empty home, with its organisation and its first administrator.

On a terminal it asks for what the options do not say; a script gives everything as options (`--json` tells what was
made). A run that was broken off goes on where it stopped.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sakimori.cli.asking import Answers, ask
from sakimori.cli.floor import set_up, spoken
from sakimori.errors import SakimoriError
from sakimori.law.authorities import authorities, authority
from sakimori.parties.numbers import corporate_number
from sakimori.text import Text, one_line, readable
from sakimori.web import deployment, founding

_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{1,99}")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_KEPT = "init.answers.json"


@click.command()
@click.option("--name", help="Short name, part of the log's origin / 短い名前")
@click.option("--edition", type=click.Choice(deployment.EDITIONS))
@click.option("--title-ja", help="Title of the site / サイトの名前")
@click.option("--title-en")
@click.option("--url", help="Address people will use / 利用者が開くアドレス  [default: http://127.0.0.1:8080]")
@click.option("--host", "hosts", multiple=True, help="Host names the site answers to / 受け付けるホスト名")
@click.option("--organisation-ja", help="Name of your organisation / 組織の名称")
@click.option("--organisation-en")
@click.option("--corporate-number", help="13 digits / 法人番号")
@click.option("--address", help="Address / 所在地")
@click.option("--authority", "hosted", multiple=True, type=click.Choice([one.code for one in authorities()]),
              help="Authority hosted here; the first is the administrator's / この設置が担う官庁")  # fmt: skip
@click.option("--admin-name", help="First administrator / 最初の管理者")
@click.option("--admin-name-en")
@click.option("--admin-login", help="Log-in name / ログイン名")
@click.option("--admin-email")
@click.option("--second-name", help="Second administrator / 二人目の管理者")
@click.option("--second-login")
@click.option("--second-email")
@click.option("--ask/--no-ask", "asking", default=None, help="Ask for what is missing / 足りないことを尋ねる")
@click.option("--json", "as_json", is_flag=True, help="Tell what was made as JSON / 結果を JSON で")
@click.pass_context
@spoken
def init(ctx: click.Context, /, asking: bool | None, as_json: bool, **given: Any) -> None:  # noqa: FBT001 - flags of click
    """Found a deployment: home, keys, tables, organisation, first administrator / 設置を始める."""
    home: Path = (ctx.obj or {}).get("home") or deployment.home()
    told = {name: value for name, value in given.items() if value not in (None, (), "")}
    asks = sys.stdin.isatty() if asking is None else asking
    answers = Answers.at(home / _KEPT)
    if asks:
        told = _dialogue(answers, told)
    told.setdefault("name", _short(told))
    _require(told)
    _found(home, told)
    set_up(home)
    founding.create_keys()
    founding.migrate()
    people = _people(told)
    made = founding.enrol(_organisation(told), tuple(told.get("hosted", ())), people) if people else []
    answers.forget()
    _report(home, told, made, as_json=as_json)


def _dialogue(answers: Answers, told: dict[str, Any]) -> dict[str, Any]:
    """Return what was told, with everything missing asked for."""
    click.echo(
        "防人の設置を始めます。[ ] 内は Enter だけで決まります。途中でやめても答えは残ります。\n"
        "This founds a Sakimori deployment. Enter takes what stands in [ ]. Nothing answered is lost if you stop.",
        err=True,
    )
    found = dict(told)

    def want(name: str, question: Text, **how: Any) -> None:
        if name not in found:
            found[name] = ask(answers, name, question, **how)

    found.setdefault("edition", answers.given.get("edition", "operator"))
    if found["edition"] == "operator":
        want("organisation_ja", Text("組織の名称", "Name of your organisation in Japanese"), check=_line)
        want("corporate_number", Text("法人番号（13桁）", "Corporate number, 13 digits"), check=corporate_number)
    elif "hosted" not in found:
        offered = [one.code for one in authorities() if _fits(one.type, found["edition"])]
        first = ask(answers, "hosted", Text("担う官庁", "Authority"), choices=offered, default=offered[0])
        found["hosted"] = (first,)
    want("admin_name", Text("最初の管理者の氏名", "First administrator's name"), check=_line)
    want("admin_login", Text("そのログイン名", "Log-in name"), check=_login)
    return {name: value for name, value in found.items() if value not in ("", ())}


def _fits(kind: str, edition: str) -> bool:
    return kind == "committee" if edition == "committee" else kind not in ("committee", "operator")


def _require(told: dict[str, Any]) -> None:
    """Refuse (`SakimoriError`) what no deployment can be founded with, naming every fault at once."""
    if told.get("hosted"):
        first = authority(told["hosted"][0])
        told.setdefault("organisation_ja", first.name.ja if first else "")
        told.setdefault("organisation_en", first.name.en if first else "")
    told.setdefault("name", "")
    told.setdefault("edition", "")
    told.setdefault("title_ja", told.get("organisation_ja", ""))
    told.setdefault("title_en", told.get("organisation_en", "") or told["title_ja"])
    checks: dict[str, Callable[[str], str]] = {
        "name": _short_name, "title_ja": _line, "title_en": _line, "corporate_number": corporate_number,
        "admin_login": _login, "second_login": _login, "admin_name": _line, "second_name": _line, "address": _line,
        "organisation_ja": _line, "organisation_en": _line,
    }  # fmt: skip
    faults = [] if told["edition"] in deployment.EDITIONS else ["--edition"]
    for name, check in checks.items():
        try:
            if name in told:
                told[name] = check(str(told[name]))
        except ValueError as error:
            faults.append(f"--{name.replace('_', '-')}: {error}")
    halves = [role for role in ("admin", "second") if (f"{role}_name" in told) != (f"{role}_login" in told)]
    faults += [f"--{role}-name, --{role}-login" for role in halves]
    if told.get("admin_login") and told.get("admin_login") == told.get("second_login"):
        faults.append("--second-login: 二人に同じログイン名は使えません / two people cannot share a log-in name")
    if "admin_name" in told and not told.get("organisation_ja"):
        faults.append("--organisation-ja" if told["edition"] == "operator" else "--authority")
    if faults:
        raise SakimoriError(
            Text("足りないか誤った項目があります。", "Something is missing or wrong."),
            code="init.options",
            where="; ".join(faults),
            mend=Text(
                "項目を直して、もう一度実行してください（端末では --ask で順に尋ねます）。",
                "Mend these and run it again (with --ask it asks one by one).",
            ),
        )


def _found(home: Path, told: dict[str, Any]) -> None:
    """Write the home, or go on with one whose founding was broken off before anybody was enrolled."""
    if (home / "deployment.json").exists():
        set_up(home)
        founding.migrate()
        kept = deployment.load(home)
        same = (kept["name"], kept["edition"]) == (told["name"], told["edition"])
        if same and told.get("admin_name") and not founding.enrolled():
            return
    url = str(told.get("url") or "http://127.0.0.1:8080").rstrip("/")
    founding.write_home(
        home,
        name=told["name"],
        edition=told["edition"],
        title=Text(told["title_ja"], told["title_en"]),
        worlds={"real": {}, "rehearsal": {"of": "real", "rehearsal": True}},
        default_world="real",
        url=url,
        hosts=list(told.get("hosts", ())) or None,
    )


def _organisation(told: dict[str, Any]) -> Any:
    from sakimori.parties.founding import OwnOrganisation, of_authority  # noqa: PLC0415 - after set_up

    known = authority(told["hosted"][0]) if told.get("hosted") else None
    if known is not None:
        return of_authority(known)
    kind = "operator" if told["edition"] == "operator" else "cabinet_office"
    return OwnOrganisation(
        kind,
        told["organisation_ja"],
        told.get("organisation_en") or told["organisation_ja"],
        told.get("corporate_number", ""),
        told.get("address", ""),
    )


def _people(told: dict[str, Any]) -> list[Any]:
    from sakimori.parties.founding import FirstPerson  # noqa: PLC0415 - after set_up

    return [
        FirstPerson(
            name_ja=told[f"{role}_name"],
            login=told[f"{role}_login"],
            name_en=told.get(f"{role}_name_en", ""),
            email=told.get(f"{role}_email", ""),
        )
        for role in ("admin", "second")
        if told.get(f"{role}_name")
    ]


def _report(home: Path, told: dict[str, Any], made: list[dict[str, str]], *, as_json: bool) -> None:
    if as_json:
        summary = {
            "home": str(home),
            "name": told["name"],
            "edition": told["edition"],
            "url": deployment.load(home)["url"],
            "people": made,
        }
        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return
    click.echo(f"{home}: {told['name']} ({told['edition']})")
    if not made:
        click.echo(
            "人はまだ登録されていません。 / Nobody is enrolled yet: run it again with --ask in an empty directory."
        )
        return
    click.echo("\n1. 動かす / Start it:\n")
    click.echo(f"   sakimori --home {home} serve")
    click.echo("\n2. 一度だけ使えるリンクでパスワードを決める / Choose a password by the one-time link:\n")
    for person in made:
        click.echo(f"   {person['name']} ({person['login']}): {person['link']}")
    click.echo("\n3. 「登録の手引き」で指定・設備・人を登録する / Follow “Set-up” on the site.")
    if len(made) == 1:
        click.echo(
            "\n二人目の管理者を早めに登録してください（再設定には二人が要ります）。"
            "\nEnrol a second administrator soon: recovering an account takes two."
        )


def _short(told: dict[str, Any]) -> str:
    """Return a short name nobody else has: of the English name, the authority, or the corporate number; or empty."""
    words = re.findall(r"[a-z0-9]+", str(told.get("organisation_en", "")).lower())
    if words:
        return "-".join(words)[:40].strip("-")
    if told.get("hosted"):
        return str(told["hosted"][0]).replace("_", "-")
    number = str(told.get("corporate_number", ""))
    return f"jp{number}" if number else ""


def _line(value: str) -> str:
    return one_line(readable(value.strip()))


def _short_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("小文字・数字・- で40字まで / lower-case letters, digits and -, at most 40")
    return value


def _login(value: str) -> str:
    if not _LOGIN.fullmatch(value):
        raise ValueError("半角の英数字と . _ @ + - で2字から100字 / 2 to 100 of A-Z a-z 0-9 . _ @ + -")
    return value
