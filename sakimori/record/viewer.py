"""Who acts and who looks."""

import uuid
from dataclasses import dataclass

NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person in one role for one organisation, in one world; everything is done and read as somebody.

    `organisation_type` and `role` use the fixed vocabulary of `sakimori.law`. `token` is set when a machine presents
    the organisation's token instead of a person logging in.
    """

    person: uuid.UUID | None
    organisation: uuid.UUID | None
    organisation_type: str
    role: str
    world: str
    on_behalf_of: uuid.UUID | None = None
    token: uuid.UUID | None = None
    name: str = ""

    @property
    def is_system(self) -> bool:
        """Return whether this is the system itself (its acts name the act that authorised them)."""
        return self.organisation_type == "system"

    @property
    def acting_organisation(self) -> uuid.UUID:
        """Return the organisation in whose name this viewer acts: the one it stands in for, else its own.

        The nil UUID, which no organisation has, for the system.
        """
        return self.on_behalf_of or self.organisation or NOBODY

    def as_dict(self) -> dict[str, str | None]:
        """Return the actor as it is written into an act (ids only, no names)."""
        return {
            "person": str(self.person) if self.person else None,
            "organisation": str(self.organisation) if self.organisation else None,
            "organisation_type": self.organisation_type,
            "role": self.role,
            "on_behalf_of": str(self.on_behalf_of) if self.on_behalf_of else None,
            "token": str(self.token) if self.token else None,
        }


Actor = Viewer


def SYSTEM(world: str) -> Viewer:  # noqa: N802 - reads as the constant it stands for
    """Return the system as an actor in `world`."""
    return Viewer(None, None, "system", "system", world, name="system")
