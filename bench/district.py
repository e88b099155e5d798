"""What is loaded before anything is measured: a layer of grids with its parents, and workers."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.contrib.auth.models import User
from django.contrib.gis.geos import GEOSGeometry
from django.test import Client

from bench import coverage
from gis_grid.people.models import Assignment, Role, Worker
from gis_grid.territory.actions import AreaDraft, found_many
from gis_grid.territory.models import Area, Level
from incidents import packs
from incidents.models import Category

# Grids to a parent's side: 16 to a community, 400 to a street.
COMMUNITY, STREET = 4, 20


@dataclass(frozen=True)
class Phone:
    """A grid worker's phone, logged in: the session's key and what the server knows them by."""

    session: str
    user: int
    worker: int
    own_areas: frozenset[int]


@dataclass(frozen=True)
class District:
    """The loaded place. `side`: grids along one side of the square."""

    side: int
    phones: list[Phone]
    categories: list[Category]


def load(grids: int, phones: int) -> District:
    """Load about so many grids (a square number), a worker for each, and some logged-in phones."""
    side = math.isqrt(grids)
    areas = _areas(coverage.lattice(side))
    workers = _workers(areas)
    packs.load("neighbourhood")
    return District(
        side=side,
        phones=[_phone(workers[n * len(workers) // phones]) for n in range(phones)],
        categories=list(Category.objects.minors()),
    )


def _areas(grids: npt.NDArray[np.object_]) -> list[Area]:
    """Found district, streets, communities and grids; return the grids, row by row."""
    side = len(grids)
    rings = [
        (Level.DISTRICT, side, coverage.blocks(grids, side)),
        (Level.STREET, STREET, coverage.blocks(grids, STREET)),
        (Level.COMMUNITY, COMMUNITY, coverage.blocks(grids, COMMUNITY)),
        (Level.GRID, 1, grids),
    ]
    parents: dict[tuple[int, int], Area | None] = {(0, 0): None}
    size_above = side
    for level, size, shapes in rings:
        drafts = {
            (row, column): AreaDraft(
                code=f"{level.slug}-{row:03d}-{column:03d}",
                name=f"{level.slug} {row}/{column}",
                level=level,
                parent=parents[row * size // size_above, column * size // size_above],
                shape=GEOSGeometry(memoryview(shape.wkb), srid=4326),
            )
            for (row, column), shape in np.ndenumerate(shapes)
        }
        founded = found_many(list(drafts.values()), source="bench")
        parents = dict(zip(drafts, founded, strict=True))
        size_above = size
    return founded


def _workers(areas: list[Area]) -> list[Worker]:
    """Post one worker to each grid; none has a login yet."""
    workers = Worker.objects.bulk_create(
        [Worker(code=f"w{area.code}", name=f"Worker {area.code}") for area in areas]
    )
    Assignment.objects.bulk_create(
        [
            Assignment(worker=worker, area=area, role=Role.GRID_WORKER)
            for worker, area in zip(workers, areas, strict=True)
        ]
    )
    return workers


def _phone(worker: Worker) -> Phone:
    user = User.objects.create(username=worker.code)
    worker.user = user
    worker.save(update_fields=["user"])
    client = Client()
    client.force_login(user)
    areas = worker.assignments.values_list("area_id", flat=True)
    return Phone(client.cookies["sessionid"].value, user.pk, worker.pk, frozenset(areas))
