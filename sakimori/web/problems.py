"""Faults of the API as RFC 9457 `application/problem+json`, always with both languages, never HTML.

Standard members: `type`, `title`, `status`, `detail`, `instance`. Ours beside them: `code`, `where`, `article`, `what`
and `mend` in Japanese and English, `fields` where single fields are at fault.
"""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language

from sakimori.errors import SakimoriError
from sakimori.text import Text

CONTENT_TYPE = "application/problem+json"
TYPE = "urn:x-sakimori:fault:"

_BROKEN = 500
_SAID: dict[int, tuple[str, Text, Text]] = {
    400: (
        "api.bad_request",
        Text("要求を読み取れません。", "The request cannot be read."),
        Text("URL・ヘッダー・本文の形式を確かめてください。", "Check the form of address, headers and body."),
    ),
    401: (
        "api.unauthenticated",
        Text("ログインまたは有効なトークンが必要です。", "A log-in or a valid token is needed."),
        Text("Authorization: Bearer … を付けてください。", "Send Authorization: Bearer …."),
    ),
    403: (
        "api.csrf",
        Text("CSRF トークンがないか、合いません。", "The CSRF token is missing or wrong."),
        Text("X-CSRFToken ヘッダーを付けるか、トークンを使ってください。", "Send X-CSRFToken, or use a token."),
    ),
    404: (
        "api.unknown",
        Text("この宛先はありません。", "There is nothing at this address."),
        Text("/api/v1/openapi.json で宛先を確かめてください。", "See /api/v1/openapi.json for what there is."),
    ),
    405: (
        "api.method",
        Text("この宛先ではこの方法を使えません。", "This method is not taken here."),
        Text("Allow ヘッダーの方法を使ってください。", "Use a method named in the Allow header."),
    ),
    413: (
        "api.too_large",
        Text("送られた内容が大きすぎます。", "What was sent is too large."),
        Text("分けて送ってください。", "Send it in parts."),
    ),
    500: (
        "api.broken",
        Text("当システムの不具合です。何も行われていません。", "This is a fault of ours. Nothing was done."),
        Text("しばらくして同じ冪等キーで再送してください。", "Send it again later, with the same idempotency key."),
    ),
}
_ELSE = (
    "api.refused",
    Text("受け付けられません。", "This call is not taken."),
    Text("要求を確かめてください。", "Check the request."),
)


def problem(request: HttpRequest, error: SakimoriError, status: int) -> JsonResponse:
    """Return an error as a problem document."""
    language = get_language() or "ja"
    body = {
        "type": TYPE + error.code,
        "title": error.what.pick(language),
        "status": status,
        "detail": error.explain(language),
        "instance": request.path,
        **error.as_dict(),
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False})


def by_status(request: HttpRequest, status: int) -> JsonResponse:
    """Return the problem document of a refusal that has no words of its own."""
    code, what, mend = _SAID.get(status, _SAID[_BROKEN] if status > _BROKEN else _ELSE)
    return problem(request, SakimoriError(what, code=code, mend=mend), status)
