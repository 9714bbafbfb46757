"""What the acts of this room take in."""

import uuid
from typing import Annotated, Literal

from pydantic import Field

from sakimori.record import Payload

Line = Annotated[str, Field(min_length=1, max_length=300)]


class LoadAdvisories(Payload):
    """A staged catalogue of advisories: whose, and which state of it."""

    source: Literal["CISA KEV"]
    version: Line


class RunMatching(Payload):
    """Match the advisories of one load against what operators notified and reported."""

    load: uuid.UUID


class ProvideAssessment(Payload):
    """An analysis for one minister: findings (all of that minister's operators) and indicators it rests on."""

    minister: uuid.UUID
    title: Line
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    findings: Annotated[list[uuid.UUID], Field(min_length=1, max_length=5000)]
    indicators: list[uuid.UUID] = Field(default_factory=list, max_length=5000)
