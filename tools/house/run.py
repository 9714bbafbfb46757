"""All checks over the repository, minus the exceptions written down with their reason."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.house import bare_japanese, bilingual, clock, layers, meanings, numbers_of_law, text_checks, translated
from tools.house.source import Finding, Source

ALLOWED = Path(__file__).parent / "allowed.txt"
_NAME = "tools/house/allowed.txt"

EACH: tuple[Callable[[Source], Iterator[Finding]], ...] = (
    numbers_of_law.check,
    clock.check,
    layers.check_rooms,
    layers.check_proofs,
    text_checks.check_size,
    text_checks.check_machine,
    text_checks.check_unfinished,
    bilingual.check,
    bare_japanese.check,
    translated.check_templates,
)
TOGETHER: tuple[Callable[[Iterable[Source]], Iterator[Finding]], ...] = (
    layers.check_placed,
    text_checks.check_readmes,
    text_checks.check_links,
    translated.check_catalogues,
    meanings.check_meanings,
)


@dataclass(frozen=True, slots=True)
class Excuse:
    """One allowed exception, with its line in the list."""

    check: str
    path: str
    fragment: str
    reason: str
    line: int

    def excuses(self, finding: Finding, source_line: str) -> bool:
        """Return whether this exception covers a finding."""
        in_place = finding.path.startswith(self.path) if self.path.endswith("/") else finding.path == self.path
        return in_place and finding.check == self.check and (self.fragment == "*" or self.fragment in source_line)


def exceptions(text: str) -> tuple[list[Excuse], list[Finding]]:
    """Return the exceptions of a list, and the faults of the list itself (a line without a reason)."""
    read, faults = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split(" | ")]
        if len(parts) == 4 and all(parts):  # noqa: PLR2004 - the four columns
            check, path, fragment, reason = parts
            read.append(Excuse(check, path, fragment, reason, number))
        else:
            faults.append(Finding(_NAME, number, "allowed", "needs: check | path | what stands in the line | reason"))
    return read, faults


def findings(sources: Iterable[Source], allowed: str) -> list[Finding]:
    """Return what is wrong in the given files, sorted, after the exceptions of the list `allowed`."""
    listed = {source.path: source for source in sources}
    broken = [finding for source in listed.values() for finding in _parses(source)]
    if broken:
        return broken
    found = [finding for source in listed.values() for check in EACH for finding in check(source)]
    found += [finding for check in TOGETHER for finding in check(listed.values())]
    read, faults = exceptions(allowed)
    used: set[int] = set()
    for finding in found:
        source = listed.get(finding.path)
        line = source.lines[finding.line - 1] if source and finding.line <= len(source.lines) else ""
        excuse = next((one for one in read if one.excuses(finding, line)), None)
        if excuse:
            used.add(excuse.line)
        else:
            faults.append(finding)
    faults += [
        Finding(_NAME, one.line, "allowed", f"excuses nothing any more: {one.check} in {one.path}")
        for one in read
        if one.line not in used
    ]
    return sorted(faults)


def _parses(source: Source) -> Iterator[Finding]:
    try:
        _ = source.is_python and source.tree
    except SyntaxError as error:
        yield Finding(source.path, error.lineno or 1, "syntax", f"does not parse, so nothing was checked: {error.msg}")
