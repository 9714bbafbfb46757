"""Keep the sums of products over all operators in tables of their own, and count what is there."""

import uuid
from django.db import migrations, models


def count_what_is_there(apps, schema_editor):
    """Count what has been passed on and not withdrawn (no trigger guards the new tables yet)."""
    filed = apps.get_model("assets", "NotifiedProduct").objects.filter(
        notification__side="minister", notification__passed_on_at__isnull=False
    ).exclude(notification__status="withdrawn").order_by()
    for name, by, more in (
        ("OperatorProduct", ("world", "maker", "product", "organisation"), {}),
        ("ProductSpread", ("world", "maker", "product"), {"operators": models.Count("organisation", distinct=True)}),
    ):
        model = apps.get_model("assets", name)
        counted = filed.values(*by).annotate(total=models.Sum("computers"), **more)
        model.objects.bulk_create(
            (model(computers=row.pop("total"), **row) for row in counted.iterator(chunk_size=2000)), batch_size=1000
        )


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0005_interview'),
    ]

    operations = [
        migrations.CreateModel(
            name='OperatorProduct',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('world', models.CharField(db_index=True, max_length=40)),
                ('organisation', models.UUIDField()),
                ('maker', models.CharField(max_length=200)),
                ('product', models.CharField(max_length=200)),
                ('computers', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ProductSpread',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('world', models.CharField(db_index=True, max_length=40)),
                ('maker', models.CharField(max_length=200)),
                ('product', models.CharField(max_length=200)),
                ('operators', models.PositiveIntegerField()),
                ('computers', models.PositiveIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name='operatorproduct',
            index=models.Index(fields=['world', 'organisation'], name='operators_products'),
        ),
        migrations.AddConstraint(
            model_name='operatorproduct',
            constraint=models.UniqueConstraint(fields=('world', 'maker', 'product', 'organisation'), name='operator_product_once'),
        ),
        migrations.AddConstraint(
            model_name='productspread',
            constraint=models.UniqueConstraint(fields=('world', 'maker', 'product'), name='product_spread_once'),
        ),
        migrations.RunPython(count_what_is_there, migrations.RunPython.noop),
    ]
