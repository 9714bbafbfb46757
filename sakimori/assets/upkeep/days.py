"""Days by which somebody is asked to answer: to come, and not so far away that nobody ever looks again."""

from datetime import date

from sakimori import law
from sakimori.acts.context import Context
from sakimori.law.counting import clamp, shift_month
from sakimori.text import Text

LONGEST = "house.stocktake.longest"


def require_coming(ctx: Context, day: date, where: str) -> None:
    """Refuse a day by which to answer that has passed, or that lies beyond what the house rule allows."""
    if day < ctx.today:
        raise ctx.refuse(
            "assets.past", Text("その日は過ぎています。", "That day has passed."), where=where,
            mend=Text("これからの日を選んでください。", "Choose a day to come."),
        )  # fmt: skip
    months = int(str(law.parameter(LONGEST).value))
    last = clamp(*shift_month(ctx.today.year, ctx.today.month, months), ctx.today.day)
    if day > last:
        raise ctx.refuse(
            "assets.too_far",
            Text(f"その日は先すぎます（{months}か月以内、{last}まで）。", f"That day is too far away: at most {last}."),
            where=where,
            mend=Text("年の打ち間違いがないか確かめてください。", "Check the year you typed."),
        )
