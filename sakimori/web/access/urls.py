"""The addresses of the log-in and of what a person keeps for it."""

from django.urls import path

from sakimori.web.access import handing, joining, mine, people, proving

app_name = "access"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("invitation/", joining.join, name="join"),
    path("invitation/<str:secret>/", joining.invitation, name="invitation"),
    path("second/", proving.second, name="second"),
    path("passkey/", proving.passkey, name="passkey"),
    path("prove/", proving.prove, name="prove"),
    path("password/", mine.password, name="password"),
    path("totp/", mine.totp, name="totp"),
    path("passkeys/add/", mine.add_passkey, name="add_passkey"),
    path("codes/", mine.codes, name="codes"),
    path("factors/<int:factor>/end/", mine.drop, name="drop"),
    path("sessions/<int:session>/end/", mine.end_session, name="end_session"),
    path("sessions/end/", mine.end_others, name="end_others"),
    path("people/", people.people, name="people"),
    path("recoveries/<uuid:act>/link/", handing.link, name="link"),
    path("identities/<int:identity>/end/", mine.unbind, name="unbind"),
]
