from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('acts', '0007_fill_who_filed'),
    ]

    operations = [
        migrations.AddField(
            model_name='received',
            name='act',
            field=models.UUIDField(db_index=True, null=True),
        ),
    ]
