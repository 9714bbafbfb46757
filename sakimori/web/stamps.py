"""The stamp on every form: for which account, world, organisation and role it was shown (house rule).

A person may hold several roles and open several tabs; a form filled in as one must never be performed as another. The
stamp is signed with the deployment's secret, so it also proves that the form was ours and whose it was.
"""

from dataclasses import asdict, dataclass

from django.core import signing
from django.http import HttpRequest

from sakimori.record import Viewer

FIELD = "stamp"
"""Name of the hidden field; `{% csrf_token %}` writes it into every form."""

_SALT = "sakimori.form"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Whose form it is and in which capacity it was opened; ids as text."""

    account: str
    world: str
    organisation: str
    role: str
    on_behalf_of: str = ""

    def fits(self, viewer: Viewer) -> bool:
        """Return whether a viewer stands in this very capacity."""
        mine = (self.world, self.organisation, self.role, self.on_behalf_of)
        return mine == (viewer.world, str(viewer.organisation), viewer.role, str(viewer.on_behalf_of or ""))


def stamp_of(request: HttpRequest) -> Stamp | None:
    """Return the stamp that forms shown in answer to this request carry; None on pages without a capacity."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None or viewer.token is not None or not request.user.is_authenticated:
        return None
    other = str(viewer.on_behalf_of or "")
    return Stamp(str(request.user.pk), viewer.world, str(viewer.organisation), viewer.role, other)


def sealed(stamp: Stamp) -> str:
    """Return a stamp as a form carries it."""
    return signing.dumps(asdict(stamp), salt=_SALT)


def read(typed: str) -> Stamp | None:
    """Return the stamp a form carried; None where there is none or it was not sealed here."""
    try:
        return Stamp(**signing.loads(typed, salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None
