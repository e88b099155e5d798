"""Load what the service circles of the demo need: homes, walls, gates, streets, a finished run."""

from django.contrib.gis.geos import GEOSGeometry, Point

from gis_grid.demo import walking
from gis_grid.demo.town import Town
from gis_grid.facilities import coverage, networks
from gis_grid.facilities.models import FacilityCategory, PopulationCell, Run, StreetChange

NETWORK = SOURCE = "demo"
BATCH = 1000


def load(town: Town) -> Run:
    """Write everything and compute who reaches what; the facilities must be there.

    Walls and gates come before the streets, which are built with them.
    """
    _load_homes(town)
    _load_changes(town)
    networks.keep(NETWORK, walking.streets(town), source=SOURCE, figures={})
    codes = FacilityCategory.objects.filter(facilities__isnull=False).distinct()
    question = coverage.Question(NETWORK, tuple(codes.values_list("code", flat=True)))
    run, _notes = coverage.compute(question)
    return run


def _load_homes(town: Town) -> None:
    PopulationCell.objects.bulk_create(
        (
            PopulationCell(
                code=home.code,
                point=Point(home.point.x, home.point.y, srid=4326),
                weight=home.people,
                source=SOURCE,
            )
            for home in walking.homes(town)
        ),
        batch_size=BATCH,
    )


def _load_changes(town: Town) -> None:
    StreetChange.objects.bulk_create(
        (
            StreetChange(
                code=change.code,
                kind=change.kind,
                shape=GEOSGeometry(memoryview(change.shape.wkb), srid=4326),
                hours=change.hours,
                source=f"{SOURCE} {change.name}".strip(),
            )
            for change in walking.changes(town)
        ),
        batch_size=BATCH,
    )
