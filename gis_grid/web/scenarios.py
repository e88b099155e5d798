"""Scenarios as an API: keep, open, change, throw away, compare."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import AfterValidator, Field

from gis_grid.facilities import scenarios
from gis_grid.facilities.scenarios import Draft
from gis_grid.facilities.study import study
from gis_grid.web.api import Strict
from gis_grid.web.circles import ChangeIn, Code, planner
from gis_grid.web.planning_words import NO_NAME

router = Router(tags=["planning"])


def _named(text: str) -> str:
    if not text.strip() or "\x00" in text:
        raise ValueError(NO_NAME)
    return text.strip()


class ContentIn(ChangeIn):
    """What is changed, and how it is looked at. Ranges as in `Question.check`."""

    category: Code
    minutes: Annotated[float, Field(ge=1, le=60)]
    speed: Annotated[float, Field(ge=0.3, le=2.5)]
    gates_open: bool
    gates_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^$")] = ""


class ScenarioIn(Strict):
    """A scenario as it is to be kept."""

    name: Annotated[str, Field(max_length=60), AfterValidator(_named)]
    network: Code
    content: ContentIn

    def draft(self) -> Draft:
        """Return it as it is stored."""
        return Draft(self.name, self.network, self.content.model_dump())


class ChangedIn(ScenarioIn):
    """The same, and which version it was made from."""

    version: Annotated[int, Field(ge=1)]


class CompareIn(Strict):
    """Two scenarios."""

    a: UUID
    b: UUID
    circle_m: Annotated[float, Field(ge=50, le=20_000)] = 1000


@router.get("/scenarios", url_name="scenarios")
def index(request: HttpRequest) -> dict[str, Any]:
    """The latest scenarios, without their content."""
    planner(request)
    return {"items": scenarios.listed()}


@router.post("/scenarios", response={201: Any})
def create(request: HttpRequest, body: ScenarioIn) -> Status[dict[str, Any]]:
    """Keep a new one."""
    asking = planner(request)
    return Status(201, scenarios.told(scenarios.create(body.draft(), asking.user)))


@router.get("/scenarios/{uuid:scenario_id}", url_name="scenario")
def card(request: HttpRequest, scenario_id: UUID) -> dict[str, Any]:
    """One with its content."""
    planner(request)
    return scenarios.told(scenarios.opened(scenario_id))


@router.put("/scenarios/{uuid:scenario_id}")
def change(request: HttpRequest, scenario_id: UUID, body: ChangedIn) -> dict[str, Any]:
    """Write over one; 409 `stale` with `current` when somebody else was first."""
    asking = planner(request)
    changed = scenarios.change(scenario_id, body.draft(), body.version, asking.user)
    return scenarios.told(changed)


@router.delete("/scenarios/{uuid:scenario_id}")
def drop(request: HttpRequest, scenario_id: UUID) -> dict[str, Any]:
    """Throw one away."""
    scenarios.drop(scenario_id, planner(request).user)
    return {"dropped": str(scenario_id)}


@router.get("/compare")
def compare(request: HttpRequest, query: Query[CompareIn]) -> dict[str, Any]:
    """Two scenarios side by side: people by verdict for each kind that one of them touches."""
    asking = planner(request)
    pair = [scenarios.opened(each) for each in (query.a, query.b)]
    known = study(pair[0].network.name)
    rows = scenarios.compare(known, pair, asking.territory, query.circle_m)
    return {"a": scenarios.told(pair[0]), "b": scenarios.told(pair[1]), "categories": rows}
