"""A channel for gaps in services that planners find on their map."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0009_notice_boards_and_waiting_photos")]

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
                    ("planning", "Planning"),
                ],
                max_length=12,
                verbose_name="source channel",
            ),
        ),
    ]
