"""Say of the readings there are who filed what they showed, as every new one does."""

from django.db import migrations, transaction

from sakimori.record import open_door

_OTHER = """
    (SELECT a.{who} FROM acts_act a JOIN acts_readrecord r ON r.id = acts_readsubject.reading_id
     WHERE a.id = acts_readsubject.subject AND a.world = acts_readsubject.world
       AND (r.organisation IS NULL OR a.{who} <> r.organisation))"""
_FILERS = f"""
    UPDATE acts_readsubject SET filer = {_OTHER.format(who="organisation")}, principal = {_OTHER.format(who="on_behalf_of")}
    WHERE read_at IS NULL AND subject IN (SELECT id FROM acts_act)"""
_TIMES = """
    UPDATE acts_readsubject SET read_at = (SELECT r.read_at FROM acts_readrecord r WHERE r.id = acts_readsubject.reading_id)
    WHERE read_at IS NULL AND (filer IS NOT NULL OR principal IS NOT NULL)"""


def fill_who_filed(apps, schema_editor):
    """Copy filer, principal and time to the readings that lack them; repeating it changes nothing."""
    del apps
    with transaction.atomic(), open_door("migration"), schema_editor.connection.cursor() as cursor:
        cursor.execute(_FILERS)
        cursor.execute(_TIMES)


class Migration(migrations.Migration):

    dependencies = [
        ('acts', '0006_who_filed_what_was_read'),
    ]

    operations = [migrations.RunPython(fill_who_filed, migrations.RunPython.noop)]
