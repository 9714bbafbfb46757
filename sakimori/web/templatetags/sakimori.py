"""Filters for templates: `{% load sakimori %}`."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import gettext, ngettext

from sakimori.pages.tables import shown
from sakimori.pages.words import choice as coded
from sakimori.text import Text
from sakimori.web.speaking import language

register = template.Library()


@register.filter
def pick(text: Text | None) -> str:
    """Return a `Text` in the reader's language."""
    return text.pick(language()) if text else ""


@register.filter
def when(value: date | datetime | None) -> str:
    """Return a date or a time in Tokyo, year first."""
    return shown(value)


@register.filter
def word(value: Any) -> str:
    """Return a coded value in words."""
    return coded(value) if value else ""


@register.filter
def days_left(days: int) -> str:
    """Return how long there is yet, or for how long it is overdue."""
    if days < 0:
        return ngettext("%(count)d day overdue", "%(count)d days overdue", -days) % {"count": -days}
    if days == 0:
        return gettext("today")
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
