"""What a demo town is made of: plain frozen records, every shape in EPSG:4326 (lon, lat).

May import numpy and shapely only. Nothing here knows the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import numpy as np
import numpy.typing as npt
from shapely.geometry import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

LevelSlug = Literal["city", "district", "street", "community", "grid", "micro-grid"]
AreaKind = Literal["general", "exclusive"]
UnitKind = Literal["department", "street", "community", "enterprise"]


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """One administrative area. General areas of a level tile their parent vertex for vertex."""

    code: str
    name: str
    level: LevelSlug
    kind: AreaKind
    parent: str | None
    shape: MultiPolygon
    households: int


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A person who answers for areas. `username` is unique; the phone cannot ring anyone."""

    username: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class AssignmentRecord:
    """Worker x area x role, from a date on. `role` is one of the field roles' slugs."""

    worker: str
    area: str
    role: str
    since: date


@dataclass(frozen=True, slots=True)
class PartyRecord:
    """A party organisation; counts only, never a member's name.

    `type`: working_committee committee general_branch branch group.
    `setup_mode`: alone joint posted attached.
    `attached_to`: district street community grid compound building industry.
    `areas`: codes it stands for (two for a joint branch, none for an industry committee).
    `place`: compound, building or industry name where `attached_to` needs one, else "".
    """

    code: str
    name: str
    type: str
    parent: str | None
    setup_mode: str
    attached_to: str
    areas: tuple[str, ...]
    place: str
    formal_members: int
    probationary_members: int
    established: date
    term_ends: date | None


@dataclass(frozen=True, slots=True)
class FacilityRecord:
    """A place that serves residents. `opening_hours` in OpenStreetMap notation."""

    code: str
    category: str
    name: str
    point: Point
    floor_area_m2: float
    opening_hours: str
    entrances: tuple[Point, ...]
    community: str


@dataclass(frozen=True, slots=True)
class MapFeatureRecord:
    """One thing to draw.

    `kind`: water green street path bridge building wall gate rail label.
    `klass` refines it (street: arterial secondary residential lane; path: path steps; ...).
    `attributes` are JSON-ready; a building has floors, households, compound; a gate has
    opening_hours, compound; a bridge has over.
    """

    kind: str
    klass: str
    name: str
    shape: BaseGeometry
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GateRecord:
    """A gate in a compound wall."""

    name: str
    compound: str
    point: Point
    opening_hours: str


@dataclass(frozen=True, slots=True, eq=False)
class WalkNetwork:
    """Where one can walk: straight edges between nodes.

    nodes (n, 2) float64 lon/lat; edges (m, 2) int32 node numbers; length_m (m,) float64 metres;
    kind (m,) str, the street classes plus path, steps, bridge; gate (m,) int32, number in
    `gates` of the gate this edge passes, or -1.
    """

    nodes: npt.NDArray[np.float64]
    edges: npt.NDArray[np.int32]
    length_m: npt.NDArray[np.float64]
    kind: npt.NDArray[np.str_]
    gate: npt.NDArray[np.int32]
    gates: tuple[GateRecord, ...]


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A handling unit. `area`: the one it serves, None for the whole district.

    `handles`: codes of categories, major or minor, that it may receive; none: all.
    `always_open`: it works day and night, and not by office hours.
    """

    code: str
    name: str
    kind: UnitKind
    level: LevelSlug
    area: str | None
    phone: str
    handles: tuple[str, ...]
    always_open: bool
    members: tuple[WorkerRecord, ...]


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """Something that is reported. `reported_at` is aware."""

    id: UUID
    category: str
    point: Point
    accuracy_m: float | None
    method: Literal["gps", "network", "manual"]
    words: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A wall (line) or a gate (point) as a change of the streets; `hours` as in OpenStreetMap."""

    code: str
    kind: Literal["wall", "gate"]
    name: str
    shape: BaseGeometry
    hours: str


@dataclass(frozen=True, slots=True)
class HomeRecord:
    """A house and how many live in it."""

    code: str
    point: Point
    people: int
