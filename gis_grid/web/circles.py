"""Service circles as an API: who can walk there, by which way, and what a change would bring."""

import json
from typing import Annotated, Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import AfterValidator, Field

from gis_grid.access import Actor, access_area
from gis_grid.errors import Forbidden, NotFound
from gis_grid.facilities import picture
from gis_grid.facilities.coverage import Question
from gis_grid.facilities.inventory import inventory
from gis_grid.facilities.outlines import gap_areas, reached
from gis_grid.facilities.picture import ALL, View
from gis_grid.facilities.study import study
from gis_grid.facilities.suggest import suggest
from gis_grid.facilities.whatif import Added, Change, effect
from gis_grid.territory.models import Boundary, Level
from gis_grid.web.api import Strict, actor
from gis_grid.web.compact import compact, tag_of
from gis_grid.web.pages import may_plan
from gis_grid.web.planning_words import NO_SHAPE, ROLE, WRONG_BOX, WRONG_PLACE

router = Router(tags=["planning"])
MAX_ADDED, MAX_REMOVED = 50, 200

Code = Annotated[str, Field(min_length=1, max_length=60)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]


def planner(request: HttpRequest) -> Actor:
    """Return who is asking; Forbidden for who may not plan."""
    asking = actor(request)
    if not may_plan(asking):
        raise Forbidden("role_required", ROLE)
    return asking


def _spot(text: str) -> str:
    """Check one `category,lon,lat`."""
    try:
        category, lon, lat = text.rsplit(",", 2)
        if category and abs(float(lon)) <= 180 and abs(float(lat)) <= 90:
            return text
    except ValueError:
        pass
    raise ValueError(WRONG_PLACE)


def _box(text: str) -> str:
    try:
        west, south, east, north = (float(each) for each in text.split(","))
        if west <= east and south <= north:
            return text
    except ValueError:
        pass
    raise ValueError(WRONG_BOX)


class Asked(Strict):
    """Under which assumptions; `speed` in m/s. A refusal of a range names the field."""

    network: Code
    category: Code
    minutes: float = 15
    speed: float = 1.2
    gates_open: bool = True
    gates_at: Annotated[str, Field(max_length=5)] = ""
    circle_m: float = 1000

    def view(self, asking: Actor, change: Change) -> View:
        """Return what is looked at; see `study` and `Question.check` for what is refused."""
        question = Question(
            network=self.network,
            categories=(),
            minutes=self.minutes,
            speed=self.speed,
            circle_m=self.circle_m,
            gates_open=self.gates_open,
            gates_at=self.gates_at,
        )
        question.check()
        known = study(self.network)
        if self.category != ALL:
            known.category(self.category)
        return View(known, self.category, question, change, asking.territory)


class AskedIn(Asked):
    """The same in an address: a change is `add=category,lon,lat` and `remove=code`, repeated."""

    add: Annotated[list[Annotated[str, AfterValidator(_spot)]], Field(max_length=MAX_ADDED)] = []
    remove: Annotated[list[Code], Field(max_length=MAX_REMOVED)] = []

    def looked_at(self, asking: Actor) -> View:
        """Return what is looked at."""
        added = (each.rsplit(",", 2) for each in self.add)
        spots = (Added(category, float(lon), float(lat)) for category, lon, lat in added)
        return self.view(asking, Change(tuple(spots), frozenset(self.remove)))


class StreetsIn(AskedIn):
    """Which streets: `bbox` is west,south,east,north in degrees."""

    bbox: Annotated[str, AfterValidator(_box)]


class WalkIn(AskedIn):
    """From where, degrees."""

    lon: Lon
    lat: Lat


class ReachIn(AskedIn):
    """From which facility, by its code."""

    facility: Code


class OutlineIn(Strict):
    """Which area: its code, and the level where it is not alone with it."""

    code: Code
    level: Annotated[str, Field(max_length=20)] = ""


class AddedIn(Strict):
    """A facility that is thought of, degrees."""

    category: Code
    lon: Lon
    lat: Lat


class ChangeIn(Strict):
    """Facilities more, and codes of facilities fewer."""

    added: Annotated[list[AddedIn], Field(max_length=MAX_ADDED)] = []
    removed: Annotated[list[Code], Field(max_length=MAX_REMOVED)] = []

    def change(self) -> Change:
        """Return it as the engine takes it."""
        added = (Added(each.category, each.lon, each.lat) for each in self.added)
        return Change(tuple(added), frozenset(self.removed))


class WhatIfIn(Asked, ChangeIn):
    """A change, and under which assumptions."""


class SitesIn(WhatIfIn):
    """How many sites more."""

    sites: Annotated[int, Field(ge=1, le=20)]


@router.get("/start")
def start(request: HttpRequest) -> dict[str, Any]:
    """What there is to look at: networks, kinds of facilities, scenarios, the last runs."""
    planner(request)
    return inventory()


@router.get("/people")
def people(request: HttpRequest, query: Query[AskedIn]) -> HttpResponse:
    """Who can walk there: cells, facilities, sums and areas of my territory, as short lists."""
    asking = planner(request)
    view = query.looked_at(asking)
    whose = (asking.user.pk, sorted(asking.territory.paths))
    tag = tag_of(request, view.known.stored.version, view.known.stamp, *whose)
    return compact(request, lambda: picture.people(view) | {"gaps": gap_areas(view)}, tag)


@router.get("/streets")
def streets(request: HttpRequest, query: Query[StreetsIn]) -> HttpResponse:
    """The streets of a box with the seconds at both ends."""
    asking = planner(request)
    view = query.looked_at(asking)
    west, south, east, north = (float(each) for each in query.bbox.split(","))
    tag = tag_of(request, view.known.stored.version, view.known.stamp)
    return compact(request, lambda: picture.streets(view, (west, south, east, north)), tag)


@router.get("/walk")
def walk(request: HttpRequest, query: Query[WalkIn]) -> dict[str, Any]:
    """How far it is from a place to each kind, and the way to the nearest of each."""
    return picture.walks(query.looked_at(planner(request)), query.lon, query.lat)


@router.get("/reach")
def reach(request: HttpRequest, query: Query[ReachIn]) -> dict[str, Any]:
    """What can be reached from a facility in the time, as GeoJSON to look at."""
    return reached(query.looked_at(planner(request)), query.facility)


@router.post("/what-if")
def what_if(request: HttpRequest, body: WhatIfIn) -> dict[str, Any]:
    """What a change would bring against today, and which cells would walk otherwise."""
    view = body.view(planner(request), body.change())
    return effect(view.known, view.category, view.question, view.change, view.seen)


@router.post("/sites")
def sites(request: HttpRequest, body: SitesIn) -> dict[str, Any]:
    """A quick answer to where to build next, on top of a change."""
    return suggest(body.view(planner(request), body.change()), body.sites)


@router.get("/outline")
def outline(request: HttpRequest, query: Query[OutlineIn]) -> dict[str, Any]:
    """The shape of an area of my territory as GeoJSON, to show which one is meant."""
    level = next((each for each in Level if each.slug == query.level), None)
    asking = planner(request)
    area = access_area(asking, query.code, level=level)
    shapes = Boundary.objects.within(asking.territory).at(timezone.localdate()).filter(area=area)
    found = shapes.values_list(AsGeoJSON("shape", precision=6), flat=True).first()
    if found is None:
        raise NotFound("area_not_found", NO_SHAPE)
    shape: dict[str, Any] = json.loads(found)
    return shape
