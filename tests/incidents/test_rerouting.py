"""Boundaries change: open incidents follow, closed ones keep their grid, people's choices stand."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, transaction
from django.utils import timezone

from gis_grid.territory.actions import AreaDraft, found, redraw, retire
from gis_grid.territory.models import Kind, Level
from incidents import actions, feed, relay, rerouting
from incidents.actions import To
from incidents.models import Incident
from tests.world import World, add_units, do, inside, make_report, square

TODAY = timezone.localdate()
NOW = timezone.now()  # boundaries know by the real clock when they were drawn
NEXT_MONTH = NOW + timedelta(days=30)


def incident_at(world: World, column: float, by: str = "li", accuracy_m: float = 8) -> Incident:
    """Report something at a place of the town's raster, now."""
    report = make_report(inside(column), accuracy_m=accuracy_m)
    return actions.report(report, by=world.actor(by), at=timezone.now()).incident


def swap_border(world: World, at: float, day: date = TODAY) -> None:
    """Let the border between A1 and A2 run elsewhere from a day on (before: at column 1)."""
    redraw(world.areas["A1"], square(0, at), valid_from=day)
    redraw(world.areas["A2"], square(at, 2 - at), valid_from=day)


def again(at: datetime | None = None) -> list[tuple[str, str]]:
    """Reroute and return who moved from where to where."""
    outcome = rerouting.reroute_stale(at or timezone.now())
    return [(move.before, move.after) for move in outcome.moved]


def test_open_incidents_follow_a_redrawn_boundary_and_closed_ones_do_not(world: World) -> None:
    moved, stays = incident_at(world, 0.8), incident_at(world, 0.2)
    closed = do(world, "settle", incident_at(world, 0.8), at=timezone.now())

    swap_border(world, 0.5)

    assert again() == [("A1", "A2")]
    moved.refresh_from_db()
    stays.refresh_from_db()
    closed.refresh_from_db()
    assert (moved.area.code, moved.area_path) == ("A2", world.areas["A2"].path)
    assert moved.boundary == world.areas["A2"].boundaries.get(during__contains=TODAY)
    assert stays.boundary == world.areas["A1"].boundaries.get(during__contains=TODAY)
    assert stays.events.count() == 1
    assert closed.area.code == "A1"
    assert not closed.boundary.during.upper or closed.boundary.during.upper <= TODAY


def test_both_sides_are_told_and_the_old_route_stays_in_the_log(world: World) -> None:
    incident = incident_at(world, 0.8)
    relay.stamp_all()
    mark = feed.last_sequence()
    swap_border(world, 0.5)
    again()
    relay.stamp_all()

    (change,) = feed.changes_after(mark)
    event = incident.events.get(kind="reroute")

    assert (change.path_before, change.path_now) == (
        world.areas["A1"].path,
        world.areas["A2"].path,
    )
    assert event.by is None
    assert event.body["route_before"]["area"]["code"] == "A1"
    assert event.body["route"]["area"]["code"] == "A2"


def test_a_second_look_changes_nothing(world: World) -> None:
    incident_at(world, 0.8)
    incident_at(world, 0.2)
    swap_border(world, 0.5)
    again()

    assert rerouting.reroute_stale(timezone.now()) == rerouting.Outcome(0, [])


def test_what_is_redrawn_from_next_month_on_moves_next_month(world: World) -> None:
    incident_at(world, 0.8)
    swap_border(world, 0.5, timezone.localdate(NEXT_MONTH))

    assert again() == []
    assert again(NEXT_MONTH) == [("A1", "A2")]


def test_an_exclusive_grid_founded_on_top_takes_what_lies_in_it(world: World) -> None:
    incident_at(world, 0.3)
    incident_at(world, 0.8)
    park = AreaDraft("P", "公园", Level.GRID, world.areas["A"], Kind.EXCLUSIVE, square(0.1, 0.4))

    found(park, valid_from=TODAY)

    assert again() == [("A1", "P")]


def test_a_grid_that_is_said_to_have_always_been_there_counts(world: World) -> None:
    incident_at(world, 0.3)

    found(AreaDraft("P", "公园", Level.GRID, world.areas["A"], Kind.EXCLUSIVE, square(0.1, 0.4)))

    assert again() == [("A1", "P")]


def test_the_parent_catches_what_a_retired_grid_leaves(world: World) -> None:
    incident = incident_at(world, 0.5)

    retire(world.areas["A1"], on=TODAY)

    assert again() == [("A1", "A")]
    incident.refresh_from_db()
    assert incident.boundary.area.code == "A"


def test_what_was_outside_comes_into_a_new_grid(world: World) -> None:
    incident = incident_at(world, 5.5)
    assert incident.area is None
    assert "outside" in incident.flags

    found(AreaDraft("C1", "新区网格", Level.GRID, world.areas["S"], shape=square(5)))

    assert again() == [("", "C1")]
    assert "outside" not in Incident.objects.get().flags


def test_what_was_outside_comes_to_a_new_grid_nearby(world: World) -> None:
    incident_at(world, 4.95)  # 19 m from column 5

    found(AreaDraft("C1", "新区网格", Level.GRID, world.areas["S"], shape=square(5)))

    assert again() == [("", "C1")]
    assert Incident.objects.get().route_method == "nearest"


def test_whoever_held_it_for_the_old_grid_does_not_any_more(world: World) -> None:
    add_units(world)
    incident = do(world, "accept", incident_at(world, 0.8), at=timezone.now())
    do(world, "dispatch", incident, by="chen", to=To(area="A1"), at=timezone.now())
    swap_border(world, 0.5)
    again()

    incident.refresh_from_db()
    assert incident.state == "accepted"
    assert incident.dispatch.outcome == "redirected"
    assert incident.alarm_at is not None


def test_what_people_handed_over_stays_while_the_area_exists(world: World) -> None:
    incident = incident_at(world, 0.8)
    do(world, "hand_over", incident, by="chen", area="B1", at=timezone.now())
    swap_border(world, 0.5)
    redraw(world.areas["B1"], square(2, 0.9), valid_from=TODAY)

    assert again() == []
    incident.refresh_from_db()
    assert incident.boundary == world.areas["B1"].boundaries.get(during__contains=TODAY)

    retire(world.areas["B1"], on=TODAY + timedelta(days=1))
    assert again(timezone.now() + timedelta(days=1)) == [("B1", "A2")]


@pytest.mark.parametrize(("chosen", "moves"), [(True, []), (False, [("A1", "A2")])])
def test_a_choice_near_a_border_stands_until_the_border_is_out_of_reach(
    world: World, chosen: bool, moves: list[tuple[str, str]]
) -> None:
    # Wang reports: no grid here is his own. The circle of 60 m reaches over the border.
    report = make_report(inside(0.9), accuracy_m=60, chosen_area="A1" if chosen else None)
    incident = actions.report(report, by=world.actor("wang"), at=timezone.now()).incident
    assert (incident.area.code, incident.route_method) == ("A1", "ambiguous")

    swap_border(world, 0.8)
    assert again() == moves

    swap_border(world, 0.2, TODAY + timedelta(days=1))
    again(timezone.now() + timedelta(days=1))
    incident.refresh_from_db()
    assert incident.area.code == "A2"


def test_a_dry_run_says_what_would_move_and_moves_nothing(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    incident = incident_at(world, 0.8)
    swap_border(world, 0.5)

    call_command("reroute", "--dry-run", "--json")
    said = json.loads(capsys.readouterr().out)
    call_command("reroute", "--dry-run")

    moved = {"number": incident.number, "before": "A1", "after": "A2"}
    assert said == {"dry_run": True, "looked_at": 1, "moved": [moved]}
    assert f"{incident.number}: A1 → A2" in capsys.readouterr().out
    assert Incident.objects.get().area.code == "A1"
    assert incident.events.count() == 1


def test_the_command_moves_and_counts(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    incident_at(world, 0.8)
    incident_at(world, 0.2)
    swap_border(world, 0.5)

    call_command("reroute")

    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2
    assert "2" in said[1]
    assert Incident.objects.filter(area__code="A2").count() == 1


def test_a_closing_between_finding_and_looking_keeps_the_grid(world: World) -> None:
    incident = incident_at(world, 0.8)
    swap_border(world, 0.5)
    assert list(rerouting.stale(TODAY)) == [incident.pk]
    do(world, "settle", incident, at=timezone.now())

    moved = actions.reroute(
        incident.pk, actions.Order(by=None, at=timezone.now(), deed_id=incident.pk)
    )

    assert moved is None
    assert Incident.objects.get().area.code == "A1"


def test_pages_of_a_large_round_reach_everybody_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rerouting, "BATCH", 2)
    for _ in range(5):
        incident_at(world, 0.8)
    swap_border(world, 0.5)

    assert again() == [("A1", "A2")] * 5


def test_a_round_is_made_when_boundaries_change_and_every_minute(world: World) -> None:
    borders = rerouting.Borders()
    assert borders.follow(NOW) == rerouting.Outcome(0, [])
    assert borders.follow(NOW + timedelta(seconds=5)) is None

    swap_border(world, 0.5)
    assert borders.follow(NOW + timedelta(seconds=6)) is not None
    assert borders.follow(NOW + timedelta(seconds=7)) is None

    retire(world.areas["B1"], on=TODAY)
    assert borders.follow(NOW + timedelta(seconds=8)) is not None
    assert borders.follow(NOW + timedelta(seconds=9)) is None
    assert borders.follow(NOW + timedelta(seconds=68)) is not None


def test_a_round_that_fails_is_made_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    borders = rerouting.Borders()
    with monkeypatch.context() as broken:
        broken.setattr(rerouting, "STALE", "SELECT nonsense")
        with pytest.raises(ProgrammingError), transaction.atomic():
            borders.follow(NOW)

    assert borders.follow(NOW) is not None
