"""The addresses of the log-in and of what a person keeps for it."""

from django.urls import path

from sakimori.web.access import joining

app_name = "access"
urlpatterns = [
    path("invitation/", joining.join, name="join"),
    path("invitation/<str:secret>/", joining.invitation, name="invitation"),
]
