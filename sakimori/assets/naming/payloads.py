"""What decisions on names take in."""

import uuid
from typing import Annotated, Self

from pydantic import Field, model_validator

from sakimori.record import Line, Payload

MaybeName = Annotated[str, Field(max_length=200)]


class DecideName(Payload):
    """A spelling as written, and the official names decided for it; both empty where none fits."""

    maker: Line
    product: Line
    vendor: MaybeName = ""
    official: MaybeName = ""
    cpe: Annotated[str, Field(max_length=400, pattern="^([aoh]:[^:]+:.+)?$")] = ""
    rule: Annotated[str, Field(max_length=20, pattern="^[a-z-]*$")] = ""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if bool(self.vendor) != bool(self.official):
            raise ValueError(
                "正式な製造者名と製品名は、両方入れるか両方空にしてください / give both official names, or neither"
            )
        if self.cpe and not self.official:
            raise ValueError("CPE 名だけでは決められません / a CPE name alone decides nothing")
        return self


class UndoName(Payload):
    """The decision to undo."""

    decision: uuid.UUID
    reason: Annotated[str, Field(max_length=500)] = ""
