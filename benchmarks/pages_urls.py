"""The site's own map with the plain Django admin of `benchmarks/pages_admin.py` below `/admin/`."""

from django.urls import path

from benchmarks.pages_admin import site
from sakimori.web import urls

urlpatterns = [path("admin/", site.urls), *urls.urlpatterns]
handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500
