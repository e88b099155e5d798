"""The switch for emergency duty on a worker's phone, and who is on it, for the desk."""

from typing import Annotated, Any

from django.contrib.gis.geos import Point
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import Field

from gis_grid.geo.datum import Datum
from gis_grid.geo.geojson import parse_point
from gis_grid.web.api import Strict, actor
from incidents import on_duty
from incidents.models import EmergencyDuty
from incidents.reports import wgs84_point
from incidents.web.command import desk

router = Router(tags=["field"])
watch = Router(tags=["command"])


class WhereIn(Strict):
    """Where the phone is, in the datum it speaks; accuracy in metres."""

    position: Any
    datum: Datum = Datum.WGS84
    accuracy_m: Annotated[float, Field(ge=0, le=10_000_000)] | None = None


@router.get("/duty", url_name="duty")
def standing(request: HttpRequest) -> dict[str, Any]:
    """Whether I am on emergency duty, and until when at most."""
    return _told(on_duty.running(actor(request), timezone.now()))


@router.post("/duty")
def begin(request: HttpRequest) -> dict[str, Any]:
    """Switch it on."""
    return _told(on_duty.switch_on(actor(request), timezone.now()))


@router.put("/duty")
def place(request: HttpRequest, body: WhereIn) -> dict[str, Any]:
    """Overwrite where I am. 409 when it is off: then nothing is kept."""
    lon, lat = wgs84_point(*parse_point(body.position), body.datum)
    point = Point(lon, lat, srid=4326)
    on_duty.place(actor(request), point, body.accuracy_m, timezone.now())
    return {"on": True}


@router.delete("/duty")
def end(request: HttpRequest) -> dict[str, Any]:
    """Switch it off; the position is forgotten."""
    on_duty.switch_off(actor(request))
    return _told(None)


@watch.get("/on-call", url_name="on-call")
def on_call(request: HttpRequest) -> dict[str, Any]:
    """Who of my territory is on emergency duty now, and where they were last."""
    return {"people": on_duty.on_call(desk(request).territory, timezone.localtime())}


def _told(duty: EmergencyDuty | None) -> dict[str, Any]:
    until = duty.since + on_duty.LONGEST if duty else None
    return {"on": duty is not None, "until": until.isoformat() if until else None}
