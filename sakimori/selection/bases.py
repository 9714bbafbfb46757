"""The legal bases of automatic selection, from `bases.yaml`: direction, fewest conditions, article."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from sakimori.text import Text

DOMESTIC = frozenset({"JP"})
"""What 国内 is in the law the bases stand in (強化法2): Japan. A rehearsal without an authority may say otherwise."""


@dataclass(frozen=True, slots=True)
class Basis:
    """One legal basis; `device_side` is set where 35(2) limits what may be asked for."""

    key: str
    direction: str
    minimum: int
    article: str
    title: Text
    device_side: str | None


@cache
def bases() -> dict[str, Basis]:
    """Return all bases by key: `agreement`, `17`, `32`, `33`."""
    text = files("sakimori.selection").joinpath("bases.yaml").read_text(encoding="utf-8")
    return {
        key: Basis(
            key,
            entry["direction"],
            entry["minimum"],
            entry["article"],
            Text(entry["ja"], entry["en"]),
            entry.get("device_side"),
        )
        for key, entry in yaml.safe_load(text).items()
    }
