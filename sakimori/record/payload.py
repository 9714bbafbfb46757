"""The base of every payload: what an act takes in, and which characters no text of it may hold."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from sakimori.text import one_line, readable

__all__ = ["Line", "Payload", "one_line", "readable"]

Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]
"""A name, a title: one line of at most 200 characters."""


class Payload(BaseModel):
    """Nothing beside the named fields is taken; surrounding blanks are dropped; every text can be read."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="after")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        if isinstance(value, str):
            return readable(value)
        if isinstance(value, list):
            for one in value:
                if isinstance(one, str):
                    readable(one)
        return value
