"""A file under check, and what a check says about it."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault: where it stands, which check found it, what to do about it."""

    path: str
    line: int
    check: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.check}] {self.message}"


class Source:
    """One text file: its path from the repository's root with forward slashes, its text and, for Python, its tree."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @property
    def is_python(self) -> bool:
        """Whether the file is a Python module."""
        return self.path.endswith(".py")

    @property
    def is_product(self) -> bool:
        """Whether the file is part of the delivered package; generated migrations are not looked at."""
        return self.path.startswith("sakimori/") and "/migrations/" not in self.path

    @property
    def package(self) -> str:
        """The package below `sakimori` the file lies in, empty for others."""
        parts = self.path.split("/")
        return parts[1] if self.path.startswith("sakimori/") and len(parts) > 2 else ""  # noqa: PLR2004 - sakimori/x/y

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed module."""
        return ast.parse(self.text, filename=self.path)

    @cached_property
    def docstrings(self) -> frozenset[int]:
        """The `id`s of the constants that are docstrings."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
                first = node.body[0]
                if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                    found.append(id(first.value))
        return frozenset(found)

    @cached_property
    def names(self) -> dict[str, str]:
        """What each imported name stands for, such as `{"dt": "datetime.datetime"}`."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return found

    def called(self, node: ast.expr) -> str:
        """Return the full dotted name an expression refers to, as far as the imports tell; empty when they do not."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            base = self.called(node.value)
            return f"{base}.{node.attr}" if base else ""
        return ""

    def imported(self) -> Iterator[tuple[str, int]]:
        """Yield every imported module or name as a full dotted path, with its line; relative imports resolved."""
        here = self.path.removesuffix(".py").split("/")
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = ".".join(here[: len(here) - node.level]) if node.level else ""
                module = ".".join(part for part in (base, node.module) if part)
                yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def repository_sources(root: Path = ROOT) -> Iterator[Source]:
    """Yield every file git knows or would add; one that is no text has an empty text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is a stated need
        cwd=root,
        check=True,
        capture_output=True,
    ).stdout
    for name in sorted(filter(None, listed.decode().split("\0"))):
        path = root / name
        if not path.is_file():
            continue
        try:
            yield Source(name, path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            yield Source(name, "")
