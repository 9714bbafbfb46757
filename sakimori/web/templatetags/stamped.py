"""`{% csrf_token %}` of every template: Django's token, and beside it the stamp that binds the form to a capacity.

A form without the token is refused by Django, so no form can forget the stamp. Loaded as a builtin (settings).
"""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sakimori.web.stamps import FIELD, sealed, stamp_of

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: Any) -> SafeString:
    """Return the hidden fields of a form: the CSRF token, and the stamp where there is a capacity to bind it to."""
    token = context.get("csrf_token")
    written = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token) if token else ""
    request = context.get("request")
    stamp = stamp_of(request) if request is not None else None
    if stamp is not None:
        written += format_html('<input type="hidden" name="{}" value="{}">', FIELD, sealed(stamp))
    return SafeString(written)
