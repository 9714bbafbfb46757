"""Say of the envelopes that came in which act each brought, as every new one does."""

import json
import uuid

from django.db import migrations, transaction

from sakimori.record import open_door


def _act_of(content):
    """Return the act an envelope's receipt names; None where that is no number of an act."""
    try:
        return uuid.UUID(json.loads(bytes(content))["receipt"]["act_id"])
    except (ValueError, KeyError, TypeError):
        return None


def fill_acts(apps, schema_editor):
    """Copy the act's number out of the envelopes that lack it; repeating it changes nothing."""
    received = apps.get_model("acts", "Received").objects.using(schema_editor.connection.alias)
    with transaction.atomic(), open_door("migration"):
        for identity, content in received.filter(act=None).values_list("id", "content").iterator(chunk_size=50):
            received.filter(id=identity).update(act=_act_of(content))


class Migration(migrations.Migration):

    dependencies = [
        ('acts', '0008_act_of_what_came_in'),
    ]

    operations = [migrations.RunPython(fill_acts, migrations.RunPython.noop)]
