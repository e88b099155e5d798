"""The administration: opens for administrators, writes by the deeds, refuses without exceptions."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gis_grid.facilities.models import Facility, FacilityCategory
from gis_grid.people.models import Assignment, PartyOrganisation, Worker
from gis_grid.territory.models import Area, Boundary, Kind, Level
from incidents.models import Attachment, Event, Incident
from tests.world import World, make_incident, square

Login = Callable[[str], Client]
OURS = ["territory", "people", "facilities", "basemap", "incidents"]
PAGES = sorted(
    model._meta.label_lower for model in admin.site._registry if model._meta.app_label in OURS
)
READ_ONLY = {
    "basemap.mapfeature",
    "facilities.job",
    "facilities.populationcell",
    "facilities.run",
    "facilities.scenario",
    "facilities.walknetwork",
    "incidents.attachment",
    "incidents.callback",
    "incidents.dispatch",
    "incidents.event",
    "incidents.extension",
    "incidents.incident",
    "incidents.message",
    "incidents.notice",
    "incidents.rating",
}


def url(label: str, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def polygon(column: float = 0) -> str:
    return json.dumps({"type": "Polygon", "coordinates": square(column).coords})


def faults(answer: Any) -> dict[str, list[str]]:
    """Return the codes of a refused form's errors by field."""
    assert answer.status_code == 200, "a form that was accepted redirects"
    errors = answer.context["adminform"].form.errors.as_data()
    return {name: [error.code for error in told] for name, told in errors.items()}


def test_every_table_of_ours_has_a_page() -> None:
    assert PAGES == [
        "basemap.mapfeature",
        "facilities.facility",
        "facilities.facilitycategory",
        "facilities.job",
        "facilities.populationcell",
        "facilities.run",
        "facilities.scenario",
        "facilities.streetchange",
        "facilities.walknetwork",
        "incidents.attachment",
        "incidents.calendarday",
        "incidents.callback",
        "incidents.category",
        "incidents.competence",
        "incidents.dispatch",
        "incidents.dispatchrule",
        "incidents.event",
        "incidents.extension",
        "incidents.incident",
        "incidents.matterlistentry",
        "incidents.message",
        "incidents.notice",
        "incidents.rating",
        "incidents.workinghours",
        "people.assignment",
        "people.handlingunit",
        "people.partyorganisation",
        "people.worker",
        "territory.area",
        "territory.boundary",
    ]


class TestOpens:
    """Who gets in; that nobody else does is in `test_matrix`."""

    @pytest.mark.parametrize("label", PAGES)
    def test_lists_open(self, world: World, login: Login, label: str) -> None:
        make_incident(world)
        root = login("root")

        for language in ("zh-hans", "en"):
            answer = root.get(url(label), {"q": "1"}, headers={"accept-language": language})
            assert answer.status_code == 200, language

    @pytest.mark.parametrize("label", PAGES)
    def test_forms_open_where_rows_may_be_added(
        self, world: World, login: Login, label: str
    ) -> None:
        answer = login("root").get(url(label, "add"))

        assert answer.status_code == (403 if label in READ_ONLY else 200)

    def test_staff_without_permission_is_refused(self, world: World, client: Client) -> None:
        client.force_login(User.objects.create(username="clerk", is_staff=True))

        assert client.get(url("territory.area")).status_code == 403
        assert client.get(url("territory.area", "add")).status_code == 403

    def test_rows_open_with_their_history(self, world: World, login: Login) -> None:
        incident = make_incident(world)
        rows = [
            Area.objects.get(code="A1"),
            Boundary.objects.first(),
            Worker.objects.get(code="li"),
            Assignment.objects.first(),
            incident.category,
            incident,
            Event.objects.first(),
        ]
        root = login("root")

        for row in rows:
            for page in ("change", "history"):
                answer = root.get(url(row._meta.label_lower, page, row.pk))
                assert answer.status_code == 200, (row, page)

    def test_lists_do_not_ask_once_per_row(self, world: World, login: Login) -> None:
        root = login("root")
        costs = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                root.get(url("incidents.incident"))
                root.get(url("territory.boundary"))
            costs.append(len(queries))
            for _ in range(3):
                make_incident(world)

        assert costs[0] + 2 >= costs[1]  # the date hierarchy asks more when there are dates


class TestAreas:
    """Founding, changing, retiring."""

    def found(self, client: Client, **changes: Any) -> Any:
        form = {
            "code": "A3",
            "name": "翠湖第三网格",
            "level": Level.GRID,
            "kind": Kind.GENERAL,
            "parent": Area.objects.get(code="A").pk,
            "during": "2026-05-01",
            **changes,
        }
        return client.post(url("territory.area", "add"), form)

    def test_an_area_is_founded_in_its_place(self, world: World, login: Login) -> None:
        answer = self.found(login("root"))

        assert answer.status_code == 302
        area = Area.objects.get(code="A3")
        assert area.path == f"{world.areas['A'].path}{area.pk}/"
        assert area.during == DateRange(date(2026, 5, 1), None)

    def test_a_parent_must_be_above(self, world: World, login: Login) -> None:
        answer = self.found(login("root"), level=Level.COMMUNITY)

        assert faults(answer) == {"parent": ["parent_not_above"]}
        assert not Area.objects.filter(code="A3").exists()

    def test_a_taken_code_is_an_error_of_the_form(self, world: World, login: Login) -> None:
        answer = self.found(login("root"), code="A1")

        assert faults(answer) == {"__all__": ["code_taken"]}

    def test_name_changes_but_the_place_in_the_tree_does_not(
        self, world: World, login: Login
    ) -> None:
        area = world.areas["A1"]
        form = {
            "code": "A1",
            "name": "新名字",
            "kind": Kind.GENERAL,
            "parent": world.areas["B"].pk,
            "level": Level.MICRO_GRID,
            "boundaries-TOTAL_FORMS": 0,
            "boundaries-INITIAL_FORMS": 0,
        }

        answer = login("root").post(url("territory.area", "change", area.pk), form)

        assert answer.status_code == 302
        changed = Area.objects.get(pk=area.pk)
        assert changed.name == "新名字"
        assert (changed.path, changed.parent_id, changed.level) == (
            area.path,
            world.areas["A"].pk,
            Level.GRID,
        )

    def test_history_tells_who_changed_what(self, world: World, login: Login) -> None:
        self.found(login("root"))
        area = Area.objects.get(code="A3")
        form = {
            "code": "A3",
            "name": "新名字",
            "kind": Kind.EXCLUSIVE,
            "boundaries-TOTAL_FORMS": 0,
            "boundaries-INITIAL_FORMS": 0,
        }
        root = login("root")
        root.post(url("territory.area", "change", area.pk), form)

        page = root.get(url("territory.area", "history", area.pk))

        newest, first = page.context["changes"]
        assert (newest.by, first.by) == ("root", "root")
        assert set(newest.values.values()) == {"新名字", str(Kind.EXCLUSIVE.label)}
        assert "翠湖第三网格" in first.values.values()

    def test_areas_are_retired_children_first(self, world: World, login: Login) -> None:
        ids = [world.areas[code].pk for code in ("B", "B1")]

        login("root").post(
            url("territory.area"), {"action": "retire", "_selected_action": ids}, follow=True
        )

        today = timezone.localdate()
        assert {area.during.upper for area in Area.objects.filter(pk__in=ids)} == {today}
        assert not Boundary.objects.at(today).filter(area__in=ids).exists()

    def test_an_area_with_children_is_not_retired(self, world: World, login: Login) -> None:
        answer = login("root").post(
            url("territory.area"),
            {"action": "retire", "_selected_action": [world.areas["B"].pk]},
            follow=True,
        )

        assert [message.level_tag for message in answer.context["messages"]] == ["error"]
        assert Area.objects.get(code="B").during.upper is None

    def test_nobody_deletes(self, world: World, login: Login) -> None:
        answer = login("root").post(url("territory.area", "delete", world.areas["B1"].pk))

        assert answer.status_code == 403


class TestBoundaries:
    """Add-only: drawing one ends the one before."""

    def redraw(self, client: Client, code: str = "A1", **changes: Any) -> Any:
        form = {
            "area": Area.objects.get(code=code).pk,
            "valid_from": "2026-05-01",
            "source": "council",
            "shape": polygon(),
            **changes,
        }
        return client.post(url("territory.boundary", "add"), form)

    def test_drawing_ends_the_old_boundary_the_day_before(self, world: World, login: Login) -> None:
        answer = self.redraw(login("root"))

        assert answer.status_code == 302
        old, new = world.areas["A1"].boundaries.order_by("pk")
        assert old.during == DateRange(None, date(2026, 5, 1))
        assert new.during == DateRange(date(2026, 5, 1), None)
        assert new.shape.geom_type == "MultiPolygon"

    def test_the_day_is_asked_for_when_there_is_a_boundary(
        self, world: World, login: Login
    ) -> None:
        assert faults(self.redraw(login("root"), valid_from="")) == {
            "__all__": ["valid_from_missing"]
        }

    def test_two_boundaries_cannot_start_on_one_day(self, world: World, login: Login) -> None:
        root = login("root")
        self.redraw(root)

        assert faults(self.redraw(root)) == {"__all__": ["boundary_starts_that_day"]}

    def test_a_boundary_between_two_takes_the_days_between(
        self, world: World, login: Login
    ) -> None:
        root = login("root")
        self.redraw(root)

        assert self.redraw(root, valid_from="2026-04-01").status_code == 302
        between = Boundary.objects.latest("pk")
        assert between.during == DateRange(date(2026, 4, 1), date(2026, 5, 1))

    def test_an_old_boundary_cannot_be_changed(self, world: World, login: Login) -> None:
        boundary = world.areas["A1"].boundaries.get()

        answer = login("root").post(
            url("territory.boundary", "change", boundary.pk), {"source": "x", "shape": polygon(1)}
        )

        assert answer.status_code == 403
        assert Boundary.objects.get(pk=boundary.pk).shape.equals(boundary.shape)

    @pytest.mark.parametrize(
        ("shape", "code"),
        [
            ("POINT(1e999 1)", "not_json"),
            ("SRID=999999;POLYGON((0 0,0 1,1 1,0 0))", "not_json"),
            ("POLYGON((nan 0,0 1,1 1,nan 0))", "not_json"),
            ('{"type":"Polygon","coordinates":[[[NaN,1],[2,1],[2,2],[NaN,1]]]}', "not_json"),
            (
                '{"type":"Polygon","coordinates":[[[1e400,1],[2,1],[2,2],[1e400,1]]]}',
                "coordinate_not_finite",
            ),
            ('{"type":"Point","coordinates":[105,31]}', "wrong_type"),
            (
                '{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}',
                "self_intersection",
            ),
            ('{"type":"Polygon","coordinates":[]}', "empty"),
            ("\x00", "not_utf8"),
            ("[" * 5000, "too_deep"),
            ("", "required"),
        ],
    )
    def test_a_bad_shape_is_an_error_of_the_form(
        self, world: World, login: Login, shape: str, code: str
    ) -> None:
        answer = self.redraw(login("root"), shape=shape)

        assert faults(answer) == {"shape": [code]}
        assert world.areas["A1"].boundaries.count() == 1

    def test_what_was_drawn_is_shown_again(self, world: World, login: Login) -> None:
        bow = '{"type":"Polygon","coordinates":[[[105,31],[106,32],[106,31],[105,32],[105,31]]]}'

        answer = self.redraw(login("root"), shape=bow)

        drawn = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.content.decode())
        assert drawn
        assert json.loads(unescape(drawn[1])) == json.loads(bow)

    def test_spatial_lookups_in_the_address_are_refused(self, world: World, login: Login) -> None:
        root = login("root")

        for lookup in ("shape__bbcontains", "shape__contains", "shape__isvalid", "shape"):
            answer = root.get(url("territory.boundary"), {lookup: "POINT(105 31)"})
            assert answer.status_code == 400, lookup


class TestPeople:
    """Workers, their seats, party organisations; days with the last one included."""

    def test_a_worker_gets_a_seat_with_days(self, world: World, login: Login) -> None:
        form = {
            "code": "w9",
            "name": "Qian",
            "phone": "13800000009",
            "units-TOTAL_FORMS": 0,
            "units-INITIAL_FORMS": 0,
            "assignments-TOTAL_FORMS": 1,
            "assignments-INITIAL_FORMS": 0,
            "assignments-0-area": world.areas["A2"].pk,
            "assignments-0-role": "grid_worker",
            "assignments-0-during_0": "2026-01-01",
            "assignments-0-during_1": "2026-12-31",
        }

        answer = login("root").post(url("people.worker", "add"), form)

        assert answer.status_code == 302, answer.context["errors"]
        seat = Assignment.objects.get(worker__code="w9")
        assert seat.during == DateRange(date(2026, 1, 1), date(2027, 1, 1))

    def seat(self, client: Client, first: str, last: str) -> Any:
        form = {
            "worker": Worker.objects.get(code="li").pk,
            "area": Area.objects.get(code="A2").pk,
            "role": "grid_worker",
            "during_0": first,
            "during_1": last,
        }
        return client.post(url("people.assignment", "add"), form)

    def test_no_days_mean_always(self, world: World, login: Login) -> None:
        self.seat(login("root"), "", "")

        assert Assignment.objects.latest("pk").during == DateRange(None, None)

    def test_one_day_is_a_range(self, world: World, login: Login) -> None:
        self.seat(login("root"), "2026-03-01", "2026-03-01")

        days = Assignment.objects.latest("pk").during
        assert days.upper - days.lower == timedelta(days=1)

    def test_the_wrong_way_round_is_an_error_of_the_form(self, world: World, login: Login) -> None:
        answer = self.seat(login("root"), "2026-03-02", "2026-03-01")

        assert faults(answer) == {"during": ["bound_ordering"]}

    def test_the_form_shows_the_last_day_inside(self, world: World, login: Login) -> None:
        root = login("root")
        self.seat(root, "2026-03-01", "2026-03-31")
        seat = Assignment.objects.latest("pk")

        page = root.get(url("people.assignment", "change", seat.pk)).content.decode()

        assert 'value="2026-03-31"' in page
        assert root.get(url("people.assignment")).status_code == 200

    def test_a_party_organisation_stands_for_areas(self, world: World, login: Login) -> None:
        form = {
            "code": "P1",
            "name": "翠湖联合支部",
            "kind": "branch",
            "setup_mode": "joint",
            "areas": [world.areas["A1"].pk, world.areas["A2"].pk],
            "formal_members": 31,
            "probationary_members": 2,
        }

        answer = login("root").post(url("people.partyorganisation", "add"), form)

        assert answer.status_code == 302
        assert PartyOrganisation.objects.get().areas.count() == 2


class TestFacilities:
    """A facility is a point."""

    def place(self, client: Client, point: str) -> Any:
        category = FacilityCategory.objects.create(code="clinic", name="卫生服务站")
        form = {"code": "F1", "name": "翠湖卫生站", "category": category.pk, "point": point}
        return client.post(url("facilities.facility", "add"), form)

    def test_a_point_is_kept(self, world: World, login: Login) -> None:
        self.place(login("root"), '{"type":"Point","coordinates":[105.002,31.002]}')

        assert Facility.objects.get().point.coords == (105.002, 31.002)

    @pytest.mark.parametrize(
        ("point", "code"),
        [
            ("POINT(1e999 1)", "not_json"),
            ('{"type":"Point","coordinates":[31.0,105.0]}', "axes_swapped"),
            (polygon(), "wrong_type"),
        ],
    )
    def test_anything_else_is_an_error_of_the_form(
        self, world: World, login: Login, point: str, code: str
    ) -> None:
        assert faults(self.place(login("root"), point)) == {"point": [code]}


class TestHappening:
    """Incidents, events and photos are looked at, never written."""

    @pytest.mark.parametrize("label", sorted(READ_ONLY - {"basemap.mapfeature"}))
    def test_nobody_writes(self, world: World, login: Login, label: str) -> None:
        incident = make_incident(world)
        pk = incident.pk if label == "incidents.incident" else 1
        root = login("root")

        answers = [root.post(url(label, page, pk)) for page in ("change", "delete")]

        assert {answer.status_code for answer in answers} <= {403, 302}
        assert Incident.objects.count() == 1
        assert Event.objects.count() == 1
        assert Attachment.objects.count() == 0

    def test_an_incident_shows_why_it_went_where(self, world: World, login: Login) -> None:
        incident = make_incident(world)

        page = login("root").get(url("incidents.incident", "change", incident.pk)).content.decode()

        assert "翠湖第一网格" in page
        assert f"incident={incident.pk}" in page
        assert "shape-map" in page

    def test_its_events_are_one_click_away(self, world: World, login: Login) -> None:
        incident, _other = make_incident(world), make_incident(world)

        page = login("root").get(url("incidents.event"), {"incident": str(incident.pk)})

        assert page.context["cl"].result_count == 1

    def test_administrators_do_not_report(self, world: World, login: Login) -> None:
        answer = login("root").post("/api/field/reports", {}, content_type="application/json")

        assert answer.status_code in (403, 422)
        assert not Incident.objects.exists()
