"""Reporting: one transaction, one incident, one event; the same twice is once."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gis_grid.errors import Conflict, Forbidden, Invalid
from gis_grid.geo.datum import Datum, from_wgs84
from incidents import actions
from incidents.models import Event, Incident
from tests.world import NOW, World, announced, inside, make_report


def test_report_goes_to_the_grid_that_covers_the_place(world: World) -> None:
    stored = actions.report(make_report(), by=world.actor("li"), at=NOW)

    assert stored.created
    incident = Incident.objects.get(pk=stored.incident.pk)
    assert incident.area == world.areas["A1"]
    assert incident.boundary == world.areas["A1"].boundaries.get()
    assert incident.route_method == "covers"
    assert incident.serial == stored.incident.serial


def test_report_appends_one_event_without_a_number(world: World) -> None:
    stored = actions.report(make_report(), by=world.actor("li"), at=NOW)

    event = Event.objects.get()
    assert (event.kind, event.state_after, event.sequence) == ("report", "reported", None)
    assert event.incident_id == stored.incident.pk
    assert event.path_after == world.areas["A1"].path


def test_same_report_twice_is_one_incident(world: World) -> None:
    report = make_report(photos=announced(uuid4(), "a" * 64))

    first = actions.report(report, by=world.actor("li"), at=NOW)
    second = actions.report(report, by=world.actor("li"), at=NOW)

    assert (first.created, second.created) == (True, False)
    assert first.incident.serial == second.incident.serial
    assert (Incident.objects.count(), Event.objects.count()) == (1, 1)


def test_same_id_with_other_content_is_refused_and_the_first_stays(world: World) -> None:
    report = make_report()
    actions.report(report, by=world.actor("li"), at=NOW)

    with pytest.raises(Conflict) as refusal:
        actions.report(make_report(id=report.id, words="别的事"), by=world.actor("li"), at=NOW)

    assert refusal.value.code == "id_reused"
    assert Incident.objects.get().words == report.words


def test_photo_id_of_another_report_is_refused_and_nothing_is_stored(world: World) -> None:
    photo = announced(uuid4(), "a" * 64)
    actions.report(make_report(photos=photo), by=world.actor("li"), at=NOW)

    with pytest.raises(Conflict) as refusal:
        actions.report(make_report(photos=photo), by=world.actor("li"), at=NOW)

    assert refusal.value.code == "photo_id_reused"
    assert Incident.objects.count() == 1


def test_place_in_gcj02_is_converted_before_routing(world: World) -> None:
    lon, lat = from_wgs84([inside()], Datum.GCJ02)[0]

    stored = actions.report(
        make_report((lon, lat), datum=Datum.GCJ02), by=world.actor("li"), at=NOW
    )

    incident = Incident.objects.get(pk=stored.incident.pk)
    assert incident.area == world.areas["A1"]
    assert (incident.raw_lon, incident.datum) == (lon, "gcj02")
    assert abs(incident.point.x - inside()[0]) < 2e-7


def test_place_outside_everything_is_kept_without_an_owner(world: World) -> None:
    stored = actions.report(make_report(inside(9, 9)), by=world.actor("li"), at=NOW)

    assert stored.incident.route_method == "outside"
    assert Incident.objects.get().area is None
    assert Incident.objects.get().flags == ["outside"]


def test_due_time_is_the_category_s_limit_after_receipt(world: World) -> None:
    incident = actions.report(make_report(), by=world.actor("li"), at=NOW).incident

    assert (incident.due_at - NOW).total_seconds() == 24 * 3600


def test_unknown_category_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.report(make_report(category="nothing"), by=world.actor("li"), at=NOW)

    assert refusal.value.code == "category_unknown"


@pytest.mark.parametrize("name", ["chen", "sun", "root"])
def test_only_field_roles_report(world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        actions.report(make_report(), by=world.actor(name), at=NOW)


def test_a_report_takes_four_statements(world: World) -> None:
    li = world.actor("li")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        actions.report(make_report(), by=li, at=NOW)

    # category, savepoint, areas near the point, the one insert, release
    assert len(queries) == 5
