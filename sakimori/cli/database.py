"""`sakimori database`: the roles a PostgreSQL database needs, so that row-level security fences in the site too."""

import os
import re
from typing import TYPE_CHECKING, Any

import click

from sakimori.cli.floor import set_up, spoken
from sakimori.errors import SakimoriError
from sakimori.text import Text

if TYPE_CHECKING:
    from psycopg import Connection

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,50}")


@click.group("database")
def database_group() -> None:
    """Prepare and check a PostgreSQL database / PostgreSQL の準備と点検."""


@database_group.command("prepare")
@click.option("--database", default="sakimori", show_default=True, help="Name of the database / データベース名")
@click.option("--owner", default="sakimori_owner", show_default=True, help="Role that migrates / 移行用の役割")
@click.option("--app", default="sakimori_app", show_default=True, help="Role that serves / 運用用の役割")
@click.option(
    "--execute",
    is_flag=True,
    help="Run it as the administrator named by SAKIMORI_DATABASE_ADMIN_URL, instead of printing it / 実行する",
)
@spoken
def prepare(database: str, owner: str, app: str, execute: bool) -> None:  # noqa: FBT001 - a click flag
    r"""Print (or run) the SQL that makes the database, the role that owns it and the role the site runs as.

    Passwords come from SAKIMORI_OWNER_PASSWORD and SAKIMORI_APP_PASSWORD where it is run; what is printed has
    `\password` lines instead, for psql.
    """
    for name in (database, owner, app):
        _require_name(name)
    if owner == app:
        raise SakimoriError(
            Text("二つの役割は別でなければなりません。", "The two roles must differ."),
            code="database.roles",
            where=app,
            mend=Text("--owner と --app に別の名前を付けてください。", "Give --owner and --app different names."),
        )
    if execute:
        _run(database, owner, app)
        click.echo(f"{database}: {owner}, {app}")
        return
    for role in (owner, app):
        click.echo(f'CREATE ROLE "{role}" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;\n\\password {role}')
    click.echo(f'CREATE DATABASE "{database}" OWNER "{owner}";\n\\connect {database}')
    click.echo("\n".join(f"{statement};" for statement in grants(database, owner, app)))


@database_group.command("check")
@click.pass_context
@spoken
def check(ctx: click.Context) -> None:
    """Say whether row-level security holds for the role the site runs as; exit code 1 where it does not."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.record.fences import fences, weaknesses  # noqa: PLC0415 - after set_up

    found = weaknesses()
    for one in found:
        click.echo(one)
    if found:
        raise click.exceptions.Exit(1)
    click.echo(f"ok: {len(fences())}")


def grants(database: str, owner: str, app: str) -> list[str]:
    """Return what lets the site's role work on every table the owner makes, now and later, and no more than that."""
    later = f'ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public'
    return [
        f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC',
        f'GRANT CONNECT ON DATABASE "{database}" TO "{app}"',
        f'GRANT ALL ON SCHEMA public TO "{owner}"',
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f'GRANT USAGE ON SCHEMA public TO "{app}"',
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{app}"',
        f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{app}"',
        f'{later} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{app}"',
        f'{later} GRANT USAGE, SELECT ON SEQUENCES TO "{app}"',
    ]


def _run(database: str, owner: str, app: str) -> None:
    import psycopg  # noqa: PLC0415 - only needed here
    from psycopg import sql  # noqa: PLC0415

    admin = os.environ.get("SAKIMORI_DATABASE_ADMIN_URL", "")
    passwords = {owner: "SAKIMORI_OWNER_PASSWORD", app: "SAKIMORI_APP_PASSWORD"}
    for variable in ("SAKIMORI_DATABASE_ADMIN_URL", *passwords.values()):
        if not os.environ.get(variable):
            raise SakimoriError(
                Text(f"環境変数 {variable} がありません。", f"The environment variable {variable} is missing."),
                code="database.environment",
                where=variable,
                mend=Text("設定して、もう一度実行してください。", "Set it and run this again."),
            )
    try:
        with psycopg.connect(admin, autocommit=True) as connection:
            for role, variable in passwords.items():
                _make_role(connection, role, os.environ[variable])
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
            if known is None:
                made = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(made.format(sql.Identifier(database), sql.Identifier(owner)))
        with psycopg.connect(admin, dbname=database, autocommit=True) as connection:
            for statement in grants(database, owner, app):
                connection.execute(statement.encode())
    except psycopg.Error as error:
        raise SakimoriError(
            Text("PostgreSQL が受け付けませんでした。", "PostgreSQL did not take it."),
            code="database.refused",
            where=type(error).__name__,
            mend=Text("管理者の接続先と権限を確かめてください。", "Check the administrator's address and rights."),
        ) from None


def _make_role(connection: "Connection[Any]", role: str, password: str) -> None:
    from psycopg import sql  # noqa: PLC0415 - only needed here

    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    rights = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}")
    connection.execute(rights.format(verb, sql.Identifier(role), sql.Literal(password)))


def _require_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise SakimoriError(
            Text("名前に使えない文字があります。", "That is no name for a database or role."),
            code="database.name",
            where=name[:50],
            mend=Text("小文字の英数字と _ だけを使ってください。", "Use lower-case letters, digits and _ only."),
        )
