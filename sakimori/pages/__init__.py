"""What the rooms' pages are made of: tables, generated forms, words, navigation. Below the rooms, above the door.

The page frame, its templates and its style sheet live in `sakimori.web`; a room's template extends `web/base.html`, and
a room's view uses the functions here. Every request carries `request.viewer` (put there by `sakimori.web.viewing`).
"""

from sakimori.pages.listing import listed
from sakimori.pages.navigation import Nav
from sakimori.pages.reads import rows_or_none, viewer_of
from sakimori.pages.tables import Column, Table, table_from

__all__ = ["Column", "Nav", "Table", "listed", "rows_or_none", "table_from", "viewer_of"]
