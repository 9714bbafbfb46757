"""Laying down what a notification names: every computer as a row, and how many there are of each product."""

from collections import Counter
from collections.abc import Sequence

from sakimori.acts.context import Context
from sakimori.assets.models import Notification, NotifiedItem, NotifiedProduct

Row = tuple[str, str, str]
"""Clause, product, maker: what 命令2条5項 asks of a computer."""


def place(ctx: Context, notification: Notification, rows: Sequence[Row]) -> None:
    """Store the rows in their order, and the count of each product that searches and sums run over."""
    of = {
        "notification": notification,
        "organisation": notification.organisation,
        "owner": notification.organisation,
    }
    ctx.create_many(
        NotifiedItem,
        (
            {**of, "position": position, "clause": clause, "product": product, "maker": maker}
            for position, (clause, product, maker) in enumerate(rows, start=1)
        ),
    )
    ctx.create_many(
        NotifiedProduct,
        (
            {**of, "maker": maker, "product": product, "computers": computers}
            for (maker, product), computers in Counter((maker, product) for _, product, maker in rows).items()
        ),
    )
