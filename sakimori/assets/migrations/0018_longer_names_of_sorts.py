"""What a filing is may have a longer name: PostgreSQL refused reports under 推進法54条4項 (component_report)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("assets", "0017_spellings_of_one_product"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="what",
            field=models.CharField(default="notification", max_length=20),
        ),
    ]
