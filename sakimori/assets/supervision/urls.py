"""Where the pages of the authorities' side stand; merged into the room's own addresses."""

from django.urls import path

from sakimori.assets.supervision import views, views_map, views_office

urlpatterns = [
    path("matters/", views.matters, name="matters"),
    path("matters/new/<str:sort>/", views.begin, name="begin"),
    path("matters/<uuid:matter>/", views.matter, name="matter"),
    *(
        path(f"matters/<uuid:matter>/{step}/", views.step, {"step": step}, name=f"matter-{step}")
        for step in views.STEPS
    ),
    path("checking/", views_office.checking, name="checking"),
    path("sector/", views_office.sector, name="sector"),
    path("office/", views_office.office, name="office"),
    path("products/", views_map.products, name="products"),
    path("products/readers/", views_map.map_readers, name="map-readers"),
]
START_URLS = {
    "assets.question.ask": "assets:matters",
    "assets.correction.ask": "assets:checking",
    "assets.order.issue": "assets:matters",
    "assets.order.serve": "assets:matters",
    "assets.order.withdraw": "assets:matters",
    "assets.opinion.state": "assets:matters",
    "assets.material.demand": "assets:matters",
    "assets.guidance.give": "assets:matters",
    "assets.question.answer": "assets:matters",
    "assets.material.give": "assets:matters",
    "assets.matter.close": "assets:matters",
    "assets.matter.remind": "assets:matters",
    "assets.notification.pass_on_chosen": "assets:checking",
    "assets.office.set": "assets:office",
}
"""Where a kind's own page is, instead of the generated form."""
