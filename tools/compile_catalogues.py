"""Compile every gettext catalogue of the package (`*.po` to `*.mo`) with Babel; fail on a broken one."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).resolve().parent.parent / "sakimori"


def compile_catalogue(path: Path) -> str | None:
    """Write the `.mo` beside one `.po`; return what is wrong with the catalogue, or None.

    A translation whose placeholders differ from its message would break a page, so it counts as wrong.
    """
    try:
        with path.open("rb") as stream:
            catalogue = read_po(stream, abort_invalid=True)
    except PoFileError as error:
        return f"{path}: {error}"
    for message, errors in catalogue.check():
        return f"{path}:{message.lineno}: {errors[0]}"
    with path.with_suffix(".mo").open("wb") as stream:
        write_mo(stream, catalogue)
    return None


def main() -> int:
    """Compile all; return the exit status."""
    faults = [fault for path in sorted(ROOT.rglob("*.po")) if (fault := compile_catalogue(path))]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
