"""A fresh proof of who one is, before acts that weigh more (house rule).

The door asks; whoever lets people in (the site) knows when a person last proved who it is and says so around each
request. Where nobody says anything (command line, worker, a machine's token) there is no session that somebody could
have left open, and nothing is asked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sakimori import law
from sakimori.acts.errors import NotAuthorisedError
from sakimori.text import Text

_asked: ContextVar[Callable[[], bool] | None] = ContextVar("sakimori_fresh", default=None)


class FreshProofNeededError(Exception):
    """The act needs a fresh proof of who one is; nothing was done.

    No `SakimoriError`, so that no page shows it beside its form: the site asks for the proof and gives the form back.
    `refusal` is what is said where nobody can be asked (the API).
    """

    def __init__(self, kind: law.ActKind) -> None:
        super().__init__(kind.name)
        self.refusal = NotAuthorisedError(
            Text(
                f"「{kind.title.ja}」の前に、本人であることの再確認が必要です。",
                f"“{kind.title.en}” needs a fresh proof of who you are.",
            ),
            code="act.fresh_proof",
            where=kind.name,
            article="house",
            mend=Text("画面でログインし直すか、本人確認をしてください。", "Log in again, or prove it on the site."),
        )


@contextmanager
def known(is_fresh: Callable[[], bool]) -> Iterator[None]:
    """Say, for what happens inside, how to tell whether the person's proof is fresh; asked only when needed."""
    token = _asked.set(is_fresh)
    try:
        yield
    finally:
        _asked.reset(token)


def require(kind: law.ActKind, *, confirming: bool) -> None:
    """Raise `FreshProofNeededError` where this act needs a fresh proof and the person's is not.

    A kind that needs a second person asks when it is confirmed, not when it is proposed.
    """
    is_fresh = _asked.get()
    if is_fresh is None or not kind.fresh_proof or (kind.second_person != "none" and not confirming):
        return
    if not is_fresh():
        raise FreshProofNeededError(kind)
