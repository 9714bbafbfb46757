"""Time enters through `sakimori/acts/clock.py` alone; everything else is given the time of its world."""

import ast
from collections.abc import Iterator

from tools.house.source import Finding, Source

CHECK = "clock"
_ONLY = "sakimori/acts/clock.py"
_READS = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
        "time.ctime",
        "django.utils.timezone.now",
        "django.utils.timezone.localdate",
        "django.db.models.functions.Now",
        "django.db.models.functions.datetime.Now",
    }
)
_MEND = "take the time as an argument, from `acts.clock.now(world)`"


def check(source: Source) -> Iterator[Finding]:
    """Yield the places in one product file that read the machine's clock."""
    if not source.is_product or source.path == _ONLY:
        return
    if source.path.endswith(".html"):
        yield from _in_template(source)
    if not source.is_python:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.Name) and source.called(node) in _READS:
            yield Finding(source.path, node.lineno, CHECK, f"{source.called(node)} reads the machine's clock: {_MEND}")
        elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield Finding(source.path, node.value.lineno, CHECK, f"{node.arg} reads the machine's clock: {_MEND}")


def _in_template(source: Source) -> Iterator[Finding]:
    for number, line in enumerate(source.lines, start=1):
        if "{% now " in line:
            yield Finding(source.path, number, CHECK, "{% now %} reads the machine's clock: pass the world's time")
