"""Count the products of each notification in a table of their own, so that searches run over few rows."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


def count_what_is_there(apps, schema_editor):
    """Count the products of the notifications there are (no trigger guards the new table yet)."""
    item = apps.get_model("assets", "NotifiedItem")
    product = apps.get_model("assets", "NotifiedProduct")
    for one in apps.get_model("assets", "Notification").objects.order_by("id").iterator():
        items = item.objects.filter(notification=one)
        first = items.first()
        counted = items.order_by().values("maker", "product").annotate(computers=models.Count("id"))
        product.objects.bulk_create(
            [
                product(
                    world=one.world, notification=one, organisation=one.organisation, owner=first.owner,
                    labels=first.labels, **row,
                )
                for row in counted
            ],
            batch_size=1000,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0003_filings_another_way'),
    ]

    operations = [
        migrations.CreateModel(
            name='NotifiedProduct',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('world', models.CharField(db_index=True, max_length=40)),
                ('owner', models.UUIDField(db_index=True, null=True)),
                ('labels', models.JSONField(default=dict)),
                ('organisation', models.UUIDField(db_index=True)),
                ('product', models.CharField(max_length=200)),
                ('maker', models.CharField(max_length=200)),
                ('computers', models.PositiveIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name='notifieditem',
            index=models.Index(fields=['notification', 'position'], name='item_in_order'),
        ),
        migrations.AddField(
            model_name='notifiedproduct',
            name='notification',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='assets.notification'),
        ),
        migrations.AddIndex(
            model_name='notifiedproduct',
            index=models.Index(fields=['world', 'maker', 'product', 'organisation', 'computers', 'notification'], name='product_by_name'),
        ),
        migrations.AddConstraint(
            model_name='notifiedproduct',
            constraint=models.UniqueConstraint(fields=('notification', 'maker', 'product'), name='notified_product_once'),
        ),
        migrations.RunPython(count_what_is_there, migrations.RunPython.noop),
    ]
