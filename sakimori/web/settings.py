"""Django settings of one deployment; everything that differs comes from its home directory or the environment.

Environment: `SAKIMORI_HOME` (directory), `SAKIMORI_DATABASE_URL` (empty: SQLite in the home;
`postgresql://user:password@host:port/name`), `SAKIMORI_SECRET_KEY` (empty: a random key kept in the home with mode
0600), `SAKIMORI_HTTPS=1` behind TLS, `SAKIMORI_SMTP` (`host:port`), `SAKIMORI_MAIL_FROM`, `SAKIMORI_PROXIES` (how many
reverse proxies of our own stand before the site), `SAKIMORI_FACTOR_KEY` (empty: kept in the home), and for each
identity provider `SAKIMORI_OIDC_<ID>_SECRET`.
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from sakimori.web import deployment, logs
from sakimori.web.access import providers

SAKIMORI_HOME: Path = deployment.home()
SAKIMORI_LOG: Path = SAKIMORI_HOME / "log"
SAKIMORI_DEPLOYMENT: dict[str, Any] = deployment.load(SAKIMORI_HOME)

ROOMS = [
    room
    for room in (
        "assets", "incidents", "plans", "agreements", "measures", "oversight", "custody",
        "analysis", "warnings", "council", "standards", "exercises",
    )
    if (Path(__file__).parent.parent / room / "apps.py").exists()
]  # fmt: skip


def _secret_key() -> str:
    given = os.environ.get("SAKIMORI_SECRET_KEY", "")
    if given:
        return given
    path = SAKIMORI_HOME / "keys" / "session.secret"
    if path.exists():
        return path.read_text(encoding="ascii")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    value = secrets.token_urlsafe(48)
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(value)
    return value


def _database() -> dict[str, Any]:
    url = os.environ.get("SAKIMORI_DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": SAKIMORI_HOME / "sakimori.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                # No temporary files: what is sorted or undone is as secret as what is stored, and a bulk act over
                # tables with triggers would write one for every row.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
                    "PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    parts = urlparse(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


# `SAKIMORI_LIMITS=off` takes the rate limits away: for measuring, never for service.
SAKIMORI_LIMITS = os.environ.get("SAKIMORI_LIMITS") != "off"
SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = SAKIMORI_DEPLOYMENT["hosts"]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "parties.Account"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "sakimori.parties",
    "sakimori.acts",
    *[f"sakimori.{room}" for room in ROOMS],
    "sakimori.web",
    "sakimori.web.agenda",
    # After our own: of two translations of one sentence the first app's counts.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "sakimori.web.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "sakimori.web.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "sakimori.web.intake.IntakeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sakimori.web.access.keeping.KeptMiddleware",
    "sakimori.web.binding.BindingMiddleware",
    "sakimori.web.viewing.ViewerMiddleware",
    "sakimori.web.secrecy.SecrecyMiddleware",
    "sakimori.web.limits.LimitMiddleware",
    "sakimori.web.failures.FailureMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["sakimori.web.templatetags.stamped"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "sakimori.web.frame.context",
            ],
        },
    }
]
ROOT_URLCONF = "sakimori.web.urls"
WSGI_APPLICATION = "sakimori.web.wsgi.application"

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
USE_I18N = True
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Several deployments may run on one machine, and cookies do not tell ports apart. Over TLS the prefix `__Host-` has
# browsers refuse a cookie that another host or a plain connection planted.
_HTTPS = os.environ.get("SAKIMORI_HTTPS") == "1"
_COOKIE = ("__Host-" if _HTTPS else "") + f"sakimori_{SAKIMORI_DEPLOYMENT['name']}".replace("-", "_")
SESSION_COOKIE_NAME = f"{_COOKIE}_session"
CSRF_COOKIE_NAME = f"{_COOKIE}_csrf"
LANGUAGE_COOKIE_NAME = f"{_COOKIE}_language"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
if _HTTPS:
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}
CSRF_FAILURE_VIEW = "sakimori.web.failures.csrf_failed"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
# Of django-allauth only second factors, the list of sessions and the OpenID Connect client are used (decision 0009).
ACCOUNT_USER_MODEL_USERNAME_FIELD, ACCOUNT_USER_MODEL_EMAIL_FIELD = "login", None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("SAKIMORI_PROXIES", "0"))
MFA_ADAPTER = "sakimori.web.access.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "required"
SOCIALACCOUNT_ADAPTER = "sakimori.web.access.oidc.ProviderAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": providers.applications(SAKIMORI_DEPLOYMENT)}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

_SMTP = os.environ.get("SAKIMORI_SMTP", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _SMTP else 'dummy'}.EmailBackend"
EMAIL_HOST, _, _EMAIL_PORT = _SMTP.partition(":")
EMAIL_PORT = int(_EMAIL_PORT or 25)
DEFAULT_FROM_EMAIL = os.environ.get("SAKIMORI_MAIL_FROM", "sakimori@localhost")

LOGGING = logs.configure()
