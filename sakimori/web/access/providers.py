"""The OpenID Connect providers of a deployment, as settings need them (no Django yet)."""

import os
from collections.abc import Mapping
from typing import Any


def applications(deployment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the providers of a deployment as django-allauth wants them.

    `identity_providers` in `deployment.json`: rows of `id` (short name), `name` (ja, en), `issuer` (URL), `client_id`
    and, where the provider asks for two factors itself, `"second_factor": true`. The client secret of provider `abc` is
    `SAKIMORI_OIDC_ABC_SECRET` in the environment.
    """
    return [
        {
            "provider_id": row["id"],
            "name": row["name"]["en"],
            "client_id": row["client_id"],
            "secret": os.environ.get(f"SAKIMORI_OIDC_{row['id'].upper().replace('-', '_')}_SECRET", ""),
            "settings": {
                "server_url": row["issuer"],
                "fetch_userinfo": False,
                "oauth_pkce_enabled": True,
                "scope": ["openid"],
            },
        }
        for row in deployment.get("identity_providers", [])
    ]
