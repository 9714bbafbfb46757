"""What the selection refuses, and how it says so; grouped by who is at fault.

No message ever carries a byte of a packet: an error names a file, a packet number, a reason.
"""

from collections.abc import Sequence

from sakimori.errors import SakimoriError
from sakimori.text import Text


class SelectionError(SakimoriError):
    """Base of everything this package refuses."""

    code = "selection.error"


class Refusal(SelectionError):  # noqa: N818  listed and shown as often as raised
    """One reason why an order (or an authority) may not be run."""

    code = "selection.refusal"


class OrderRefusedError(SelectionError):
    """The order may not be run; `refusals` lists every reason, each explained in both languages."""

    code = "selection.order_refused"

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        lines_ja = " ".join(f"[{item.code}] {item.explain('ja')}" for item in self.refusals)
        lines_en = " ".join(f"[{item.code}] {item.explain('en')}" for item in self.refusals)
        super().__init__(
            Text(f"選別命令を実行できません: {lines_ja}", f"the order is refused: {lines_en}"),
            mend=Text(
                "`sakimori select check` で理由を確かめ、命令を直してください。",
                "Run `sakimori select check`, and mend the order.",
            ),
            article="強化法22、35",
        )


class AuthorityError(SelectionError):
    """The selection authority is missing, unreadable, or its signature does not verify."""

    code = "selection.authority"


class CountryError(SelectionError):
    """A country file cannot be read."""

    code = "selection.country"


class ModeError(SelectionError):
    """What was asked is not allowed in this mode (real or rehearsal)."""

    code = "selection.mode"


class OutputError(SelectionError):
    """The output folder cannot take the result."""

    code = "selection.output"


class CaptureChangedError(SelectionError):
    """A capture file did not stay what it was while it was read; nothing was kept."""

    code = "selection.capture_changed"


class EngineFaultError(SelectionError):
    """The engine itself failed; nothing was kept. Carries the fault's type and place, never its data."""

    code = "selection.engine_fault"


class SealError(SelectionError):
    """Sealed identities cannot be opened with this key."""

    code = "selection.seal"
