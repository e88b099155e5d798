"""What happened before there were notices is no news: the mark begins at the end of the log."""

from django.db import migrations
from django.db.models import Max


def begin_at_the_end(apps, schema_editor):
    last = apps.get_model("incidents", "Event").objects.aggregate(last=Max("sequence"))["last"]
    if last:
        apps.get_model("incidents", "Told").objects.get_or_create(pk=1, defaults={"sequence": last})


class Migration(migrations.Migration):
    dependencies = [("incidents", "0006_notice_told_as")]

    operations = [migrations.RunPython(begin_at_the_end, migrations.RunPython.noop)]
