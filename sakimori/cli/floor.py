"""What every command that touches a deployment needs: Django set up on its home, and errors spoken to people."""

import errno
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
E = TypeVar("E", bound=SakimoriError)

REFUSED = 1
USAGE = 2

_OF_SYSTEM = {
    errno.ENOENT: Text("ファイルまたはディレクトリがありません。", "There is no such file or directory."),
    errno.EACCES: Text("権限がありません。", "Permission is missing."),
    errno.EPERM: Text("この操作は許されていません。", "The operation is not permitted."),
    errno.EROFS: Text("読み取り専用のファイルシステムです。", "The file system is read-only."),
    errno.ENOSPC: Text("空き容量がありません。", "No space is left on the device."),
    errno.ENOTDIR: Text("ディレクトリではありません。", "It is not a directory."),
    errno.EISDIR: Text("ファイルではなくディレクトリです。", "It is a directory, not a file."),
    errno.EBUSY: Text("使用中です。", "The device or resource is busy."),
    errno.ENAMETOOLONG: Text("名前が長すぎます。", "The name is too long."),
}


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
    """Let a command say a `SakimoriError`, or what the machine refused, in both languages and exit 1: no traceback.

    A reader that went away (`| head`) is nobody's fault: that is left to click.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except SakimoriError as error:
            say_error(error)
            sys.exit(REFUSED)
        except BrokenPipeError:
            raise
        except OSError as error:
            say_error(of_system(error, SakimoriError, code="machine.refused"))
            sys.exit(REFUSED)

    return run


def of_system(error: OSError, kind: type[E], *, code: str, where: str = "") -> E:
    """Return what the operating system refused as an error of `kind`; `where` stands in where it names no file."""
    named = errno.errorcode.get(error.errno or 0, type(error).__name__)
    system = error.strerror or named
    said = _OF_SYSTEM.get(error.errno or 0, Text(system, system))
    return kind(
        Text(f"機械が操作を拒みました（{named}）。{said.ja}", f"The machine refused ({named}). {said.en}".rstrip()),
        code=code,
        where=str(error.filename or where),
        mend=Text("場所、権限、空き容量を確かめてください。", "Look at the place, its permissions and the space left."),
    )


def say_error(error: SakimoriError) -> None:
    """Print an error to standard error: Japanese, then English."""
    click.echo(error.explain("ja"), err=True)
    click.echo(error.explain("en"), err=True)
