"""Shapes for the map from afar, and the function that draws a tile of areas."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# The ids on a path, root first; {0} for no path, which is how tiles name what no area owns.
CHAIN = """
CREATE FUNCTION area_chain(path text) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE path WHEN '' THEN '{0}'::bigint[]
                     ELSE string_to_array(rtrim(path, '/'), '/')::bigint[] END
$$
"""

# Two envelopes: the exact one clips (with a buffer that hides the cut edges), a wider one asks the
# index. `simplified` null: the exact shapes, else those that are good up to that zoom.
TILE = """
CREATE FUNCTION area_tile(
    z int, x int, y int, scopes bigint[], drawn smallint, above smallint, day date,
    simplified smallint
) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH bounds AS (
        SELECT ST_TileEnvelope(z, x, y) AS exact,
               ST_TileEnvelope(z, x, y, margin => 64.0 / 4096) AS wide
    ), shapes AS (
        SELECT a.id, a.code, a.level, s.shape
          FROM bounds
          JOIN territory_simplified s ON s.shape && bounds.wide
          JOIN territory_boundary b ON b.id = s.boundary_id
          JOIN territory_area a ON a.id = b.area_id
         WHERE s.up_to = simplified AND s.during @> day AND a.level IN (drawn, above)
           AND area_chain(a.path) && scopes
        UNION ALL
        SELECT a.id, a.code, a.level, ST_Transform(b.shape, 3857)
          FROM bounds
          JOIN territory_boundary b ON b.shape && ST_Transform(bounds.wide, 4326)
          JOIN territory_area a ON a.id = b.area_id
         WHERE simplified IS NULL AND b.during @> day AND a.level IN (drawn, above)
           AND area_chain(a.path) && scopes
    ), pieces AS (
        SELECT id, code, level, ST_AsMVTGeom(shape, bounds.exact, 4096, 64) AS geom
          FROM shapes, bounds
    )
    SELECT coalesce(string_agg(layer.tile, ''::bytea), ''::bytea) FROM (
        SELECT ST_AsMVT(p, CASE p.level WHEN drawn THEN 'areas' ELSE 'above' END, 4096, 'geom')
               AS tile
          FROM (SELECT geom, code, level, id FROM pieces WHERE geom IS NOT NULL ORDER BY id) AS p
         GROUP BY p.level
    ) AS layer
$$
"""


def function(text: str, name: str) -> migrations.RunSQL:
    """Create a function, and drop it on the way back."""
    return migrations.RunSQL(text, f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="SimplifiedOf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Simplified",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("up_to", models.PositiveSmallIntegerField()),
                ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "shape",
                    django.contrib.gis.db.models.fields.MultiPolygonField(
                        spatial_index=False, srid=3857
                    ),
                ),
                (
                    "boundary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="territory.boundary",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        fields=["shape"], name="simplified_shape_gist"
                    )
                ],
            },
        ),
        function(CHAIN, "area_chain"),
        function(TILE, "area_tile"),
    ]
