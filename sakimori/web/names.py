"""Names for ids, where the frame looks for them."""

from sakimori.pages.names import organisation, organisations, people

__all__ = ["organisation", "organisations", "people"]
