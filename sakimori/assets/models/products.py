"""Stored sums of the products that were passed on to the Prime Minister: what lists and searches of products read."""

from typing import ClassVar

from django.db import models

from sakimori.record import RecordModel


class OperatorProduct(RecordModel):
    """How many computers of one product an operator has notified, over all its notifications that count.

    Derived from `NotifiedProduct` by `assets.sums`, never entered; a query that shows it labels it.
    """

    organisation = models.UUIDField()
    maker = models.CharField(max_length=200)
    product = models.CharField(max_length=200)
    computers = models.PositiveIntegerField()

    class Meta:
        """A product is counted once an operator; searches find the product first, then who has it."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "maker", "product", "organisation"], name="operator_product_once")
        ]
        indexes: ClassVar = [models.Index(fields=["world", "organisation"], name="operators_products")]


class ProductSpread(RecordModel):
    """How many operators have notified a product, and how many computers of it there are: one row a distinct spelling.

    `same` is equal for the spellings of one product (`matching.spelling`, as the tables were when it was last counted);
    `spellings` is how many there are, `operators_same` how many operators use any of them.

    Derived by `assets.sums` from `OperatorProduct`. Together these rows are the country's concentration of products:
    the queries that show them say so by their label.
    """

    maker = models.CharField(max_length=200)
    product = models.CharField(max_length=200)
    operators = models.PositiveIntegerField()
    same = models.CharField(max_length=64, default="")
    spellings = models.PositiveIntegerField(default=1)
    operators_same = models.PositiveIntegerField(default=0)
    computers = models.PositiveIntegerField()

    class Meta:
        """A product is counted once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "maker", "product"], name="product_spread_once")
        ]
        indexes: ClassVar = [models.Index(fields=["world", "same"], name="product_spellings")]
