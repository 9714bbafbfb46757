"""The authorities that are the same for everybody, with identifiers every installation can compute by itself."""

import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from sakimori.text import Text

_DATA = Path(__file__).parent / "data" / "tables" / "lists" / "authorities.yaml"


@dataclass(frozen=True, slots=True)
class Authority:
    """A minister, the Cabinet Office, a commission: `type` as organisations have it, `code` its short name."""

    code: str
    type: str
    name: Text
    article: str

    @property
    def id(self) -> uuid.UUID:
        """Return its identifier: the same on every installation, so that envelopes find it wherever it is hosted."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"sakimori/authority/{self.code}")


@lru_cache(maxsize=1)
def authorities() -> tuple[Authority, ...]:
    """Return the authorities, ministers first."""
    rows = yaml.safe_load(_DATA.read_text(encoding="utf-8"))["authorities"]
    return tuple(Authority(row["code"], row["type"], Text(**row["name"]), row["article"]) for row in rows)


def authority(code: str) -> Authority | None:
    """Return the authority of that code, or None."""
    return next((one for one in authorities() if one.code == code), None)
