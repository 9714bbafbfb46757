"""Which notified names are spellings of one product: by the tables of names and by spelling alone, never by likeness.

What the tables do not know is told apart by its letters: nothing is guessed to be the same.
"""

from functools import lru_cache

from sakimori.matching import names
from sakimori.matching.book import name_book


@lru_cache(maxsize=65_536)
def same_product(maker: str, product: str) -> str:
    """Return what all spellings of a product have in common; a name without a letter or digit has it with none other.

    >>> same_product("Red Hat, Inc.", "RHEL-8") == same_product("レッドハット株式会社", "ＲＨＥＬ ８")
    True
    """
    book, key = name_book(), names.key(product)
    reading = book.read_maker(maker)
    if not key or not reading.ids:
        return f"{maker}\x1f{product}"
    makers = sorted(reading.ids)
    known = {one for maker_id in makers for one in book.named(maker_id, key)}
    if len(known) == 1:
        return f"*{known.pop()}"
    return f"{'+'.join(makers)}\x1f{key}"
