"""How long an act's documents are kept, for the page of the act: `{% load records %}`."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context
from django.utils.translation import get_language, gettext

from sakimori.acts import clock, keeping
from sakimori.pages import dates
from sakimori.pages.words import choice

register = template.Library()


@register.simple_tag(takes_context=True)
def retention(context: Context, row: Mapping[str, Any]) -> str:
    """Return until when the documents of an act (a row of `acts.done`) are kept, and what then, in words."""
    viewer = context["request"].viewer
    entry = keeping.class_of(viewer, row["kind"], clock.today(viewer.world))
    if entry is None:
        return gettext("not set: the office has entered no retention table for it")
    if entry.years is None:
        return f"{entry.title}: {choice('permanent', 'retention')}"
    until = keeping.expires(row["recorded_at"].astimezone(clock.TOKYO).date(), entry.years)
    return f"{dates.brief(until, get_language() or 'ja')} · {entry.title} · {choice(entry.measure, 'measure')}"
