"""The machine's way in: `/api/v1/`, generated from what the law lists and the rooms offer. OpenAPI 3.1.

Every act kind with a handler has one typed operation, every query another; rooms may add routers of their own. What a
person may do here is what the role may do on the pages, no more: both go through the same door.
"""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.responses import NinjaJSONEncoder

from sakimori import __version__
from sakimori.web import rooms
from sakimori.web.api import acting, faults, looking
from sakimori.web.api.auth import SESSION, TOKEN
from sakimori.web.problems import CONTENT_TYPE

_FAULT = 400

api = NinjaAPI(
    title="防人 Sakimori",
    version=__version__,
    description="行為・照会・提案・記録証明 / Acts, queries, proposals and receipts of one deployment.",
    docs_url=None,
    openapi_url=None,
    auth=[TOKEN, SESSION],
    urls_namespace="api",
)
faults.speak_plainly(api)
for _prefix, _made in (
    ("/acts", acting.router()),
    ("/proposals", acting.proposal_router()),
    ("/batches", acting.batch_router()),
    ("/queries", looking.router()),
    ("", looking.record_router()),
):
    api.add_router(_prefix, faults.with_faults(_made))
for _room, _router in rooms.api_routers():
    api.add_router(f"/{_room}", _router, tags=[_room])


@cache
def document() -> bytes:
    """Return the OpenAPI 3.1 document; it stays the same as long as the process runs."""
    schema = api.get_openapi_schema()
    for path in schema["paths"].values():
        for operation in path.values():
            _faults_are_problems(operation["responses"])
    return json.dumps(schema, cls=NinjaJSONEncoder, ensure_ascii=False).encode()


def _faults_are_problems(responses: dict[Any, Any]) -> None:
    """Have the document say what faults are sent as: django-ninja names one content type for all answers."""
    for status, response in responses.items():
        content = response.get("content", {})
        if int(status) >= _FAULT and "application/json" in content:
            content[CONTENT_TYPE] = content.pop("application/json")


@api.get("/openapi.json", include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI document."""
    return HttpResponse(document(), content_type="application/json")
