"""The log as a feed: numbers in order, a chain that shows tampering, the right people told."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from gis_grid.territory.paths import Territory
from incidents import feed, relay
from incidents.models import Event
from tests.world import NOW, World, do, inside, make_incident


def territory(world: World, *codes: str) -> Territory:
    return Territory(frozenset(world.areas[code].path for code in codes))


def accept(world: World, incident, by: str = "li"):  # type: ignore[no-untyped-def]
    return do(world, "accept", incident, by=by)


def test_relay_numbers_events_in_order_without_gaps(world: World) -> None:
    for _ in range(3):
        make_incident(world)

    assert relay.stamp_all() == 3
    assert list(Event.objects.order_by("pk").values_list("sequence", flat=True)) == [1, 2, 3]
    assert relay.stamp_all() == 0


def test_unstamped_events_are_not_in_the_feed(world: World) -> None:
    make_incident(world)

    assert feed.changes_after(0) == []


def test_a_changed_event_breaks_the_chain(world: World) -> None:
    for _ in range(3):
        make_incident(world)
    relay.stamp_all()
    assert relay.first_break() is None

    with connection.cursor() as cursor:
        cursor.execute("UPDATE incidents_event SET note = 'x' WHERE sequence = 2")

    assert relay.first_break() == 2
    with pytest.raises(CommandError):
        call_command("verify_log")


def test_an_intact_log_is_said_to_be_intact(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    make_incident(world)
    relay.stamp_all()

    call_command("verify_log")

    assert "1" in capsys.readouterr().out


def test_territory_is_told_of_its_own_and_of_no_other(world: World) -> None:
    make_incident(world)
    make_incident(world, by="wang", place=inside(2.5, 0.5))
    relay.stamp_all()

    sequence, events = feed.events_after(0, territory(world, "B1"))

    assert sequence == 2
    assert [(e["event"], e["row"]["area"]) for e in events] == [("put", "B1")]


def test_a_centre_that_loses_an_incident_is_told(world: World) -> None:
    incident = make_incident(world)
    relay.stamp_all()
    before = incident.area_path
    incident.area, incident.area_path = world.areas["B1"], world.areas["B1"].path
    incident.save()
    feed.append(incident, "move", by=None, at=NOW, path_before=before)
    relay.stamp_all()

    assert [e["event"] for e in feed.events_after(1, territory(world, "A1"))[1]] == ["drop"]
    assert [e["event"] for e in feed.events_after(1, territory(world, "B1"))[1]] == ["put"]
    assert [e["event"] for e in feed.events_after(1, territory(world, "D"))[1]] == ["put"]


def test_only_desks_of_a_root_hear_of_unrouted_incidents(world: World) -> None:
    make_incident(world, place=inside(9, 9))
    relay.stamp_all()

    assert world.actor("chen").territory.unrouted
    assert len(feed.events_after(0, world.actor("chen").territory)[1]) == 1
    assert feed.events_after(0, world.actor("zhao").territory)[1] == []


def test_reading_a_page_of_the_feed_takes_two_queries(  # type: ignore[no-untyped-def]
    world: World, django_assert_num_queries
) -> None:
    for _ in range(5):
        accept(world, make_incident(world))
    relay.stamp_all()

    with django_assert_num_queries(2):
        assert len(feed.changes_after(0)) == 10


@pytest.mark.parametrize("name", ["put", "drop"])
def test_stream_frame_has_name_number_and_one_line_of_data(name: str) -> None:
    frame = feed.as_stream(name, {"words": "两\n行"}, 7).decode()

    assert frame == f'event: {name}\nid: 7\ndata: {{"words":"两\\n行"}}\n\n'
