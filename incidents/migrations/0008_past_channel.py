"""A channel for old cases that a file brings in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0007_told_from_here")]

    operations = [
        migrations.AlterField(
            model_name="incident",
            name="source",
            field=models.CharField(
                choices=[
                    ("worker", "Grid worker"),
                    ("resident", "Resident"),
                    ("hotline", "Hotline"),
                    ("device", "Device"),
                    ("inspection", "Inspection"),
                    ("past", "Old records"),
                ],
                max_length=12,
                verbose_name="source channel",
            ),
        ),
    ]
