"""Ids in a list by comma, as readings take several things in one argument."""

import re
import uuid

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def ids_listed(listed: str) -> list[uuid.UUID]:
    """Return the ids in a list by comma; what is no id stands for nothing."""
    return [uuid.UUID(one) for one in listed.split(",") if _ID.fullmatch(one)]
