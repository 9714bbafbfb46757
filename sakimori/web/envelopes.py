"""`POST /envelopes/`: where other deployments hand in their envelopes. Open by path; each envelope must verify.

`POST /envelopes/catch-up/`: where one that lost something asks for what we hold of it; its request must verify.
"""

from math import inf

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.request import RawPostDataException
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sakimori import proofs
from sakimori.acts import attaching, catchup, transport
from sakimori.acts.errors import ReadOnlyError
from sakimori.errors import SakimoriError
from sakimori.text import Text
from sakimori.web import limits
from sakimori.web.failures import error_page
from sakimori.web.problems import problem

_MIB = 1024 * 1024
LIMIT = 32 * _MIB
"""Bytes of the largest envelope taken in, its files not counted: how large those may be is a house rule."""
REQUEST_LIMIT = 64 * 1024
"""Bytes of the largest request to hand over."""


@csrf_exempt
def envelopes(request: HttpRequest) -> HttpResponse:
    """Take in an envelope, or a parcel of one and its files, and answer with the signed acknowledgement.

    422 with the reason where it does not verify, or where a file is not the one the envelope names. The files are read
    only after the envelope has been verified, one after the other, and never as a whole.

    A person who opens the address is told what it is (405). 503 while this deployment only reads: nothing is answered
    for, and the sender tries again.
    """
    if request.method != "POST":
        return _not_for_people(request)
    try:
        _require_small(request)
        answer = transport.receive(request, limit=LIMIT)
    except ReadOnlyError as error:
        return JsonResponse(error.as_dict(), status=503)
    except UnreadablePostError:  # the sender went away in the middle; it sends it again
        return _refused("envelope.cut_off", 400)
    except proofs.TooLargeError:
        return _refused("envelope.too_large", 413)
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
        found = catchup.answer(body)
    except catchup.CatchUpError as error:
        return JsonResponse(error.as_dict(), status=403)
    if isinstance(found, bytes):
        return HttpResponse(found, content_type="application/octet-stream")
    return JsonResponse(found)


def _not_for_people(request: HttpRequest) -> HttpResponse:
    """Return the page, or for machines the problem document, that says what this address is for."""
    said = SakimoriError(
        Text(
            "ここは、ほかの設置から署名付きの封筒を受け取る宛先です。画面はありません。",
            "This address takes signed envelopes from other deployments. It has no page.",
        ),
        code="envelope.post_only",
        where=request.path,
        mend=Text(
            "届いたものは受信箱に出ます。つなぎ方は「登録の手引き」の「官庁と相手先」にあります。",
            "What arrived is in the inbox. How deployments are connected stands in Set-up, “Authorities and peers”.",
        ),
    )
    page = "text/html" in request.headers.get("Accept", "")
    answer = error_page(request, said, 405) if page else problem(request, said, 405)
    answer["Allow"] = "POST"
    return answer


def _announced(request: HttpRequest) -> float:
    """Return how many bytes the sender says it sends; more than anybody may where what it says is no number."""
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return inf


def _require_small(request: HttpRequest) -> None:
    """Refuse unread (`proofs.TooLargeError`) what is larger than an envelope with its files may be."""
    if _announced(request) > LIMIT + attaching.limit("most") * attaching.limit("largest") * _MIB:
        raise proofs.TooLargeError("大きすぎます。", "it is too large.")


def _body(request: HttpRequest, most: int) -> bytes | None:
    """Return what was sent, None where it is larger than `most` bytes, whatever its header said."""
    try:
        announced = _announced(request)
        body: bytes = b"" if announced > most else request.body
    except RawPostDataException:  # a form with parts, read already: no envelope can be in it
        return b""
    except RequestDataTooBig:
        return None
    return None if max(announced, len(body)) > most else body


def _refused(code: str, status: int, what: str = "") -> JsonResponse:
    """Return a refusal, and count it: code only, never who sent it or what was in it."""
    limits.tally(f"envelope.{code.removeprefix('envelope.')}")
    return JsonResponse({"code": code, "what": what} if what else {"code": code}, status=status)
