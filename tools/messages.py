"""Write every message that has no Japanese yet into its room's catalogue, with an empty translation to fill in.

Beside what the templates and modules ask gettext for (`tools.house.translated`), a page shows words made from names at
run time: labels and coded choices of payload fields, roles, organisation types, states. They come from the registry.

    .venv/bin/python -m tools.messages                  # adds what is missing, says how much is left to translate
    .venv/bin/python -m tools.messages --fill FILE.tsv  # fills in: message TAB Japanese [TAB context] on each line
    .venv/bin/python -m tools.messages --over FILE.tsv  # the same, and replaces what is there

A context that names a room makes the entry in that room's catalogue: the room's own word for a label (`words.label`).
A message without a context is said in one way wherever it stands: where a catalogue has another Japanese, a line
changes nothing unless asked to (`--over`), so that filling in one room's words never rewrites another's.

Several people may run it at once on one tree: it works alone under a lock.
"""

import csv
import fcntl
import io
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tools.house.source import Source
from tools.house.translated import Message, messages

ROOT = Path(__file__).resolve().parent.parent
_FLOOR = {"acts", "parties", "pages", "record", "law", "cli", "sample", ""}
_STATES = ("open", "settled", "confirmed", "refused", "expired", "waiting", "sent", "arrived", "local", "http", "file")


def catalogue_of(package: str, root: Path = ROOT) -> Path:
    """Return where a package's Japanese lies: its own locale directory, the frame's for the floor."""
    home = "web" if package in _FLOOR else package
    return root / "sakimori" / home / "locale" / "ja" / "LC_MESSAGES" / "django.po"


def needed() -> Iterator[tuple[str, Message]]:
    """Yield every message a page can show, with the package it belongs to (Django must be set up)."""
    for path in sorted((ROOT / "sakimori").rglob("*")):
        if path.suffix in (".py", ".html") and "migrations" not in path.parts:
            source = Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
            for _, message in messages(source):
                yield source.package, message
    yield from ((package, Message("", text)) for package, text in _from_registry())


def _from_registry() -> Iterator[tuple[str, str]]:
    from sakimori import law  # noqa: PLC0415
    from sakimori.acts import registry  # noqa: PLC0415 - needs Django
    from sakimori.law.kinds import ORGANISATIONS, ROLES  # noqa: PLC0415
    from sakimori.pages.schema import msgids  # noqa: PLC0415
    from sakimori.pages.words import sentence  # noqa: PLC0415
    from sakimori.web import rooms  # noqa: PLC0415

    yield from (("web", sentence(word)) for word in (*sorted(ORGANISATIONS | ROLES), *_STATES))
    yield from (("web", sentence(room)) for room in registry.rooms())
    system = {kind.name for kind in law.kinds() if kind.system}
    for name, handler in registry.handlers().items():
        if name in system:
            continue
        yield from ((name.partition(".")[0], text) for text in msgids(handler.payload))
    for entry in rooms.navigation():
        yield entry.url.partition(":")[0], entry.label


def missing() -> dict[str, list[Message]]:
    """Return, by package, the messages that no catalogue translates."""
    known = {message for path in (ROOT / "sakimori").rglob("django.po") for message in _translated(_read(path))}
    found: dict[str, list[Message]] = {}
    for package, message in dict.fromkeys(needed()):
        if message not in known:
            found.setdefault(package, []).append(message)
    return found


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(
            locale="ja",
            header_comment="# Japanese of this package.",
            project="Sakimori",
            version="1",
            msgid_bugs_address="none",
            last_translator="Sakimori",
            language_team="ja",
            fuzzy=False,
        )
    return read_po(io.BytesIO(path.read_bytes()), locale="ja")


def _translated(catalogue: Catalog) -> set[Message]:
    found = set()
    for entry in catalogue:
        strings = entry.string if isinstance(entry.string, (list, tuple)) else [entry.string]
        single = entry.id if isinstance(entry.id, str) else entry.id[0]
        if single and all(strings) and not entry.fuzzy:
            found.add(Message(entry.context or "", single))
    return found


def add(path: Path, wanted: Iterable[Message], plurals: dict[str, str]) -> None:
    """Add messages to a catalogue with an empty translation; what stands there stays."""
    catalogue = _read(path)
    for message in wanted:
        plural = plurals.get(message.text)
        catalogue.add((message.text, plural) if plural else message.text, context=message.context or None)
    _write(path, catalogue)


def _write(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, sort_output=True, omit_header=False)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    dated = ('"POT-Creation-Date', '"PO-Revision-Date')
    path.write_text("".join(line for line in lines if not line.startswith(dated)), encoding="utf-8")


def fill(source: Path, root: Path = ROOT, *, over: bool = False) -> int:
    """Write the Japanese of a TSV file into the catalogues that have the message; return how many lines did not fit.

    A line does not fit where no catalogue has its message, or where one says it otherwise and it is not to be replaced.
    """
    catalogues = {path: _read(path) for path in sorted((root / "sakimori").rglob("django.po"))}
    unfit = 0
    with source.open(encoding="utf-8", newline="") as stream:
        for message, japanese, *context in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            text, where = message.replace("\\n", "\n"), (context[0] if context else "") or None
            said = japanese.replace("\\n", "\n")
            entries = [entry for one in catalogues.values() if (entry := one.get(text, where)) is not None]
            if not entries and where and (home := catalogue_of(where, root)) in catalogues:
                entries = [catalogues[home].add(text, context=where)]  # a room's own word for a label made at run time
            other = next((now for entry in entries if (now := _says(entry)) not in ("", said)), "")
            if not entries or (other and not over):
                unfit += 1
                print(_unfit(text, other, where), file=sys.stderr)
                continue
            for entry in entries:
                entry.string = (said,) if isinstance(entry.id, (list, tuple)) else said
                entry.flags.discard("fuzzy")
    for path, catalogue in catalogues.items():
        _write(path, catalogue)
    return unfit


def _says(entry: Any) -> str:
    """Return the Japanese an entry has; empty where it has none, or one that was only guessed."""
    if entry.fuzzy:
        return ""
    return str(entry.string[0] if isinstance(entry.string, (list, tuple)) else entry.string or "")


def _unfit(text: str, other: str, where: str | None) -> str:
    if not other:
        return f"in no catalogue: {text}"
    mend = "--over replaces it" if where else "a third column gives a room its own word, --over replaces it everywhere"
    return f"already said as {other}: {text} ({mend})"


@contextmanager
def _alone() -> Iterator[None]:
    with (Path(tempfile.gettempdir()) / "sakimori-messages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Add what is missing (1 while something is left to translate), or fill in (1 where lines did not fit)."""
    with _alone():
        if sys.argv[1:2] in (["--fill"], ["--over"]):
            return 1 if fill(Path(sys.argv[2]), over=sys.argv[1] == "--over") else 0
        return _complete()


def _complete() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.web.settings")
    import django  # noqa: PLC0415

    django.setup()
    found = missing()
    plurals = _plurals()
    by_catalogue: dict[Path, list[Message]] = {}
    for package, wanted in found.items():
        by_catalogue.setdefault(catalogue_of(package), []).extend(wanted)
    for path, wanted in by_catalogue.items():
        add(path, dict.fromkeys(wanted), plurals)
        print(f"{path.relative_to(ROOT)}: {len(wanted)}")
    return 1 if found else 0


def _plurals() -> dict[str, str]:
    """Return the plural form of every message that has one."""
    from babel.messages.extract import extract  # noqa: PLC0415
    from django.utils.translation.template import templatize  # noqa: PLC0415

    found: dict[str, str] = {}
    for path in sorted((ROOT / "sakimori").rglob("*")):
        if path.suffix not in (".py", ".html"):
            continue
        text = path.read_text(encoding="utf-8")
        code = "\n".join(line.lstrip() for line in templatize(text).split("\n")) if path.suffix == ".html" else text
        if "ngettext" in code:
            for _, message, _, _ in extract("python", io.BytesIO(code.encode()), keywords={"ngettext": (1, 2)}):
                found[message[0]] = message[1]
    return found


if __name__ == "__main__":
    sys.exit(main())
