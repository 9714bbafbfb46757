"""Say of each notified product how many operators have it in any of its spellings."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0016_changes_of_the_outline'),
    ]

    operations = [
        migrations.AddField(
            model_name='productspread',
            name='same',
            field=models.CharField(default='', max_length=64),
        ),
        migrations.AddField(
            model_name='productspread',
            name='spellings',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='productspread',
            name='operators_same',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='productspread',
            index=models.Index(fields=['world', 'same'], name='product_spellings'),
        ),
    ]
