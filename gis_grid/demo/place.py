"""Load a demo town's place into the database: areas, people, facilities, base map, circles."""

from collections.abc import Sequence

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.gis.geos import GEOSGeometry, MultiPoint, Point
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from shapely.geometry.base import BaseGeometry

from gis_grid.basemap.models import MapFeature
from gis_grid.demo import circles
from gis_grid.demo.city import City
from gis_grid.demo.records import AreaRecord, WorkerRecord
from gis_grid.demo.town import Town
from gis_grid.facilities import categories
from gis_grid.facilities.models import Facility
from gis_grid.people.models import (
    Assignment,
    HandlingUnit,
    PartyOrganisation,
    UnitMember,
    Worker,
)
from gis_grid.territory.actions import AreaDraft, found_many
from gis_grid.territory.models import Area, Level

SOURCE = "demo"


def load(town: Town) -> dict[str, Area]:
    """Write the whole place in one transaction; returns the areas by code."""
    with transaction.atomic():
        areas = load_areas(town.areas)
        load_people(town, areas)
        load_units(town, areas)
        load_party(town, areas)
        load_facilities(town)
        load_basemap(town)
        circles.load(town)
    return areas


def load_areas(records: Sequence[AreaRecord]) -> dict[str, Area]:
    """Found the areas level by level, because a child's path needs its parent's."""
    areas: dict[str, Area] = {}
    for level in Level:
        batch = [record for record in records if record.level == level.slug]
        drafts = [
            AreaDraft(
                code=record.code,
                name=record.name,
                level=level,
                parent=areas[record.parent] if record.parent else None,
                kind=record.kind,
                shape=geos(record.shape),
            )
            for record in batch
        ]
        founded = found_many(drafts, source=SOURCE)
        areas.update({area.code: area for area in founded})
    return areas


def load_people(town: Town | City, areas: dict[str, Area]) -> None:
    """Write workers and their assignments."""
    workers = _hired(town.workers)
    Assignment.objects.bulk_create(
        Assignment(
            worker=workers[record.worker],
            area=areas[record.area],
            role=record.role,
            during=DateRange(record.since, None),
        )
        for record in town.assignments
    )


def load_units(town: Town, areas: dict[str, Area]) -> None:
    """Write the handling units and who acts for them."""
    workers = _hired([member for record in town.units for member in record.members])
    for record in town.units:
        unit = HandlingUnit.objects.create(
            code=record.code,
            name=record.name,
            kind=record.kind,
            level=Level.from_slug(record.level),
            phone=record.phone,
        )
        unit.areas.set([areas[record.area]] if record.area else [])
        UnitMember.objects.bulk_create(
            UnitMember(unit=unit, worker=workers[member.username]) for member in record.members
        )


def _hired(records: Sequence[WorkerRecord]) -> dict[str, Worker]:
    """Write workers, each with a login nobody can use; by user name."""
    nobody = make_password(None)
    users = User.objects.bulk_create(
        User(username=record.username, password=nobody) for record in records
    )
    workers = Worker.objects.bulk_create(
        Worker(code=record.username, name=record.name, phone=record.phone, user=user)
        for record, user in zip(records, users, strict=True)
    )
    return {worker.code: worker for worker in workers}


def load_party(town: Town, areas: dict[str, Area]) -> None:
    """Write party organisations, parents first as they come."""
    known: dict[str, PartyOrganisation] = {}
    for record in town.party:
        organisation = PartyOrganisation.objects.create(
            code=record.code,
            name=record.name,
            kind=record.type,
            parent=known[record.parent] if record.parent else None,
            setup_mode=record.setup_mode,
            attached_to=record.place,
            formal_members=record.formal_members,
            probationary_members=record.probationary_members,
            established=record.established,
            term_ends=record.term_ends,
        )
        organisation.areas.set([areas[code] for code in record.areas])
        known[record.code] = organisation


def load_facilities(town: Town) -> None:
    """Write the categories and the facilities with their doors."""
    by_code = categories.load()
    Facility.objects.bulk_create(
        Facility(
            code=record.code,
            name=record.name,
            category=by_code[record.category],
            point=Point(record.point.x, record.point.y, srid=4326),
            entrances=MultiPoint([Point(door.x, door.y) for door in record.entrances], srid=4326),
            floor_area_m2=record.floor_area_m2,
            opening_hours=record.opening_hours,
        )
        for record in town.facilities
    )


def load_basemap(town: Town) -> None:
    """Write what the base map draws."""
    MapFeature.objects.bulk_create(
        (
            MapFeature(
                kind=record.kind,
                klass=record.klass,
                name=record.name,
                shape=geos(record.shape),
                attributes=dict(record.attributes),
            )
            for record in town.features
        ),
        batch_size=1000,
    )


def geos(shape: BaseGeometry) -> GEOSGeometry:
    """Return a shapely geometry as GEOS, EPSG:4326."""
    return GEOSGeometry(memoryview(shape.wkb), srid=4326)
