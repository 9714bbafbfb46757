"""`POST /envelopes/`: where other deployments hand in their envelopes. Open by path; each envelope must verify."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sakimori import proofs
from sakimori.acts import transport

LIMIT = 32 * 1024 * 1024
"""Bytes of the largest envelope taken in."""


@csrf_exempt
@require_POST
def envelopes(request: HttpRequest) -> HttpResponse:
    """Take in an envelope and answer with the signed acknowledgement; 422 with the reason where it does not verify."""
    if int(request.headers.get("Content-Length") or 0) > LIMIT:
        return JsonResponse({"code": "envelope.too_large"}, status=413)
    try:
        answer = transport.receive(request.body)
    except proofs.ProofError as error:
        return JsonResponse({"code": error.code, "what": str(error)}, status=422)
    return HttpResponse(answer, content_type="application/json")
