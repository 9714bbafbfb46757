"""Operators without an installation of their own: the minister's office enrols them here and invites their people."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from sakimori.acts.errors import NotAuthorisedError
from sakimori.pages import viewer_of
from sakimori.pages.stepping import fresh_key
from sakimori.parties.administration import runs_here
from sakimori.parties.models import Organisation
from sakimori.text import Text
from sakimori.web.enrol import choosing, doing, forms
from sakimori.web.enrol.entering import entered, together
from sakimori.web.enrol.views import require_administrator


@require_http_methods(["GET", "HEAD", "POST"])
def operators(request: HttpRequest) -> HttpResponse:
    """List the operators hosted here, and enrol another one with its designation and first administrator."""
    viewer = viewer_of(request)
    require_administrator(viewer)
    if viewer.organisation_type not in ("ministry", "cabinet_office"):
        raise NotAuthorisedError(
            Text("事業者を受け入れるのは官庁です。", "Authorities enrol operators."), where="enrol:operators"
        )
    if not runs_here(viewer.organisation, doing.base(viewer)):
        raise NotAuthorisedError(
            Text("事業者を受け入れるのは、この設置を運用する官庁です。",
                 "Operators are enrolled by the authority that runs this deployment."),
            where="enrol:operators",
            mend=Text("その官庁の管理者に依頼してください。", "Ask the administrator of that authority."),
        )  # fmt: skip
    options = {"business": [("", ""), *choosing.business_options()]}
    given = entered(request, forms.OperatorForm, viewer, options, {})
    link: dict[str, Any] | None = None
    if given.value is not None:
        told = given.value
        if together(given, viewer, request.POST.get("key", ""), lambda acts: doing.host_operator(acts, told)):
            link = given.told
            request.method = "GET"
            given = entered(request, forms.OperatorForm, viewer, options, {})
    hosted = Organisation.objects.filter(
        world=doing.base(viewer), type="operator", deployment=settings.SAKIMORI_DEPLOYMENT["name"]
    )
    context = {
        "operators": hosted.order_by("name_ja").values("name_ja", "name_en", "corporate_number"),
        "form": given.form,
        "error": given.error,
        "link": link,
        "key": fresh_key(request, given.refusal),
    }
    return render(request, "web/enrol/operators.html", context, status=given.status)
