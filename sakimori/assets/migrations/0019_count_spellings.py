"""Count, for the products notified so far, what 0017 says of them."""

import hashlib
from collections import defaultdict

from django.db import migrations, transaction

from sakimori.matching.spelling import same_product
from sakimori.record import open_door


def count_what_is_there(apps, schema_editor):
    """Join the spellings there are; repeating it changes nothing."""
    database = schema_editor.connection.alias
    spread = apps.get_model("assets", "ProductSpread").objects.using(database)
    held = apps.get_model("assets", "OperatorProduct").objects.using(database)
    groups = defaultdict(list)
    for one in spread.all():
        one.same = hashlib.sha256(same_product(one.maker, one.product).encode()).hexdigest()
        groups[one.world, one.same].append(one)
    for (world, _), group in groups.items():
        names = {(one.maker, one.product) for one in group}
        users = held.filter(world=world, product__in={one.product for one in group})
        found = {who for who, *name in users.values_list("organisation", "maker", "product") if tuple(name) in names}
        for one in group:
            one.spellings, one.operators_same = len(group), len(found)
    rows = [one for group in groups.values() for one in group]
    with transaction.atomic(using=database), open_door("migration"):
        spread.bulk_update(rows, ["same", "spellings", "operators_same"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0018_longer_names_of_sorts'),
    ]

    operations = [migrations.RunPython(count_what_is_there, migrations.RunPython.noop)]
