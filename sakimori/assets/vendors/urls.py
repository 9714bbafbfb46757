"""The pages about vendors: addresses, where their things are shown, where their acts begin."""

from sakimori.assets.vendors import views, views_asked

urlpatterns = [*views.urlpatterns, *views_asked.urlpatterns]
SUBJECT_URLS = {"assets.vendor_request": "assets:vendor_request", "assets.asked": "assets:asked_request"}
START_URLS = {
    "assets.vendor.ask": "assets:ask_vendor",
    "assets.vendor.answer": "assets:asked",
    "assets.vendor.record": "assets:vendor_requests",
    "assets.vendor.take": "assets:vendor_requests",
    "assets.vendor.decline": "assets:vendor_requests",
    "assets.vendor.remind": "assets:vendor_requests",
    "assets.vendor.withdraw": "assets:vendor_requests",
}
