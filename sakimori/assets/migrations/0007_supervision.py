import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0006_product_sums'),
    ]

    operations = [
        migrations.AddField(
            model_name='notification',
            name='hints',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.CreateModel(
            name='MapPermission',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('world', models.CharField(db_index=True, max_length=40)),
                ('office', models.UUIDField(db_index=True)),
                ('reason', models.TextField()),
                ('until', models.DateField()),
                ('decided_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OfficeSetting',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('world', models.CharField(db_index=True, max_length=40)),
                ('office', models.UUIDField(db_index=True)),
                ('answer_days', models.PositiveIntegerField(null=True)),
                ('remedies', models.TextField(blank=True)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Hint',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('world', models.CharField(db_index=True, max_length=40)),
                ('owner', models.UUIDField(db_index=True, null=True)),
                ('labels', models.JSONField(default=dict)),
                ('organisation', models.UUIDField(db_index=True)),
                ('minister', models.UUIDField(db_index=True)),
                ('code', models.CharField(max_length=30)),
                ('maker', models.CharField(blank=True, max_length=200)),
                ('product', models.CharField(blank=True, max_length=200)),
                ('clause', models.CharField(blank=True, max_length=200)),
                ('place', models.PositiveIntegerField(default=0)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('said', models.JSONField(default=dict)),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='found', to='assets.notification')),
            ],
            options={
                'ordering': ['code', 'place', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('world', models.CharField(db_index=True, max_length=40)),
                ('owner', models.UUIDField(db_index=True, null=True)),
                ('labels', models.JSONField(default=dict)),
                ('number', models.UUIDField(db_index=True)),
                ('side', models.CharField(max_length=10)),
                ('sort', models.CharField(db_index=True, max_length=12)),
                ('giver', models.UUIDField(db_index=True)),
                ('addressee', models.UUIDField(db_index=True)),
                ('operator', models.UUIDField(db_index=True)),
                ('filing', models.UUIDField(db_index=True, null=True)),
                ('facility_category', models.CharField(blank=True, max_length=200)),
                ('content', models.JSONField(default=dict)),
                ('given_at', models.DateTimeField()),
                ('reached_at', models.DateTimeField(null=True)),
                ('due_on', models.DateField(null=True)),
                ('status', models.CharField(db_index=True, default='open', max_length=12)),
                ('answer', models.JSONField(default=dict)),
                ('answered_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('met_by', models.UUIDField(db_index=True, null=True)),
                ('service', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['world', 'giver', 'status', 'due_on'], name='matter_of_giver'), models.Index(fields=['world', 'addressee', 'status', 'due_on'], name='matter_of_addressee')],
                'constraints': [models.UniqueConstraint(fields=('world', 'number', 'side'), name='matter_once')],
            },
        ),
        migrations.CreateModel(
            name='NotifiedClause',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('world', models.CharField(db_index=True, max_length=40)),
                ('owner', models.UUIDField(db_index=True, null=True)),
                ('labels', models.JSONField(default=dict)),
                ('organisation', models.UUIDField(db_index=True)),
                ('clause', models.CharField(max_length=200)),
                ('computers', models.PositiveIntegerField()),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clauses', to='assets.notification')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('notification', 'clause'), name='notified_clause_once')],
            },
        ),
    ]
