"""No date and no duration is written outside `sakimori/law`: deadlines, dates and counts are data with their article.

Found are: literals given to `timedelta`, `relativedelta`, `date`, `datetime`, `time`; dates written as text, also in
Japanese; seconds of an hour, day or week in arithmetic; `x.days > 30`; `RETENTION_DAYS = 30` and `days=30`.
"""

import ast
import re
from collections.abc import Iterator

from tools.house.source import Finding, Source

CHECK = "law-number"
_HOME = "sakimori/law/"
_MAKERS = {
    "datetime.timedelta": "a duration",
    "dateutil.relativedelta.relativedelta": "a duration",
    "datetime.date": "a date",
    "datetime.datetime": "a date",
    "datetime.time": "a time of day",
}
_WRITTEN = re.compile(
    r"(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d)"
    r"|(?:(?:19|20)\d\d|(?:令和|平成|昭和)\s*(?:\d+|元))年"
    r"|(?<!\d)\d{1,2}月\s*\d{1,2}日"
)
_EXAMPLE = re.compile(r"例|[Ee]xample|such as|書いて|Write ")  # a message that shows how to write a date
_IN_SECONDS = frozenset({1440, 3600, 86400, 604800, 2592000, 31536000})
_UNITS = re.compile(
    r"(?:^|_)(?:days?|hours?|weeks?|months?|years?|deadline|retention|quorum|majority)(?:_|$)", re.IGNORECASE
)
_MEND = "write it as a dated entry under sakimori/law and ask `law` for it"


def check(source: Source) -> Iterator[Finding]:
    """Yield the dates and durations written in one product module outside `sakimori/law`."""
    if not (source.is_python and source.is_product) or source.path.startswith(_HOME):
        return
    for node in ast.walk(source.tree):
        what = _fault(source, node)
        if what:
            yield Finding(source.path, getattr(node, "lineno", 1), CHECK, f"{what}: {_MEND}")


def _fault(source: Source, node: ast.AST) -> str | None:
    if isinstance(node, ast.Call):
        return _in_call(source, node)
    if isinstance(node, ast.Constant):
        return _in_text(source, node)
    if isinstance(node, ast.BinOp):
        return _in_arithmetic(node)
    if isinstance(node, ast.Compare):
        return _in_comparison(node)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return _in_assignment(node)
    return None


def _in_call(source: Source, node: ast.Call) -> str | None:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    maker = _MAKERS.get(source.called(node.func))
    if maker and any(_number(value) for value in given):
        return f"{maker} is written here"
    for keyword in node.keywords:
        if keyword.arg and _UNITS.search(keyword.arg) and _number(keyword.value):
            return f"`{keyword.arg}` is given a number"
    if isinstance(node.func, ast.Attribute) and node.func.attr == "replace":
        for keyword in node.keywords:
            if keyword.arg == "hour" and _number(keyword.value):
                return "an hour of the day is written here"
    return None


def _in_text(source: Source, node: ast.Constant) -> str | None:
    if not isinstance(node.value, str) or id(node) in source.docstrings or _EXAMPLE.search(node.value):
        return None
    written = _WRITTEN.search(node.value)
    return f"a date is written as text ({written[0]})" if written else None


def _in_arithmetic(node: ast.BinOp) -> str | None:
    sides = [_number(node.left), _number(node.right)]
    if any(side in _IN_SECONDS for side in sides if side) or all(side in {24, 60, 7, 3600} for side in sides):
        return "seconds of an hour, day or week are written here"
    return None


def _in_comparison(node: ast.Compare) -> str | None:
    sides = [node.left, *node.comparators]
    measured = [side for side in sides if _measures_time(side)]
    if measured and any(_number(side) for side in sides):
        return "a length of time is compared with a number"
    return None


def _measures_time(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        node = node.func
    return isinstance(node, ast.Attribute) and node.attr in {"days", "total_seconds"}


def _in_assignment(node: ast.Assign | ast.AnnAssign) -> str | None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        name = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""
        if _UNITS.search(name) and node.value is not None and _number(node.value):
            return f"`{name}` is given a number"
    return None


def _number(node: ast.expr) -> float | int | None:
    """Return the number an expression is made of literals for, None when it is no number; zero counts as none."""
    if isinstance(node, ast.UnaryOp):
        return _number(node.operand)
    if isinstance(node, ast.BinOp):
        left, right = _number(node.left), _number(node.right)
        return left if left and right else None
    if isinstance(node, ast.Constant) and type(node.value) in {int, float} and node.value:
        return node.value  # type: ignore[return-value]
    return None
