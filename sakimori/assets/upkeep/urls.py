"""The upkeep's pages: addresses, where its things are shown, where its acts begin."""

from sakimori.assets.upkeep import views_changes, views_mending, views_returned, views_stocktakes

urlpatterns = [
    *views_changes.urlpatterns,
    *views_mending.urlpatterns,
    *views_stocktakes.urlpatterns,
    *views_returned.urlpatterns,
]
SUBJECT_URLS = {
    "assets.stocktake": "assets:stocktake",
    "assets.due": "assets:due",
    "assets.derivation": "assets:derivation",
}
START_URLS = {
    "assets.stocktake.start": "assets:start_stocktake",
    "assets.stocktake.answer": "assets:stocktakes",
    "assets.stocktake.remind": "assets:stocktakes",
    "assets.stocktake.close": "assets:stocktakes",
    "assets.upkeep.settle": "assets:upkeep_settings",
}
