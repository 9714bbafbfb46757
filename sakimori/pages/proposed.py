"""What a room says on the frame's page of a proposal before somebody decides: part of a page, and if it can be done."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Note:
    """`template` is shown with `said` as its `note`, and with `own`: whether whoever looks proposed it.

    `blocked`: confirming would be refused as things stand, so that it is not offered.
    """

    template: str
    said: Any
    blocked: bool
