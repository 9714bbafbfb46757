"""The addresses of enrolment."""

from django.urls import path

from sakimori.web.enrol import consents, hosting, leaving, views, windows

app_name = "enrol"
urlpatterns = [
    path("", views.start, name="start"),
    path("card.json", views.own_card, name="card"),
    path("operators/", hosting.operators, name="operators"),
    path("leaving/", leaving.people, name="leaving"),
    path("leaving/<uuid:person>/", leaving.person, name="leaving_person"),
    path("windows/", windows.windows, name="windows"),
    path("windows/load/", windows.load, name="load_windows"),
    path("consents/", consents.consents, name="consents"),
    path("consents/<uuid:consent>/", consents.consent, name="consent"),
    path("step/<str:step>/", views.step, name="step"),
]
