"""`POST /envelopes/`: where other deployments hand in their envelopes. Open by path; each envelope must verify.

`POST /envelopes/catch-up/`: where one that lost something asks for what we hold of it; its request must verify.
"""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sakimori import proofs
from sakimori.acts import catchup, transport
from sakimori.acts.errors import ReadOnlyError
from sakimori.web import limits

LIMIT = 32 * 1024 * 1024
"""Bytes of the largest envelope taken in."""
REQUEST_LIMIT = 64 * 1024
"""Bytes of the largest request to hand over."""


@csrf_exempt
@require_POST
def envelopes(request: HttpRequest) -> HttpResponse:
    """Take in an envelope and answer with the signed acknowledgement; 422 with the reason where it does not verify.

    503 while this deployment only reads: nothing is answered for, and the sender tries again.
    """
    body = _body(request, LIMIT)
    if body is None:
        return _refused("envelope.too_large", 413)
    try:
        answer = transport.receive(body)
    except ReadOnlyError as error:
        return JsonResponse(error.as_dict(), status=503)
    except proofs.ProofError as error:
        return _refused(error.code, 422, str(error))
    return HttpResponse(answer, content_type="application/json")


@csrf_exempt
@require_POST
def catch_up(request: HttpRequest) -> HttpResponse:
    """Answer a signed request for what we hold of another deployment; 403 with the reason where it does not verify."""
    body = _body(request, REQUEST_LIMIT)
    if body is None:
        return _refused("envelope.too_large", 413)
    try:
        return JsonResponse(catchup.answer(body))
    except catchup.CatchUpError as error:
        return JsonResponse(error.as_dict(), status=403)


def _body(request: HttpRequest, most: int) -> bytes | None:
    """Return what was sent, None where it is larger than `most` bytes, whatever its header said."""
    try:
        announced = int(request.headers.get("Content-Length") or 0)
        body: bytes = b"" if announced > most else request.body
    except RawPostDataException:  # a form with parts, read already: no envelope can be in it
        return b""
    except (ValueError, RequestDataTooBig):
        return None
    return None if max(announced, len(body)) > most else body


def _refused(code: str, status: int, what: str = "") -> JsonResponse:
    """Return a refusal, and count it: code only, never who sent it or what was in it."""
    limits.tally(f"envelope.{code.removeprefix('envelope.')}")
    return JsonResponse({"code": code, "what": what} if what else {"code": code}, status=status)
