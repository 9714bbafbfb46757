"""The pages of this package, mounted at the root of the site."""

from django.urls import path

from sakimori.web.agenda import feeds, matters, months

urlpatterns = [
    path("calendar/", months.month, name="calendar"),
    path("calendar/feeds/", feeds.feeds, name="calendar_feeds"),
    path("calendar/feeds/<uuid:feed>/end/", feeds.end_feed, name="calendar_feed_end"),
    path("calendar/mail/", feeds.daily_mail, name="daily_mail"),
    path("calendar/read/<str:secret>.ics", feeds.feed, name="calendar_feed"),
    path("matters/<uuid:subject>/", matters.matter, name="matter"),
    path("matters/<uuid:subject>/dossier.pdf", matters.printed, name="dossier"),
]
