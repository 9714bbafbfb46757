"""Checks over plain text: size, paths and hosts of one machine, unfinished work, links, the READMEs."""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator

from tools.house.source import Finding, Source
from tools.readme_commands import UnmarkedBlockError, blocks

LONGEST = 400
_MEASURED = (".py", ".html", ".css", ".js")
_MACHINE = re.compile(r"(?<![\w.:/-])(?:/(?:home|root|work|Users|mnt)/[\w.-]|[A-Z]:\\Users\\)")
_HOSTS = re.compile(
    r"\b(?:pypi[.](?:org|python[.]org)|pythonhosted[.]org|registry[.]npmjs|npmjs[.]org|deb[.]debian[.]org"
    r"|archive[.]ubuntu[.]com|crates[.]io|proxy[.]golang[.]org)"
)
_UNFINISHED = re.compile(r"#.*\b(?:TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b")
_LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def check_size(source: Source) -> Iterator[Finding]:
    """Yield product files longer than the house's limit of 400 lines."""
    if source.is_product and source.path.endswith(_MEASURED) and len(source.lines) > LONGEST:
        yield Finding(
            source.path, LONGEST + 1, "size", f"{len(source.lines)} lines: one idea per file, {LONGEST} at most"
        )


def check_machine(source: Source) -> Iterator[Finding]:
    """Yield paths that exist only on a builder's machine, and hosts of package registries."""
    for number, line in enumerate(source.lines, start=1):
        if found := _MACHINE.search(line):
            yield Finding(source.path, number, "machine-path", f"a path of one machine ({found[0]}…)")
        if found := _HOSTS.search(line):
            yield Finding(
                source.path, number, "registry-host", f"a registry's host ({found[0]}): leave it to pip and uv"
            )


def check_unfinished(source: Source) -> Iterator[Finding]:
    """Yield marks of unfinished work, replaced parts in tests, and tests that may fail unseen."""
    if not source.is_python:
        return
    for number, line in enumerate(source.lines, start=1):
        if _UNFINISHED.search(line):
            yield Finding(source.path, number, "unfinished", "finish it, or write an issue")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Raise) and "NotImplemented" in ast.unparse(node):
            yield Finding(source.path, node.lineno, "unfinished", "nothing raises NotImplementedError here")
        if isinstance(node, ast.Attribute) and source.called(node) == "pytest.mark.xfail":
            yield Finding(source.path, node.lineno, "unfinished", "no test is expected to fail")
    for name, at in source.imported():
        if name.startswith(("unittest.mock", "mock.", "pytest_mock")):
            yield Finding(source.path, at, "unfinished", "no mocks: run the real thing")


def check_readmes(sources: Iterable[Source]) -> Iterator[Finding]:
    """Yield faults of the two READMEs: blocks without mark, commands that differ between the languages."""
    found = {}
    for source in sources:
        if source.path in {"README.md", "README.ja.md"}:
            try:
                found[source.path] = blocks(source.text)
            except UnmarkedBlockError as error:
                yield Finding(source.path, 1, "readme", str(error))
    if len(found) == 2 and found["README.md"] != found["README.ja.md"]:  # noqa: PLR2004 - both languages
        yield Finding("README.ja.md", 1, "readme", "its commands differ from those of README.md")


def check_links(sources: Iterable[Source]) -> Iterator[Finding]:
    """Yield relative links of Markdown files that lead nowhere in the repository."""
    listed = list(sources)
    known = {source.path for source in listed}
    known |= {parent for path in known for parent in _parents(path)}
    for source in listed:
        if not source.path.endswith(".md"):
            continue
        for number, line in enumerate(source.lines, start=1):
            for target in _LINK.findall(line):
                place = posixpath.normpath(posixpath.join(posixpath.dirname(source.path), target))
                if place not in known:
                    yield Finding(source.path, number, "link", f"leads nowhere: {target}")


def _parents(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path
