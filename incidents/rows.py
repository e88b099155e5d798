"""An incident as the browser knows it: one row of a list, one marker on a map."""

from typing import Any, TypedDict

from incidents.models import Incident


class Row(TypedDict):
    """The JSON of a row; times are ISO 8601 with offset, lon/lat WGS84 degrees."""

    id: str
    number: str
    state: str
    category: str
    category_name: str
    area: str | None
    area_name: str
    lon: float
    lat: float
    reported_at: str
    due_at: str
    closed_at: str | None
    method: str
    version: int
    photos: int
    words: str


def row_of(incident: Incident) -> Row:
    """Return the row of an incident that was loaded with `as_rows()`."""
    area = incident.area
    closed_at = incident.closed_at
    return {
        "id": str(incident.id),
        "number": incident.number,
        "state": incident.state,
        "category": incident.category.code,
        "category_name": incident.category.label,
        "area": area.code if area else None,
        "area_name": area.name if area else "",
        "lon": round(incident.point.x, 7),
        "lat": round(incident.point.y, 7),
        "reported_at": incident.reported_at.isoformat(),
        "due_at": incident.due_at.isoformat(),
        "closed_at": closed_at.isoformat() if closed_at else None,
        "method": incident.route_method,
        "version": incident.version,
        "photos": getattr(incident, "photo_count", 0),
        "words": incident.words,
    }


def rows_of(incidents: Any) -> list[Row]:
    """Return the rows of a queryset of incidents."""
    return [row_of(incident) for incident in incidents.as_rows()]
