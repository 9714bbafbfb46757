"""No Japanese sentence stands alone in what shows pages: it is a `Text`, has its English beside it, or is translated.

Looked at is what speaks to people on the site: `sakimori/web`, `sakimori/pages`, a room's views, desk and time line.
Names of articles (強化法5) and what people type are no sentences; docstrings are for readers of the code.
"""

import ast
import re
from collections.abc import Iterator

from tools.house.source import Finding, Source

CHECK = "bare-japanese"
_KANA = re.compile(r"[\u3041-\u3096]")  # every sentence has some, no name of an article has
_ENGLISH = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,}|/ [A-Za-z]{2,}")
_SPEAKS = re.compile(r"^sakimori/(?:web|pages)/|^sakimori/\w+/(?:views\w*|desk|timeline)\.py$")


def check(source: Source) -> Iterator[Finding]:
    """Yield every Japanese sentence without its English."""
    if not (source.is_python and _SPEAKS.match(source.path)):
        return
    held = {id(one) for node in ast.walk(source.tree) for one in _held(source, node)}
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or id(node) in held:
            continue
        text = node.value
        if _KANA.search(text) and not _ENGLISH.search(text):
            yield Finding(source.path, node.lineno, CHECK, f"no English beside it: {text[:30]!r}")


def _held(source: Source, node: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a docstring, in a pattern, or in a call or tuple that has English beside it."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.Call):
        given = [*node.args, *(one.value for one in node.keywords)]
        if source.called(node.func) in ("sakimori.text.Text", "re.compile") or any(_english(one) for one in given):
            yield from ast.walk(node)
    elif isinstance(node, ast.Tuple) and any(_english(one) for one in node.elts):
        yield from ast.walk(node)


def _english(node: ast.expr) -> bool:
    """Return whether an expression is English text, put together or plain."""
    words = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    said = " ".join(words)
    return bool(_ENGLISH.search(said)) and not _KANA.search(said)
