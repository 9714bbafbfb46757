"""The site's own settings with a plain Django admin beside it, for `benchmarks/pages.py` alone."""

from sakimori.web.settings import *  # noqa: F403
from sakimori.web.settings import INSTALLED_APPS as _APPS
from sakimori.web.settings import TEMPLATES as _TEMPLATES

INSTALLED_APPS = [*_APPS, "django.contrib.admin", "django.contrib.messages"]
TEMPLATES = [
    {
        **_TEMPLATES[0],
        "OPTIONS": {
            **_TEMPLATES[0]["OPTIONS"],
            "context_processors": [
                *_TEMPLATES[0]["OPTIONS"]["context_processors"],
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
ROOT_URLCONF = "benchmarks.pages_urls"
