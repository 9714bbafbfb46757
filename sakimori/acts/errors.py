"""Why the door said no: one class a reason, grouped by who must do something about it."""

from typing import Self

from sakimori.errors import SakimoriError
from sakimori.text import Text


class RefusedError(SakimoriError):
    """The door refused an act or a reading; nothing was changed."""

    code = "act.refused"


class NotInForceError(RefusedError):
    """The article that carries this act kind is not in force; only a rehearsal world may perform it."""

    code = "act.not_in_force"


class NotPerformableError(RefusedError):
    """The law knows this act kind, but no room here handles it."""

    code = "act.not_performable"


class NotAuthorisedError(RefusedError):
    """The actor may not do this; deny by default."""

    code = "act.not_authorised"


class PayloadError(RefusedError):
    """What was handed in is not of the kind's form; `fields` lists place and reason of each fault."""

    code = "act.payload"

    def __init__(self, what: Text, fields: list[dict[str, str]], **rest: object) -> None:
        super().__init__(what, **rest)  # type: ignore[arg-type]
        self.fields = fields

    def as_dict(self) -> dict[str, object]:
        """Return the error as plain data, with every faulty field."""
        return {**super().as_dict(), "fields": self.fields}


class SecondPersonError(RefusedError):
    """The kind needs a second person: propose it, and let somebody else confirm."""

    code = "act.second_person"


class IdempotencyError(RefusedError):
    """The same idempotency key came with another payload."""

    code = "act.idempotency"

    @classmethod
    def used(cls, key: str) -> Self:
        """Return the refusal of a key that stands for something else already."""
        return cls(
            Text(
                "同じ冪等キーが別の内容で既に使われています。",
                "This idempotency key has already been used for something else.",
            ),
            where=key,
            mend=Text(
                "画面では、もう一度送ると前とは別の新しい操作になります。APIでは新しいキーを使ってください。",
                "On a page, send it again to do it anew, apart from what you sent before. By API, use a new key.",
            ),
        )


class ProposalError(RefusedError):
    """The proposal cannot be confirmed any more: settled, expired, or changed."""

    code = "act.proposal"


class LabelError(RefusedError):
    """Giving this to that recipient would go above its ceiling."""

    code = "act.label"


class PreconditionError(RefusedError):
    """A precondition of the act kind does not hold."""

    code = "act.precondition"


class ConflictError(RefusedError):
    """The thing changed meanwhile."""

    code = "act.conflict"


class NotFoundError(RefusedError):
    """There is no such thing, or the viewer may not know of it: the two are not told apart."""

    code = "not_found"

    def __init__(self, where: str | None = None) -> None:
        super().__init__(
            Text("見つからないか、あなたには見る権限がありません。", "Not found, or not yours to see."),
            where=where,
        )


class ReadOnlyError(RefusedError):
    """The deployment only reads (after a restore, or behind its own published log) until it is cleared."""

    code = "deployment.read_only"


class DeclarationError(Exception):
    """A room did something its act kind does not declare in the law: a fault in our code, never the user's."""
