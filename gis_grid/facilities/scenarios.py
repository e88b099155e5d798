"""Scenarios: a planner's changes under a name, kept, changed by their author, compared by all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Conflict, Forbidden, Invalid, NotFound
from gis_grid.facilities.coverage import Question
from gis_grid.facilities.models import Scenario, WalkNetwork
from gis_grid.facilities.picture import View, name_of
from gis_grid.facilities.study import Study
from gis_grid.facilities.whatif import NOTHING, Added, Change, totals
from gis_grid.territory.paths import Territory

LISTED: Final = 100


@dataclass(frozen=True)
class Draft:
    """What somebody wants to keep."""

    name: str
    network: str
    content: dict[str, Any]


def listed() -> list[dict[str, Any]]:
    """Return the latest scenarios, without their content."""
    rows = Scenario.objects.select_related("network", "by")[:LISTED]
    return [_head(each) for each in rows]


def opened(pk: UUID) -> Scenario:
    """Return one; NotFound `no_such_scenario`."""
    found = Scenario.objects.select_related("network", "by").filter(pk=pk).first()
    if found is None:
        raise NotFound("no_such_scenario", _("This scenario does not exist any more."))
    return found


def create(draft: Draft, by: User) -> Scenario:
    """Keep a new one."""
    return Scenario.objects.create(
        name=draft.name, network=_network(draft.network), content=draft.content, by=by
    )


def change(pk: UUID, draft: Draft, version: int, by: User) -> Scenario:
    """Write over one that is still at `version`.

    Conflict `stale` with what it is now; Forbidden `not_yours` for anybody but its author.
    """
    with transaction.atomic():
        found = _own(pk, by)
        if found.version != version:
            raise Conflict(
                "stale",
                _("Somebody has changed this scenario since you opened it."),
                current=told(found),
            )
        found.name, found.content = draft.name, draft.content
        found.network, found.version = _network(draft.network), version + 1
        found.save()
    return found


def drop(pk: UUID, by: User) -> None:
    """Throw one away; refuses like `change`."""
    with transaction.atomic():
        _own(pk, by).delete()


def told(scenario: Scenario) -> dict[str, Any]:
    """Return one with its content."""
    return {**_head(scenario), "content": scenario.content}


def change_of(content: dict[str, Any]) -> Change:
    """Return the changes that a scenario's content lists."""
    added = (Added(each["category"], each["lon"], each["lat"]) for each in content["added"])
    return Change(tuple(added), frozenset(content["removed"]))


def compare(
    known: Study, pair: Sequence[Scenario], territory: Territory, circle_m: float
) -> list[dict[str, Any]]:
    """Return, for each kind that one of two touches, the sums today and with each of them.

    Each is reckoned under its own assumptions; today under those of the first.
    """
    if pair[0].network_id != pair[1].network_id:
        raise Invalid("other_network", _("The two scenarios are on different networks."))
    changes = [change_of(each.content) for each in pair]
    questions = [_question(each, circle_m) for each in pair]
    asked = [(questions[0], NOTHING), *zip(questions, changes, strict=True)]
    return [
        {
            "category": code,
            "name": name_of(known.category(code)),
            **{
                label: _sums(View(known, code, question, change, territory))
                for label, (question, change) in zip(("now", "a", "b"), asked, strict=True)
            },
        }
        for code in known.categories
        if any(change.of(code, known) for change in changes)
    ]


def _sums(view: View) -> dict[str, float]:
    return totals(view.known, view.state(view.category), view.question, view.seen)


def _question(scenario: Scenario, circle_m: float) -> Question:
    content = scenario.content
    return Question(
        network=scenario.network.name,
        categories=(),
        minutes=content["minutes"],
        speed=content["speed"],
        gates_open=content["gates_open"],
        gates_at=content["gates_at"],
        circle_m=circle_m,
    )


def _own(pk: UUID, by: User) -> Scenario:
    found = Scenario.objects.select_for_update(of=("self",)).select_related("network", "by")
    scenario = found.filter(pk=pk).first()
    if scenario is None:
        raise NotFound("no_such_scenario", _("This scenario does not exist any more."))
    if scenario.by != by and not by.is_superuser:
        raise Forbidden("not_yours", _("Somebody else made this scenario. Save it under a name."))
    return scenario


def _network(name: str) -> WalkNetwork:
    found = WalkNetwork.objects.filter(name=name).first()
    if found is None:
        raise NotFound("no_such_network", _("There is no such walking network."))
    return found


def _head(scenario: Scenario) -> dict[str, Any]:
    return {
        "id": str(scenario.pk),
        "name": scenario.name,
        "network": scenario.network.name,
        "version": scenario.version,
        "by": scenario.by.get_username() if scenario.by else None,
        "changed_at": scenario.changed_at.isoformat(),
    }
