"""What there is to look at on the planner's page, before anything is asked."""

from typing import Any, Final

from django.db.models import Count

from gis_grid.facilities import scenarios
from gis_grid.facilities.models import FacilityCategory, PopulationCell, Run, WalkNetwork
from gis_grid.facilities.picture import name_of

RUNS: Final = 5
# Minutes, metres per second, metres: what is asked until somebody asks otherwise.
DEFAULTS: Final = {"minutes": 15, "speed": 1.2, "elder_speed": 0.9, "circle_m": 1000}


def inventory() -> dict[str, Any]:
    """Return networks, kinds of facilities, scenarios and the last runs; five queries."""
    runs = Run.objects.select_related("network")[:RUNS]
    # A count groups, and grouped rows lose the model's own order.
    kinds = FacilityCategory.objects.annotate(count=Count("facilities")).order_by("code")
    return {
        "networks": [_network(each) for each in WalkNetwork.objects.order_by("-made_at")],
        "people": PopulationCell.objects.exists(),
        "categories": [_category(each) for each in kinds],
        "defaults": DEFAULTS,
        "scenarios": scenarios.listed(),
        "runs": [
            {"id": str(each.pk), "network": each.network.name, "at": each.at.isoformat()}
            for each in runs
        ],
    }


def _network(network: WalkNetwork) -> dict[str, Any]:
    return {
        "name": network.name,
        "version": network.version,
        "sparse": network.sparse,
        "figures": network.figures,
        "extent": list(network.extent.extent),
        "made_at": network.made_at.isoformat(),
    }


def _category(category: Any) -> dict[str, Any]:
    """Return a kind that was counted: `count` facilities."""
    return {
        "code": category.code,
        "name": name_of(category),
        "minutes": category.minutes,
        "metres": category.metres,
        "required": category.required,
        "facilities": category.count,
    }
