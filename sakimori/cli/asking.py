"""Asking on a terminal: one question after the other in both languages, nothing answered ever lost.

Every answer is kept in a file (mode 0600) until the whole is done, so that whoever breaks off finds it again.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from sakimori.text import Text


@dataclass(slots=True)
class Answers:
    """What was answered so far, kept in `path`."""

    path: Path
    given: dict[str, str]

    @classmethod
    def at(cls, path: Path) -> "Answers":
        """Return the answers kept at `path`; none where there are none, or they cannot be read."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        kept = found if isinstance(found, dict) else {}
        return cls(path, {str(name): str(value) for name, value in kept.items()})

    def keep(self, name: str, value: str) -> None:
        """Keep one answer at once."""
        self.given[name] = value
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(self.given, stream, ensure_ascii=False, indent=2)

    def forget(self) -> None:
        """Remove the file: everything is done."""
        self.path.unlink(missing_ok=True)


def ask(
    answers: Answers,
    name: str,
    question: Text,
    *,
    default: str | None = None,
    check: Callable[[str], str] | None = None,
    choices: Sequence[str] = (),
) -> str:
    """Return the answer to one question, asked again until `check` takes it; Enter takes the default or last answer.

    `check` returns the value to keep, or raises `ValueError` with a message in both languages. Without default an
    empty answer is asked again; `default=""` lets the question be skipped.
    """
    last = answers.given.get(name, default)
    while True:
        shown = f" ({'/'.join(choices)})" if choices else ""
        typed = click.prompt(
            f"{question.ja} / {question.en}{shown}", default=last, show_default=bool(last), type=str, err=True
        ).strip()
        if choices and typed not in choices:
            click.echo(f"  {'、'.join(choices)} から選んでください / choose one of: {', '.join(choices)}", err=True)
            continue
        try:
            value = check(typed) if check else typed
        except ValueError as error:
            click.echo(f"  {error}", err=True)
            continue
        if not value and default is None:
            continue
        answers.keep(name, value)
        return value
