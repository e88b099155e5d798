"""Why an incident went to its grid, in one sentence a grid worker understands. Pure."""

from typing import Any

from django.utils.translation import gettext as _

from gis_grid.territory import ownership


def sentence(route: dict[str, Any]) -> str:
    """Return the reason for a stored route (`Route.as_json`)."""
    area = route.get("area")
    words = {
        "name": area["name"] if area else "",
        "edge": _metres(route.get("edge_m")),
        "distance": _metres(route.get("distance_m")),
    }
    return _template(route) % words


def _template(route: dict[str, Any]) -> str:
    method = route["method"]
    if method == ownership.COVERS:
        return _("The place lies in %(name)s, %(edge)s from its border.")
    if method == ownership.EDGE:
        return _("The place lies exactly on a border; %(name)s has the smaller code.")
    if method == ownership.NEAREST:
        return _("No grid covers the place; %(name)s is nearest, %(distance)s away.")
    if method == ownership.AMBIGUOUS and route.get("answered"):
        return _("The place is near a border; the reporter chose %(name)s.")
    if method == ownership.AMBIGUOUS:
        return _("The position is not exact enough to be sure; %(name)s was the likeliest.")
    if method == ownership.BOARD:
        return _("It came by the notice board of %(name)s and names no place on the map.")
    return _("The place lies outside all grids; somebody has to decide.")


def _metres(distance: float | None) -> str:
    if distance is None:
        return ""
    if distance < 1000:
        return _("%(number)d m") % {"number": round(distance)}
    return _("%(number).1f km") % {"number": distance / 1000}
