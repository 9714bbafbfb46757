"""What every command that touches a deployment needs: Django set up on its home, and errors spoken to people."""

import os
import secrets
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from sakimori.errors import SakimoriError
from sakimori.text import Text
from sakimori.web import deployment

P = ParamSpec("P")
R = TypeVar("R")

REFUSED = 1
USAGE = 2


def set_up(home: Path | None = None, *, founded: bool = True) -> None:
    """Start Django on a deployment's home (argument, `--home` or `SAKIMORI_HOME`); once a process.

    Raises a `SakimoriError` where no deployment has been founded there: nothing is created by looking. With
    `founded=False` a command goes on without one (checking a list for an operator of the sample world).
    """
    if home is not None:
        os.environ["SAKIMORI_HOME"] = str(home)
    where = deployment.home()
    exists = (where / "deployment.json").is_file()
    if not exists and not founded:
        os.environ.setdefault("SAKIMORI_SECRET_KEY", secrets.token_urlsafe(48))
    elif not exists:
        raise SakimoriError(
            Text(f"{where} に設置がありません。", f"There is no deployment in {where}."),
            code="deployment.missing",
            where=str(where),
            mend=Text(
                "--home で指定するか、`sakimori init` で始めてください。",
                "Name it with --home, or found one with `sakimori init`.",
            ),
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.web.settings")
    import django  # noqa: PLC0415 - commands without a deployment never pay for Django

    django.setup()


def spoken(command: Callable[P, R]) -> Callable[P, R]:
    """Let a command say a `SakimoriError` in both languages and exit 1 instead of showing a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except SakimoriError as error:
            say_error(error)
            sys.exit(REFUSED)

    return run


def say_error(error: SakimoriError) -> None:
    """Print an error to standard error: Japanese, then English."""
    click.echo(error.explain("ja"), err=True)
    click.echo(error.explain("en"), err=True)
