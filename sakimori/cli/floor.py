"""What every command that touches a deployment needs: Django set up on its home, and errors spoken to people."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from sakimori.errors import SakimoriError

P = ParamSpec("P")
R = TypeVar("R")

REFUSED = 1
USAGE = 2


def set_up(home: Path | None = None) -> None:
    """Start Django on a deployment's home (argument, `--home` or `SAKIMORI_HOME`); once a process."""
    if home is not None:
        os.environ["SAKIMORI_HOME"] = str(home)
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
