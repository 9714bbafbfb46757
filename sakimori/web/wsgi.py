"""What gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.web.settings")
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402 - needs Django set up

from sakimori import law  # noqa: E402 - as above
from sakimori.acts import standing  # noqa: E402 - as above


def load_for_good() -> None:
    """Load what every request needs, and keep the garbage collector from looking through it again.

    Each full collection would take a quarter of a second, in the middle of somebody's request.
    """
    law.book()
    law.kinds()
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


# A site that starts over a database that was put back must not take in a single act.
standing.look()
load_for_good()
