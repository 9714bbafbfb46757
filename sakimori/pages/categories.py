"""Facility categories (特定重要設備の区分) as people read them: as recorded in Japanese, in English by our translation.

A category is what an organisation recorded, and its Japanese words alone are what is notified. The short forms of the
ministerial orders have a translation of ours, for there is no official one; any other wording stays as it is.
"""

from django.utils.translation import get_language, gettext

from sakimori.law.businesses import facility_categories
from sakimori.pages.tables import Column


def category(name: object) -> str:
    """Return a category in the reader's language, for lists and headings."""
    found = facility_categories().get(str(name or ""))
    return found.pick(get_language() or "ja") if found else str(name or "")


def categories_column(key: str = "facility_category") -> Column:
    """Return the column of a list that shows, sorts and finds categories in the reader's language."""
    return Column(key, gettext("Facility category"), names=lambda names: {name: category(name) for name in names})


def category_whole(name: object) -> str:
    """Return a category in the reader's language, with the words on record where it is translated."""
    said, recorded = category(name), str(name or "")
    return said if said == recorded else f"{said} (our translation of 「{recorded}」)"
