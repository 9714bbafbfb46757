"""`POST /envelopes/`: where other deployments hand in their envelopes. Open by path; each envelope must verify.

`POST /envelopes/catch-up/`: where one that lost something asks for what we hold of it; its request must verify.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sakimori import proofs
from sakimori.acts import catchup, transport
from sakimori.acts.errors import ReadOnlyError

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
    if int(request.headers.get("Content-Length") or 0) > LIMIT:
        return JsonResponse({"code": "envelope.too_large"}, status=413)
    try:
        answer = transport.receive(request.body)
    except ReadOnlyError as error:
        return JsonResponse(error.as_dict(), status=503)
    except proofs.ProofError as error:
        return JsonResponse({"code": error.code, "what": str(error)}, status=422)
    return HttpResponse(answer, content_type="application/json")


@csrf_exempt
@require_POST
def catch_up(request: HttpRequest) -> HttpResponse:
    """Answer a signed request for what we hold of another deployment; 403 with the reason where it does not verify."""
    if int(request.headers.get("Content-Length") or 0) > REQUEST_LIMIT:
        return JsonResponse({"code": "envelope.too_large"}, status=413)
    try:
        return JsonResponse(catchup.answer(request.body))
    except catchup.CatchUpError as error:
        return JsonResponse(error.as_dict(), status=403)
