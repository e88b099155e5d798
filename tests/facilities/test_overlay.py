"""Changes of streets as rows: laid over when a network is built, checked where they are drawn."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gis_grid.errors import NotFound, Unavailable
from gis_grid.facilities import networks
from gis_grid.facilities.coverage import Question, compute
from gis_grid.facilities.models import Job, PopulationCell, StreetChange
from tests import circles
from tests.walks import Spot, lonlat
from tests.world import World

pytestmark = pytest.mark.django_db

Login = Callable[[str], Client]


def line(*spots: Spot) -> LineString:
    return LineString([(float(x), float(y)) for x, y in lonlat(spots)], srid=4326)


def point(spot: Spot) -> Point:
    ((x, y),) = lonlat([spot])
    return Point(float(x), float(y), srid=4326)


def covered(**how: Any) -> float:
    """Return how many walk to the clinic."""
    run, _notes = compute(Question("town", ("clinic",), **how))
    found: float = run.results["categories"][0]["covered"]
    return found


@pytest.fixture
def town(world: World, media: Path) -> World:
    """Two banks; the bridge is far in the north, so few of the east bank come in time."""
    circles.build(world)
    return world


class TestBuilt:
    """What a network knows of the changes."""

    def test_a_path_over_the_river_counts_once_the_network_is_rebuilt(self, town: World) -> None:
        before = covered()
        StreetChange.objects.create(code="p1", kind="path", shape=line((500, 300), (800, 300)))
        stored = networks.named("town")

        assert networks.is_due(stored)
        assert covered() == before
        rebuilt, notes = networks.rebuild("town")

        assert (notes, networks.is_due(rebuilt), rebuilt.figures["changes"]) == ([], False, 1)
        assert rebuilt.version != stored.version
        assert covered() > before

    def test_a_change_taken_back_gives_the_old_network(self, town: World) -> None:
        stored = networks.named("town")
        change = StreetChange.objects.create(
            code="c1", kind="closure", shape=line((500, 1100), (800, 1100))
        )
        closed, _notes = networks.rebuild("town")
        change.delete()
        again, _notes = networks.rebuild("town")

        assert closed.version != stored.version
        assert (again.version, again.figures["raw"]) == (stored.version, stored.figures["raw"])

    def test_days_outside_its_validity_do_not_know_of_it(self, town: World) -> None:
        today = timezone.localdate()
        for code, first, end in (
            ("past", None, today),
            ("future", today + timedelta(days=1), None),
            ("now", today, today + timedelta(days=1)),
        ):
            StreetChange.objects.create(
                code=code,
                kind="path",
                shape=line((500, 300), (800, 300)),
                valid_from=first,
                valid_until=end,
            )

        assert networks.rebuild("town")[0].figures["changes"] == 1

    def test_a_gate_in_a_wall_shuts_at_night(self, town: World) -> None:
        StreetChange.objects.create(code="w", kind="wall", shape=line((-150, 550), (560, 550)))
        walled = networks.rebuild("town") and covered()
        StreetChange.objects.create(
            code="g", kind="gate", shape=point((301, 550)), hours="06:00-22:00"
        )
        networks.rebuild("town")

        by_day, by_night, shut = (
            covered(),
            covered(gates_at="23:00"),
            covered(gates_open=False),
        )
        assert walled < by_day
        assert by_night <= by_day
        assert shut == by_night
        assert covered(gates_at="12:00") == by_day

    def test_what_fits_nowhere_is_told(self, town: World) -> None:
        StreetChange.objects.create(code="blind", kind="gate", shape=point((50, 50)))

        _stored, notes = networks.rebuild("town")

        assert "blind" in str(notes[0])

    def test_streets_that_were_not_kept(self, town: World, media: Path) -> None:
        (media / "walking" / networks.named("town").figures["raw"]).unlink()

        with pytest.raises(Unavailable, match="network_files_missing"):
            networks.rebuild("town")

    def test_an_unknown_network(self) -> None:
        with pytest.raises(NotFound, match="no_such_network"):
            networks.rebuild("nowhere")


class TestDrawn:
    """The administration's page."""

    def add(self, client: Client, **changes: Any) -> Any:
        form = {
            "code": "x1",
            "kind": "wall",
            "hours": "",
            "shape": line((0, 0), (50, 50)).json,
            **changes,
        }
        return client.post(reverse("admin:facilities_streetchange_add"), form)

    def test_a_wall_is_stored_and_a_rebuild_is_said_to_be_due(
        self, town: World, login: Login
    ) -> None:
        root = login("root")
        answer = root.post(
            reverse("admin:facilities_streetchange_add"),
            {"code": "x1", "kind": "wall", "shape": line((0, 0), (50, 50)).json},
            follow=True,
        )

        assert StreetChange.objects.get().shape.geom_type == "LineString"
        assert any("town" in str(message) for message in answer.context["messages"])

    @pytest.mark.parametrize(
        ("changes", "field", "code"),
        [
            ({"kind": "gate"}, "shape", "wrong_type"),
            ({"kind": "path", "shape": point((1, 1)).json}, "shape", "wrong_type"),
            ({"hours": "06:00-22:00"}, "hours", "bad_hours"),
            (
                {"kind": "gate", "shape": point((1, 1)).json, "hours": "6 to 10"},
                "hours",
                "bad_hours",
            ),
            (
                {"valid_from": "2026-05-02", "valid_until": "2026-05-01"},
                "valid_until",
                "wrong_order",
            ),
            (
                {"shape": json.dumps({"type": "Polygon", "coordinates": [[[1, 1]]]})},
                "shape",
                "wrong_type",
            ),
        ],
    )
    def test_what_does_not_belong_together_is_refused(
        self, world: World, login: Login, changes: dict[str, str], field: str, code: str
    ) -> None:
        answer = self.add(login("root"), **changes)

        errors = answer.context["adminform"].form.errors.as_data()
        assert {name: [error.code for error in told] for name, told in errors.items()} == {
            field: [code]
        }
        assert not StreetChange.objects.exists()

    def test_an_administrator_asks_for_a_network_built_anew(
        self, town: World, login: Login
    ) -> None:
        PopulationCell.objects.all().delete()
        login("root").post(
            reverse("admin:facilities_walknetwork_changelist"),
            {"action": "build_anew", "_selected_action": [networks.named("town").pk]},
        )

        job = Job.objects.get()
        assert (job.kind, job.question["network"], job.by_id) == (
            "rebuild",
            "town",
            town.users["root"].pk,
        )
