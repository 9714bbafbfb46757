"""What import-linter cannot say about imports.

A room asks another room only through its `queries`; `proofs` stands on the standard library, `cryptography` and
`rfc8785` alone, so that it can be shipped as a verifier; every package has its place in `.importlinter`.
"""

import re
import sys
from collections.abc import Iterable, Iterator

from tools.house.source import Finding, Source

ROOMS = (
    "assets",
    "incidents",
    "plans",
    "agreements",
    "measures",
    "oversight",
    "custody",
    "analysis",
    "warnings",
    "council",
    "standards",
    "exercises",
)
_PROOFS_MAY_USE = sys.stdlib_module_names | {"cryptography", "rfc8785"}


def check_rooms(source: Source) -> Iterator[Finding]:
    """Yield imports of another room's insides."""
    if not (source.is_python and source.is_product) or source.package not in ROOMS:
        return
    for name, line in source.imported():
        parts = name.split(".")
        if len(parts) < 2 or parts[0] != "sakimori" or parts[1] not in ROOMS or parts[1] == source.package:  # noqa: PLR2004
            continue
        if parts[2:3] != ["queries"]:
            message = f"{source.package} reaches into {parts[1]} ({name}): use sakimori.{parts[1]}.queries"
            yield Finding(source.path, line, "room-imports", message)


def check_proofs(source: Source) -> Iterator[Finding]:
    """Yield imports that the verifier shipped alone would not find."""
    if not source.is_python or source.package != "proofs":
        return
    for name, line in source.imported():
        if name.split(".")[0] not in _PROOFS_MAY_USE and not name.startswith("sakimori.proofs"):
            message = f"proofs imports {name}: only the standard library, cryptography and rfc8785"
            yield Finding(source.path, line, "proofs-alone", message)


def check_placed(sources: Iterable[Source]) -> Iterator[Finding]:
    """Yield packages of `sakimori` that `.importlinter` gives no place."""
    listed = list(sources)
    contracts = next((source.text for source in listed if source.path == ".importlinter"), "")
    for package in sorted({source.package for source in listed if source.is_python} - {""}):
        if not re.search(rf"\bsakimori\.{package}\b", contracts):
            yield Finding(
                f"sakimori/{package}/__init__.py", 1, "placed", "give this package its layer in .importlinter"
            )
