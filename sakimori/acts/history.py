"""What stored acts say today: their bytes are never rewritten, only read in the form of the kind's present version.

A room that changes the form of a kind's payload raises the kind's version in the law and gives its handler a function
from each older version to the next (`Handler.upcasts`). One stored act of every version ever released is a test.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from sakimori import law
from sakimori.acts import registry
from sakimori.acts.errors import DeclarationError, NotFoundError
from sakimori.acts.models import ActContent


def load(act: uuid.UUID) -> dict[str, Any]:
    """Return an act's document with its payload in the form of the kind's present version.

    `kind_version` names that version; everything else is as it was stored. Raises `NotFoundError` where there is no
    such act or its content was erased, `DeclarationError` where a step between versions is missing.
    """
    content = ActContent.objects.filter(id=act).first()
    if content is None:
        raise NotFoundError(str(act))
    return present(json.loads(bytes(content.content)))


def present(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored document in the form of its kind's present version (see `load`)."""
    kind = law.kind(document["kind"])
    payload = upcast(kind, document["kind_version"], document["payload"])
    return {**document, "kind_version": kind.version, "payload": payload}


def upcast(kind: law.ActKind, version: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload of an older version of a kind as one of the present version; the given one is left alone."""
    if version > kind.version:
        raise DeclarationError(f"{kind.name}: version {version} is not known here (present: {kind.version})")
    steps = registry.handler(kind).upcasts
    found: dict[str, Any] = json.loads(json.dumps(payload))
    for older in range(version, kind.version):
        if older not in steps:
            raise DeclarationError(f"{kind.name} has no step from version {older} to {older + 1}")
        found = steps[older](found)
    return found
