"""The matrix as people review it: `docs/role-matrix.csv`, one line for each thing asked and each outcome.

Columns: part (act, confirm, page, api), name, case, outcome, who. `case` is what was asked for: `A` and `B` a thing of
that side, `nobody` one that does not exist, empty where nothing is named. `any/any` is everybody but administrators,
`others` whoever no other line of the same name and case names (for refusals only: whoever may do a thing is named).
"""

import csv
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.roles.cast import Asked, pairs, people
from tests.support.run import REPOSITORY

PATH = REPOSITORY / "docs" / "role-matrix.csv"
WRITE = "SAKIMORI_ROLE_MATRIX"
HEAD = ("part", "name", "case", "outcome", "who")
OTHERS = "others"
_REFUSALS = {"refused", "200 none", "302", "401", "403", "404", "405"}
_FEW = 2
Key = tuple[str, str, str]
Found = dict[tuple[str, str, str, str], str]
"""What was found: (part, name, case, who) → outcome."""


def everybody(part: str) -> list[str]:
    """Return everybody who is asked in a part of the matrix."""
    asked: Iterable[Asked] = pairs() if part in ("act", "confirm") else people()
    return [str(one) for one in asked] + ([] if part in ("act", "confirm") else ["stranger"])


def read() -> Found:
    """Return the reviewed matrix."""
    found: Found = {}
    others: dict[Key, str] = {}
    with PATH.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            key = (row["part"], row["name"], row["case"])
            if row["who"] == OTHERS:
                others[key] = row["outcome"]
                continue
            for who in _spread(row["part"], row["who"]):
                found[*key, who] = row["outcome"]
    for key, outcome in others.items():
        for who in everybody(key[0]):
            found.setdefault((*key, who), outcome)
    return found


def _spread(part: str, who: str) -> set[str]:
    named: set[str] = set()
    for word in who.split():
        if word == "everybody":
            named |= set(everybody(part))
        elif word == "any/any":
            named |= {one for one in everybody(part) if "/" in one and not one.endswith("/administrator")}
        elif word == "any/administrator":
            named |= {one for one in everybody(part) if one.endswith("/administrator")}
        else:
            named.add(word)
    return named


def gather(part: str, whos: set[str]) -> str:
    """Return who, as short as it can be said."""
    if whos == set(everybody(part)):
        return "everybody"
    words = []
    for word in ("any/any", "any/administrator"):
        if (meant := _spread(part, word)) <= whos:
            words.append(word)
            whos = whos - meant
    return " ".join([*words, *sorted(whos)])


def write(found: Mapping[tuple[str, str, str, str], str]) -> None:
    """Write the matrix anew, to be reviewed by people."""
    grouped: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for (part, name, case, who), outcome in found.items():
        grouped[part, name, case, outcome].add(who)
    PATH.parent.mkdir(exist_ok=True)
    with PATH.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEAD)
        for key in sorted(grouped):
            alike = [other for other in grouped if other[:3] == key[:3] and other[3] in _REFUSALS]
            most = max(alike, key=lambda other: (len(grouped[other]), other), default=None)
            names = gather(key[0], grouped[key])
            writer.writerow([*key, OTHERS if key == most and len(names.split()) > _FEW else names])


def compare_or_note(found: Found, whos: set[str], parts: set[str]) -> list[str]:
    """Return every difference from the reviewed matrix as to these people; or, when it is written anew, note it."""
    noted = os.environ.get(WRITE)
    if noted:
        name = f"{'-'.join(sorted(parts))}-{min(whos).replace('/', '-')}.json"
        Path(noted, name).write_text(json.dumps([[*key, outcome] for key, outcome in found.items()]), encoding="utf-8")
        return []
    expected = {key: outcome for key, outcome in read().items() if key[0] in parts and key[3] in whos}
    return [
        f"{' '.join(key)}: reviewed {expected.get(key, 'nothing')}, found {found.get(key, 'nothing')}"
        for key in sorted(expected.keys() | found.keys())
        if expected.get(key) != found.get(key)
    ]
