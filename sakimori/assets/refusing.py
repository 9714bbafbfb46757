"""Why a list that can be read is not taken in: its rows have faults, nobody has decided, or it says nothing new."""

from sakimori.assets import saying
from sakimori.assets.tables import RowFault
from sakimori.errors import SakimoriError
from sakimori.text import Text

__all__ = ["DayError", "FaultyListError", "NothingNewError", "UndecidedError", "no_day", "told"]


class FaultyListError(SakimoriError):
    """The list can be read, but has faults; nothing was applied."""

    code = "assets.faulty_list"

    def __init__(self, faults: list[RowFault], count: int) -> None:
        faulty = len({one.line for one in faults})
        super().__init__(
            Text(
                f"{count}行のうち{faulty}行に{len(faults)}件の誤りがあります。何も取り込んでいません。",
                f"{len(faults)} fault(s) in {faulty} of {count} rows; nothing was imported.",
            ),
            where=f"line {faults[0].line}",
            mend=Text("示された箇所を直して、もう一度出してください。", "Mend the places named and hand it in again."),
        )
        self.faults = faults

    def as_dict(self) -> dict[str, object]:
        """Return the error as plain data, with every fault."""
        return {**super().as_dict(), "faults": [told(one) for one in self.faults]}


def told(fault: RowFault) -> dict[str, object]:
    """Return a fault as plain data in both languages, the heading of its column too."""
    called = saying.heading(fault.column)
    return {**fault.as_dict(), "heading": {"ja": called.ja, "en": called.en}}


class DayError(SakimoriError):
    """The day of change is no day, or nobody has said it."""

    code = "assets.changed_on"


def no_day() -> DayError:
    """Return the refusal of changes without a day: the period to notify them runs from it (命令3条1項)."""
    return DayError(
        Text(
            "変更のあった日が空欄です。何も反映していません。",
            "The day the changes happened is empty; nothing was applied.",
        ),
        where="changed_on",
        mend=Text("届出の期限はこの日から数えます。日を書いてください。", "The period runs from it: write the day."),
    )


class UndecidedError(SakimoriError):
    """Two sources say different things, and nobody has decided."""

    code = "assets.undecided"


class NothingNewError(SakimoriError):
    """The list says nothing that the register does not say."""

    code = "assets.nothing_new"
