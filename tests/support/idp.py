"""A local OpenID Connect provider that plays one like GビズID: django-allauth's own, in a process of its own.

    python -m tests.support.idp PORT DATABASE CLIENT SECRET CALLBACK

Two people have an account there. Instead of asking for a password its log-in page takes the name from the query
(`/login/?next=…&who=hanako`): what is tested is our side. `/deny/` plays somebody who turns back.
"""

import sys
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

PEOPLE = ("hanako", "stranger")


def _configure(port: int, database: str) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    settings.configure(
        SECRET_KEY="of a provider that plays",  # noqa: S106 - thrown away with the process
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "allauth",
            "allauth.account", "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware", "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        ROOT_URLCONF=sys.modules[__name__],
        LOGIN_URL="/login/",
        SESSION_COOKIE_NAME="provider",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        IDP_OIDC_PRIVATE_KEY=key.decode(),
    )  # fmt: skip


def _login(request: Any) -> Any:
    from django.contrib.auth import get_user_model, login
    from django.http import HttpResponse, HttpResponseRedirect

    who = request.GET.get("who", "")
    if who not in PEOPLE:
        return HttpResponse("who?", status=200)
    people: Any = get_user_model().objects  # Django's own accounts there, not ours
    login(request, people.get(username=who), backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponseRedirect(request.GET["next"])


def _url_patterns() -> list[Any]:
    from django.urls import include, path

    return [path("login/", _login), path("", include("allauth.idp.urls"))]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        return


def serve(port: int, database: str, client: str, secret: str, callback: str) -> None:
    """Make the provider's tables, people and client; answer until the process is ended."""
    _configure(port, database)
    import django
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    django.setup()
    globals()["urlpatterns"] = _url_patterns()
    call_command("migrate", verbosity=0, interactive=False)
    from allauth.idp.oidc.models import Client
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password

    people: Any = get_user_model().objects
    for name in PEOPLE:
        people.create_user(name)
    Client.objects.create(
        id=client, name="Sakimori", secret=make_password(secret), redirect_uris=callback, scopes="openid",
        skip_consent=True,
    )  # fmt: skip
    with make_server("127.0.0.1", port, get_wsgi_application(), handler_class=_Quiet) as server:
        Path(f"{database}.ready").touch()
        server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), *sys.argv[2:6])
