"""The base of every payload: what an act takes in."""

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """Nothing beside the named fields is taken; surrounding blanks are dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
