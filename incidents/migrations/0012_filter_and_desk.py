"""What the desk needs: search by trigrams, a day told again, saved views, emergency duty."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import incidents.queries
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0011_incident_tiles'),
        ('people', '0005_attempts'),
        ('territory', '0002_area_tiles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EmergencyDuty',
            fields=[
                ('worker', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='emergency_duty', serialize=False, to='people.worker')),
                ('since', models.DateTimeField(db_index=True)),
                ('point', django.contrib.gis.db.models.fields.PointField(blank=True, null=True, spatial_index=False, srid=4326)),
                ('accuracy_m', models.FloatField(blank=True, null=True)),
                ('at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'emergency duty',
                'verbose_name_plural': 'emergency duties',
                'ordering': ['since'],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('hash', models.CharField(max_length=8000)),
                ('default', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'ordering': ['name'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='category',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='category',
            name='update_update',
        ),
        migrations.AddField(
            model_name='category',
            name='emergency',
            field=models.BooleanField(db_default=False, default=False, help_text='A new report sounds the alarm at the desks that see it.', verbose_name='emergency'),
        ),
        migrations.AddField(
            model_name='categoryevent',
            name='emergency',
            field=models.BooleanField(db_default=False, default=False, help_text='A new report sounds the alarm at the desks that see it.', verbose_name='emergency'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['at'], name='event_by_moment'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(fields=['-reported_at', '-id'], name='incident_by_report'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper(incidents.queries.Doubled('words')), name='gin_trgm_ops'), name='incident_words_trigram'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "incidents_categoryevent" ("active", "code", "duplicate_hours", "duplicate_m", "emergency", "for_residents", "id", "limit_amount", "limit_kind", "major_id", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "position", "source", "verify") VALUES (NEW."active", NEW."code", NEW."duplicate_hours", NEW."duplicate_m", NEW."emergency", NEW."for_residents", NEW."id", NEW."limit_amount", NEW."limit_kind", NEW."major_id", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."photo", NEW."position", NEW."source", NEW."verify"); RETURN NULL;', hash='e1657b90285edf0acb18d032037efa7b60ecd079', operation='INSERT', pgid='pgtrigger_insert_insert_55daa', table='incidents_category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "incidents_categoryevent" ("active", "code", "duplicate_hours", "duplicate_m", "emergency", "for_residents", "id", "limit_amount", "limit_kind", "major_id", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "position", "source", "verify") VALUES (NEW."active", NEW."code", NEW."duplicate_hours", NEW."duplicate_m", NEW."emergency", NEW."for_residents", NEW."id", NEW."limit_amount", NEW."limit_kind", NEW."major_id", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."photo", NEW."position", NEW."source", NEW."verify"); RETURN NULL;', hash='104889e70ed88b5b227915f00815005c8ef912c1', operation='UPDATE', pgid='pgtrigger_update_update_41565', table='incidents_category', when='AFTER')),
        ),
        migrations.AddField(
            model_name='savedview',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('user', 'name'), name='saved_view_named_once'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(condition=models.Q(('default', True)), fields=('user',), name='saved_view_one_default'),
        ),
    ]
