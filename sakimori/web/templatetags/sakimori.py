"""Filters for templates: `{% load sakimori %}`."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from sakimori import law
from sakimori.acts import authority
from sakimori.pages import dates
from sakimori.pages.categories import category, category_whole
from sakimori.pages.forms import Shown
from sakimori.pages.tables import shown
from sakimori.pages.words import choice as coded
from sakimori.record import Viewer
from sakimori.text import Text
from sakimori.web.glossing import terms_of
from sakimori.web.kinds import not_in_force
from sakimori.web.speaking import articles, language

register = template.Library()


@register.filter
def pick(text: Text | None) -> str:
    """Return a `Text` in the reader's language."""
    return text.pick(language()) if text else ""


@register.filter
def when(value: date | datetime | None) -> str:
    """Return a date, or a time in Tokyo, as it stands alone: 2026年11月21日（令和8年）."""
    return dates.read(value, language()) if isinstance(value, date) else shown(value)


@register.filter
def brief(value: date | datetime | None) -> str:
    """Return a date, or a time in Tokyo, without the era: for lists where it stands beside others of its kind."""
    return dates.brief(value, language()) if isinstance(value, date) else shown(value)


@register.filter
def machine(value: date | datetime | None) -> str:
    """Return a date or time for the `datetime` attribute of a `time` element, ISO 8601."""
    return value.isoformat() if isinstance(value, date) else ""


@register.filter
def word(value: Any, field: str = "") -> str:
    """Return a coded value (of a field, where that tells it apart) in words."""
    return coded(value, field) if value else ""


@register.filter
def basis(found: str | Iterable[str]) -> str:
    """Return the article or articles something stands on."""
    return articles([found] if isinstance(found, str) else found)


@register.filter(name="category")
def category_filter(name: str | None) -> str:
    """Return a facility category in the reader's language, as headings and lists name it."""
    return category(name)


@register.filter(name="category_whole")
def category_whole_filter(name: str | None) -> str:
    """Return a facility category in the reader's language, with the Japanese words on record where it is translated."""
    return category_whole(name)


@register.filter
def days_left(days: int) -> str:
    """Return how long there is yet, or for how long it is overdue."""
    if days < 0:
        return ngettext("%(count)d day overdue", "%(count)d days overdue", -days) % {"count": -days}
    if days == 0:
        return gettext("today")
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}


@register.simple_tag
def marks(field: Shown) -> SafeString:
    """Return the attributes that tie a field to its help and its error, for people who hear the page."""
    name = field.spec.name
    described = [f"{name}-{part}" for part, said in (("error", field.error), ("help", field.help)) if said]
    found = [("aria-describedby", " ".join(described))] if described else []
    found += [("aria-invalid", "true")] if field.error else []
    found += [("required", "")] if field.spec.required and field.widget != "check" else []
    return format_html_join("", ' {}="{}"', found)


@register.tag
def explained(parser: Parser, _token: Token) -> Node:
    """Show what stands in `{% explained %}…{% endexplained %}`, and below it the terms of the law it uses."""
    nodes = parser.parse(("endexplained",))
    parser.delete_first_token()
    return _Explained(nodes)


class _Explained(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist  # under this name, Django finds the blocks within

    def render(self, context: Context) -> SafeString:
        said = self.nodelist.render(context)
        if context.get("viewer") is None or context.get("own_glossary"):
            return said
        terms = terms_of(said, language())
        return SafeString(said + get_template("web/components/terms.html").render({"terms": terms}))


@register.filter
def may(viewer: Viewer | None, kind: str) -> bool:
    """Return whether the viewer's role may do (or propose) acts of a kind: `{% if viewer|may:"…" %}`.

    So that no page leads to a door that is closed to its reader; whether it opens is decided at the door.
    """
    if viewer is None:
        return False
    found = law.kind(kind)
    return authority.allowed_by_role(found, viewer.organisation_type, viewer.role) and not not_in_force(found, viewer)


@register.simple_tag(takes_context=True)
def crumb(context: Context, url: str, said: str) -> SafeString:
    """Return one more step of the way down to a page (`{% block crumb %}`), unless the frame's trail has it already."""
    if any(entry.url == url for entry in context.get("trail") or ()):
        return SafeString("")
    return format_html('<li><a href="{}">{}</a></li>', url, said)
