"""Where something of the law is shown in the law book: a clock, an act kind, a term, an article."""

from urllib.parse import quote, urlencode

from django.urls import reverse


def law_link(chapter: str, key: str) -> str:
    """Return the address of one line of the law book: `law_link("rule", "kyokaho.notice.new")`."""
    return f"{reverse('law')}?{urlencode({'chapter': chapter})}#{quote(key)}"


def article_link(article: str) -> str:
    """Return the address of what the law book says under an article: its clocks are what people ask for."""
    return f"{reverse('law')}?{urlencode({'chapter': 'article', 'q': article})}"
