"""Run in a deployment's own process (`python -m tests.browser.entering`): log everybody in, print the cookies.

One line a role: `{"organisation": …, "type": …, "role": …, "world": …, "login": …, "cookie": [name, value]}`.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from sakimori.cli.floor import set_up


def _everybody() -> Iterator[dict[str, Any]]:
    from django.conf import settings
    from django.test import Client

    from sakimori.acts import clock
    from sakimori.parties.models import Account
    from sakimori.parties.queries import viewers_of
    from sakimori.web.viewing import key_of

    for account in Account.objects.filter(is_active=True).order_by("login"):
        for name in clock.worlds():
            world = clock.world(name)
            for viewer in viewers_of(account.person, name, world.base, clock.today(name)):
                client = Client()
                client.force_login(account)
                session = client.session
                session["world"], session["role"] = name, key_of(viewer)
                session.save()
                yield {
                    "organisation": str(viewer.organisation),
                    "type": viewer.organisation_type,
                    "role": viewer.role,
                    "world": name,
                    "login": account.login,
                    "cookie": [settings.SESSION_COOKIE_NAME, session.session_key],
                }


if __name__ == "__main__":
    set_up()
    json.dump(list(_everybody()), sys.stdout)
