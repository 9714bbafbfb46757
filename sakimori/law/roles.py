"""Which roles there are in which type of organisation: those the act kinds name, and those that only read."""

from functools import cache

from sakimori.law.lawbook import book

ADMINISTRATOR = "administrator"
_READING = {"operator": ("viewer",), "committee": ("member",)}
_NOBODYS = {"any", "system", ADMINISTRATOR}
_ALWAYS = ("liaison",)


@cache
def roles_of_type(organisation_type: str) -> tuple[str, ...]:
    """Return the roles an organisation of this type has, sorted, the administrator's (管理者) last.

    Where no act kind names the type, its people are there to receive: it has a liaison (連絡担当) only.
    """
    named = {
        actor.role
        for kind in book().kinds()
        for actor in (*kind.actors, *kind.second_actors)
        if actor.organisation == organisation_type
    } - _NOBODYS
    return (*(sorted(named | set(_READING.get(organisation_type, ()))) or _ALWAYS), ADMINISTRATOR)
