"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.web.settings")
application = get_wsgi_application()

from sakimori.acts import standing  # noqa: E402 - needs Django set up

# A site that starts over a database that was put back must not take in a single act.
standing.look()
