from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0005_rules_tried_and_asked")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="told_as",
            field=models.CharField(
                choices=[
                    ("holder", "Has the case"),
                    ("assisting", "Is called to help"),
                    ("lead", "Sees it through"),
                    ("area", "Answers for the area"),
                    ("above", "Stands above the area"),
                    ("desk", "Sits at the desk"),
                    ("reporter", "Reported it"),
                    ("left", "Had it until now"),
                ],
                default="",  # the table is new: there are no rows
                max_length=10,
                verbose_name="told as",
            ),
            preserve_default=False,
        ),
    ]
