"""Every sentence for people is there in both languages, each in its place."""

import ast
import re
from collections.abc import Iterator

from tools.house.source import Finding, Source

CHECK = "bilingual"
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def check(source: Source) -> Iterator[Finding]:
    """Yield `Text(ja, en)` with one language empty, or the two in each other's place."""
    if not (source.is_python and source.is_product):
        return
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Call) and source.called(node.func) == "sakimori.text.Text"):
            continue
        given = dict(zip(("ja", "en"), node.args, strict=False)) | {one.arg: one.value for one in node.keywords}
        japanese, english = _letters(given.get("ja")), _letters(given.get("en"))
        if (japanese == "") != (english == ""):
            yield Finding(source.path, node.lineno, CHECK, "one language is empty")
        if japanese and _SENTENCE.search(japanese) and not _JAPANESE.search(japanese):
            yield Finding(source.path, node.lineno, CHECK, "the first sentence of Text is the Japanese one")
        if english and _JAPANESE.search(english) and not _LATIN.search(english):
            yield Finding(source.path, node.lineno, CHECK, "the second sentence of Text is the English one")


def _letters(node: ast.expr | None) -> str | None:
    """Return the literal text of an expression, None when a part of it is filled in at run time."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None
