"""The stored sums of products say what adding up every notification that counts would say, whatever happened before."""

import random
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Count, Sum

from sakimori.acts import door, reading
from sakimori.assets import sums
from sakimori.assets.models import Notification, NotifiedProduct, OperatorProduct, ProductSpread
from sakimori.record import open_door
from tests.support.deployment import WORLD, fixed, viewer

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

MINISTERS = {"power": "meti", "rail": "mlit"}
CATEGORIES = {"power": "発電設備の監視制御システム", "rail": "列車運行管理システム"}
PRODUCTS = [("Fortinet", "FortiOS"), ("Cisco", "IOS"), ("横河電機", "CENTUM VP"), ("Cisco", "FortiOS")]


def entered(operator, reference, names):
    """Enter a notification on paper with these products and return its id."""
    rows = [{"clause": "rei1-3-1", "maker": maker, "product": product} for maker, product in names]
    payload = {
        "operator": str(fixed(operator)), "what": "notification", "channel": "post", "reference": reference,
        "arrived_at": "2026-11-20T10:30:00+09:00", "facility_category": CATEGORIES[operator], "contents": "typed",
        "rows": rows,
    }  # fmt: skip
    return door.perform("assets.entry.record", payload, by=viewer(MINISTERS[operator], "officer")).subject.id


def do(operator, kind, notification, **more):
    payload = {"notification": str(notification), **more}
    return door.perform(kind, payload, by=viewer(MINISTERS[operator], "officer"))


def stored():
    by_operator = OperatorProduct.objects.values_list("organisation", "maker", "product", "computers")
    spread = ProductSpread.objects.values_list("maker", "product", "operators", "computers")
    return sorted(by_operator, key=str), sorted(spread)


def added_up():
    live = NotifiedProduct.objects.filter(notification__in=sums.counting(WORLD)).order_by()
    by_operator = live.values_list("organisation", "maker", "product").annotate(Sum("computers"))
    spread = live.values_list("maker", "product").annotate(Count("organisation", distinct=True), Sum("computers"))
    return sorted(by_operator, key=str), sorted(spread)


def test_a_product_counts_from_the_passing_on_until_the_withdrawal(parties):
    first = entered("power", "1", [("Cisco", "IOS"), ("Cisco", "IOS"), ("Fortinet", "FortiOS")])
    second = entered("rail", "2", [("Cisco", "IOS")])
    assert stored() == ([], [])
    do("power", "assets.notification.pass_on", first)
    do("rail", "assets.notification.pass_on", second)
    found = {row["product"]: row for row in reading.read(viewer("cabinet", "officer"), "assets.spread")}
    assert {name: (row["operators"], row["computers"]) for name, row in found.items()} == {
        "IOS": (2, 3), "FortiOS": (1, 1),
    }  # fmt: skip
    do("power", "assets.entry.withdraw", first, reason="別の事業者のもの")
    assert stored()[1] == [("Cisco", "IOS", 1, 1)]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_and_goes_the_sums_are_those_of_the_rows(parties, seed):
    chance = random.Random(seed)  # noqa: S311 - a course of events, no secret
    waiting, passed = [], []
    for number in range(14):
        step = chance.choice(["enter", "enter", "pass on", "withdraw"])
        if step == "enter":
            operator = chance.choice(sorted(MINISTERS))
            names = [chance.choice(PRODUCTS) for _ in range(chance.randint(1, 5))]
            waiting.append((operator, entered(operator, f"{seed}-{number}", names)))
        elif step == "pass on" and waiting:
            operator, one = waiting.pop(chance.randrange(len(waiting)))
            if Notification.objects.get(id=one).status == "received":
                do(operator, "assets.notification.pass_on", one)
                passed.append((operator, one))
        elif step == "withdraw" and (waiting or passed):
            among = chance.choice([some for some in (waiting, passed) if some])
            do(*(among[0][0], "assets.entry.withdraw", among.pop(0)[1]), reason="誤り")
        assert stored() == added_up(), (step, number)


def spread():
    found = reading.read(viewer("cabinet", "officer"), "assets.spread")
    return {
        (row["maker"], row["product"]): (row["operators"], row["operators_same"], row["spellings"]) for row in found
    }


def test_operators_that_spell_one_product_otherwise_count_together(parties):
    """Who counts each spelling by itself sees half of what depends on a product."""
    linux, plain = ("Red Hat, Inc.", "Red Hat Enterprise Linux 8"), ("Cisco", "IOS")
    other, third = (
        ("レッドハット株式会社", "red hat enterprise linux ８"),
        ("レッドハット", "RED HAT ENTERPRISE LINUX 8"),
    )
    first, second = entered("power", "1", [linux, plain]), entered("rail", "2", [other, third])
    do("power", "assets.notification.pass_on", first)
    assert spread() == {linux: (1, 1, 1), plain: (1, 1, 1)}
    do("rail", "assets.notification.pass_on", second)
    assert spread() == {linux: (1, 2, 3), other: (1, 2, 3), third: (1, 2, 3), plain: (1, 1, 1)}
    maker, product = other
    using = reading.read(viewer("cabinet", "officer"), "assets.products", maker=maker, product=product)
    assert sorted((row["maker"], row["product"]) for row in using) == sorted([linux, other, third])
    assert {row["organisation"] for row in using} == {fixed("power"), fixed("rail")}
    do("power", "assets.entry.withdraw", first, reason="別の事業者のもの")
    assert spread() == {other: (1, 1, 2), third: (1, 1, 2)}


def test_what_stood_before_is_joined_by_the_migration(parties):
    names = [("Red Hat, Inc.", "RHEL 8"), ("レッドハット", "ＲＨＥＬ 8")]
    for operator, reference, name in (("power", "1", names[0]), ("rail", "2", names[1])):
        do(operator, "assets.notification.pass_on", entered(operator, reference, [name]))
    told = spread()
    with open_door("test"):
        ProductSpread.objects.update(same="", spellings=1, operators_same=0)
    fill = import_module("sakimori.assets.migrations.0019_count_spellings").count_what_is_there
    fill(apps, SimpleNamespace(connection=connection))
    assert spread() == told == dict.fromkeys(names, (1, 2, 2))
