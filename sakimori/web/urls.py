"""The map of the site. What is not listed in `viewing.PUBLIC` needs a viewer."""

from django.urls import include, path
from django.views.i18n import set_language

from sakimori.web import (
    account,
    acts,
    desk,
    envelopes,
    failures,
    files,
    health,
    helping,
    lawpages,
    notices,
    performing,
    proposals,
    records,
    rooms,
    search,
)
from sakimori.web.api import api

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("healthz", health.health, name="health"),
    path("livez", health.live, name="live"),
    path("help/", helping.help_page, name="help"),
    path("login/", account.log_in, name="login"),
    path("logout/", account.log_out, name="logout"),
    path("language/", set_language, name="language"),
    path("role/", account.role, name="role"),
    path("access/", include("sakimori.web.access.urls")),
    path("access/oidc/", include("sakimori.web.access.urls_oidc")),
    path("search/", search.search, name="search"),
    path("obligations/", desk.obligations, name="obligations"),
    path("inbox/", notices.inbox, name="inbox"),
    path("notices/<uuid:notice>/", notices.notice, name="notice"),
    path("proposals/", proposals.proposal_list, name="proposals"),
    path("proposals/<uuid:proposal>/", proposals.proposal, name="proposal"),
    path("acts/", acts.act_list, name="acts"),
    path("acts/new/", performing.new_acts, name="new_acts"),
    path("acts/new/<str:kind>/", performing.new_act, name="new_act"),
    path("acts/<uuid:act>/", acts.act, name="act"),
    path("acts/<uuid:act>/receipt/", acts.receipt, name="receipt"),
    path("files/<uuid:attachment>/", files.attachment, name="attachment"),
    path("records/", records.records, name="records"),
    path("records/disclosure/", records.disclosure, name="disclosure"),
    path("dispatches/<uuid:dispatch>/arrived/", files.arrived, name="arrived"),
    path("envelopes/", envelopes.envelopes, name="envelopes"),
    path("envelopes/catch-up/", envelopes.catch_up, name="catch_up"),
    path("", include("sakimori.web.agenda.urls")),
    path("enrol/", include("sakimori.web.enrol.urls")),
    path("law/", lawpages.law_book, name="law"),
    path("api/v1/", api.urls),
    *rooms.url_patterns(),
]

handler400 = failures.bad_request
handler403 = failures.forbidden
handler404 = failures.not_found
handler500 = failures.broken
