"""The cluster pyramid, and the functions that draw a tile of incidents."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# A place as whole numbers on a world of 2**30 x 2**30: about 4 cm at the equator. Not STRICT, which
# would keep the planner from writing them into the statement.
WORLD = """
CREATE FUNCTION world_x(point geometry) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT greatest(0, least(1073741823, floor((ST_X(point) + 180) / 360 * 1073741824)))::int
$$;
CREATE FUNCTION world_y(point geometry) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT greatest(0, least(1073741823, floor(
        (0.5 - ln(tan(pi() / 4 + radians(greatest(-89.9, least(89.9, ST_Y(point)))) / 2))
               / (2 * pi())) * 1073741824)))::int
$$
"""

# What the pyramid knows of a tile, as one row for each bin. Tiles above zoom 6 add up bins of 6.
BINS = """
CREATE FUNCTION incident_bins(z int, x int, y int, scopes bigint[], states text[])
RETURNS TABLE (bin int, count bigint, sum_x numeric, sum_y numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN $1 >= 6 THEN b.bin::int
                ELSE (((b.y * 16 + b.bin / 16) >> (6 - $1)) & 15) * 16
                     + (((b.x * 16 + b.bin % 16) >> (6 - $1)) & 15) END,
           sum(b.count), sum(b.sum_x), sum(b.sum_y)
      FROM incidents_bin b
     WHERE b.z = greatest($1, 6) AND b.scope = ANY($4) AND b.state = ANY($5)
       AND b.x BETWEEN $2 << greatest(6 - $1, 0) AND (($2 + 1) << greatest(6 - $1, 0)) - 1
       AND b.y BETWEEN $3 << greatest(6 - $1, 0) AND (($3 + 1) << greatest(6 - $1, 0)) - 1
     GROUP BY 1 HAVING sum(b.count) > 0
$$
"""

# Incidents as points; a place beyond the tile's edge belongs to its neighbour and is there too,
# so that no marker is cut. Times are seconds since 1970.
POINTS = """
CREATE FUNCTION incident_points(z int, x int, y int, ids uuid[], english boolean) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ST_AsMVT(p, 'points', 4096, 'geom') FROM (
        SELECT ST_Point(floor((world_x(i.point) / (1 << (30 - $1))::float8 - $2) * 4096),
                        floor((world_y(i.point) / (1 << (30 - $1))::float8 - $3) * 4096)) AS geom,
               i.id::text AS id, i.state,
               coalesce(CASE WHEN $5 THEN nullif(c.name_en, '') END, c.name) AS category,
               i.area_id IS NULL AS unrouted,
               i.suspended_at IS NOT NULL AS suspended,
               i.registered_at IS NOT NULL AS registered,
               extract(epoch FROM coalesce(i.stage_due_at, i.due_at))::bigint AS due,
               extract(epoch FROM i.amber_at)::bigint AS amber
          FROM incidents_incident i JOIN incidents_category c ON c.id = i.category_id
         WHERE i.id = ANY($4) ORDER BY i.serial
    ) AS p
$$
"""

# Clusters stand at the middle of what they hold, not of their bin: no lattice on the map.
CLUSTERS = """
CREATE FUNCTION incident_clusters(
    z int, x int, y int, bins int[], counts bigint[], sums_x numeric[], sums_y numeric[]
) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ST_AsMVT(c, 'clusters', 4096, 'geom') FROM (
        SELECT ST_Point(
                   least(4095, floor((b.sum_x / b.count / (1 << (30 - $1)) - $2) * 4096)),
                   least(4095, floor((b.sum_y / b.count / (1 << (30 - $1)) - $3) * 4096))) AS geom,
               b.bin, b.count
          FROM unnest($4, $5, $6, $7) AS b(bin, count, sum_x, sum_y) ORDER BY b.bin
    ) AS c
$$
"""

# Open incidents and those closed since a moment: what the desk shows before anybody filters. Any
# other set of states: without that moment. More than `most` in the tile: clusters.
TILE = """
CREATE FUNCTION incident_tile(
    z int, x int, y int, scopes bigint[], states text[], closed_since timestamptz,
    english boolean, most int
) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    size CONSTANT bigint := 1::bigint << (30 - z);
    near CONSTANT geometry :=
        ST_Transform(ST_TileEnvelope(z, x, y, margin => 256.0 / 4096), 4326);
    below CONSTANT text[] := array(
        SELECT a.path || '%' FROM territory_area a WHERE a.id = ANY(scopes));
    unrouted CONSTANT boolean := 0 = ANY(scopes);
    total bigint := 0;
    tile bytea;
BEGIN
    -- 1. Few or many? Down to zoom 13 the pyramid knows, but for what was closed lately.
    IF z <= 13 THEN
        SELECT coalesce(sum(b.count), 0) INTO total
          FROM incident_bins(z, x, y, scopes, states) AS b;
    END IF;
    -- 2. Few: the points themselves, with a margin.
    IF total <= most THEN
        WITH near_by AS (
            -- Three ways in, each with an index of its own: few are open, few closed lately.
            SELECT * FROM incidents_incident AS o
             WHERE o.state IN ('accepted', 'answered', 'dispatched', 'in_progress', 'pre_check',
                               'reported', 'verifying')
               AND o.state = ANY(states) AND o.point && near
            UNION ALL
            SELECT * FROM incidents_incident AS e
             WHERE states && '{closed,void}' AND e.state IN ('closed', 'void')
               AND e.state = ANY(states) AND e.point && near
            UNION ALL
            SELECT * FROM incidents_incident AS l
             WHERE l.closed_at >= closed_since AND NOT l.state = ANY(states) AND l.point && near
        ), found AS MATERIALIZED (
            SELECT n.id, n.serial, n.state, n.category_id, n.area_id, n.suspended_at,
                   n.registered_at, coalesce(n.stage_due_at, n.due_at) AS due_at, n.amber_at,
                   world_x(n.point) AS at_x, world_y(n.point) AS at_y
              FROM near_by AS n
             WHERE n.area_path LIKE ANY(below) OR (unrouted AND n.area_path = '')
        ), counted AS (
            SELECT count(*) FILTER (WHERE at_x / size = x AND at_y / size = y) AS inside FROM found
        )
        SELECT inside, CASE WHEN inside <= most THEN (
            SELECT ST_AsMVT(p, 'points', 4096, 'geom') FROM (
                SELECT ST_Point(floor((f.at_x / size::float8 - x) * 4096),
                                floor((f.at_y / size::float8 - y) * 4096)) AS geom,
                       f.id::text AS id, f.state,
                       coalesce(CASE WHEN english THEN nullif(c.name_en, '') END, c.name)
                           AS category,
                       f.area_id IS NULL AS unrouted,
                       f.suspended_at IS NOT NULL AS suspended,
                       f.registered_at IS NOT NULL AS registered,
                       extract(epoch FROM f.due_at)::bigint AS due,
                       extract(epoch FROM f.amber_at)::bigint AS amber
                  FROM found f JOIN incidents_category c ON c.id = f.category_id
                 ORDER BY f.serial
            ) AS p) END INTO total, tile FROM counted;
        IF total <= most THEN
            RETURN tile;
        END IF;
    END IF;
    -- 3. Many: clusters, from the pyramid as far down as it goes.
    SELECT incident_clusters(z, x, y, array_agg(b.bin), array_agg(b.count),
                             array_agg(b.sum_x), array_agg(b.sum_y)) INTO tile
      FROM (
        SELECT c.bin, sum(c.count)::bigint AS count, sum(c.sum_x) AS sum_x, sum(c.sum_y) AS sum_y
          FROM (
            SELECT * FROM incident_bins(z, x, y, scopes, states) WHERE z <= 13
            UNION ALL
            SELECT ((((i.at_y / (size / 16)) & 15) * 16) + ((i.at_x / (size / 16)) & 15))::int, 1,
                   i.at_x, i.at_y
              FROM (
                SELECT world_x(d.point) AS at_x, world_y(d.point) AS at_y
                  FROM incidents_incident d
                 WHERE z > 13 AND d.state = ANY(states) AND d.point && near
                   AND (d.area_path LIKE ANY(below) OR (unrouted AND d.area_path = ''))
                UNION ALL
                SELECT world_x(l.point), world_y(l.point)
                  FROM incidents_incident l
                 WHERE l.closed_at >= closed_since AND NOT l.state = ANY(states) AND l.point && near
                   AND (l.area_path LIKE ANY(below) OR (unrouted AND l.area_path = ''))
              ) AS i
             WHERE i.at_x / size = x AND i.at_y / size = y
          ) AS c(bin, count, sum_x, sum_y)
         GROUP BY c.bin
      ) AS b;
    RETURN tile;
END
$$
"""

# The deepest bins by leaf area first, then for the areas above, then level by level upwards. The
# caller holds the relay's lock (`incidents/bins.py`), so that no event is counted meanwhile.
REBUILD = """
CREATE FUNCTION rebuild_incident_bins() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    newest bigint;
BEGIN
    DELETE FROM incidents_bin;
    DELETE FROM incidents_binned;
    SELECT coalesce(max(sequence), 0) INTO newest FROM incidents_event;
    INSERT INTO incidents_binned (incident_id, x, y, path, state)
    SELECT id, world_x(point), world_y(point), area_path, state FROM incidents_incident;
    INSERT INTO incidents_bin (z, x, y, scope, bin, state, count, sum_x, sum_y, changed)
    SELECT 13, leaf.x, leaf.y, chain.scope, leaf.bin, leaf.state,
           sum(leaf.count), sum(leaf.sum_x), sum(leaf.sum_y), newest
      FROM (SELECT x >> 17 AS x, y >> 17 AS y,
                   ((y >> 13) & 15) * 16 + ((x >> 13) & 15) AS bin, path, state,
                   count(*) AS count, sum(x::bigint) AS sum_x, sum(y::bigint) AS sum_y
              FROM incidents_binned GROUP BY 1, 2, 3, 4, 5) AS leaf,
           unnest(area_chain(leaf.path)) AS chain(scope)
     GROUP BY leaf.x, leaf.y, chain.scope, leaf.bin, leaf.state;
    FOR level IN REVERSE 12..6 LOOP
        INSERT INTO incidents_bin (z, x, y, scope, bin, state, count, sum_x, sum_y, changed)
        SELECT level, x >> 1, y >> 1, scope,
               (((y * 16 + bin / 16) >> 1) & 15) * 16 + (((x * 16 + bin % 16) >> 1) & 15),
               state, sum(count), sum(sum_x), sum(sum_y), newest
          FROM incidents_bin WHERE z = level + 1
         GROUP BY 2, 3, 4, 5, 6;
    END LOOP;
END
$$
"""


def functions(text: str, *names: str) -> migrations.RunSQL:
    """Create functions, and drop them on the way back."""
    return migrations.RunSQL(text, "; ".join(f"DROP FUNCTION {name}" for name in names))


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0010_planning_channel"),
        ("territory", "0002_area_tiles"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="incident",
            index=django.contrib.postgres.indexes.GistIndex(
                fields=["point"],
                name="incident_open_place",
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "accepted",
                            "answered",
                            "dispatched",
                            "in_progress",
                            "pre_check",
                            "reported",
                            "verifying",
                        ],
                    )
                ),
            ),
        ),
        migrations.CreateModel(
            name="Bin",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "z",
                        "x",
                        "y",
                        "scope",
                        "bin",
                        "state",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("z", models.SmallIntegerField()),
                ("x", models.IntegerField()),
                ("y", models.IntegerField()),
                ("scope", models.BigIntegerField()),
                ("bin", models.SmallIntegerField()),
                ("state", models.CharField(max_length=16)),
                ("count", models.IntegerField()),
                ("sum_x", models.BigIntegerField()),
                ("sum_y", models.BigIntegerField()),
                ("changed", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Binned",
            fields=[
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="incidents.incident",
                    ),
                ),
                ("x", models.IntegerField()),
                ("y", models.IntegerField()),
                ("path", models.CharField(blank=True, max_length=255)),
                ("state", models.CharField(max_length=16)),
            ],
        ),
        functions(WORLD, "world_x", "world_y"),
        functions(BINS, "incident_bins"),
        functions(POINTS, "incident_points"),
        functions(CLUSTERS, "incident_clusters"),
        functions(TILE, "incident_tile"),
        functions(REBUILD, "rebuild_incident_bins"),
        # What was reported before there was a pyramid.
        migrations.RunSQL(
            "SET LOCAL statement_timeout = 0; SELECT rebuild_incident_bins()",
            migrations.RunSQL.noop,
        ),
    ]
