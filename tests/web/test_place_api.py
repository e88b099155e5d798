"""The place's endpoints: lists, the card, a new boundary; each with a bounded number of queries."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gis_grid.people.models import PartyKind, PartyOrganisation
from gis_grid.territory.actions import AreaDraft, found
from gis_grid.territory.models import Boundary, Kind, Level
from tests.world import World, square

AREAS = "/api/place/areas"


def boundary(**changes):  # type: ignore[no-untyped-def]
    """Return the body of a new boundary for A1: its square and half of its neighbour's."""
    wider = square(0, 1.5)
    return {
        "geometry": {"type": "Polygon", "coordinates": wider.coords},
        "valid_from": "2026-05-01",
        "source": "council decision 7",
        **changes,
    }


def redraw(client: Client, code: str = "A1", **changes):  # type: ignore[no-untyped-def]
    url = f"{AREAS}/{code}/boundaries"
    return client.post(url, boundary(**changes), content_type="application/json")


def codes(answer) -> list[str]:  # type: ignore[no-untyped-def]
    return [item["code"] for item in answer.json()["items"]]


class TestList:
    """The areas of a territory."""

    def test_worker_sees_the_own_grid_only(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        assert codes(login("wang").get(AREAS)) == ["B1"]

    def test_chief_sees_the_street_from_the_top_down(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        answer = login("zhao").get(AREAS)

        assert codes(answer) == ["S", "A", "B", "A1", "A2", "B1"]
        assert answer.json()["items"][3] == {
            "code": "A1",
            "name": "翠湖第一网格",
            "level": "grid",
            "kind": "general",
            "parent": "A",
        }

    def test_level_narrows(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        assert codes(login("chen").get(f"{AREAS}?level=community")) == ["A", "B"]

    @pytest.mark.parametrize(
        ("words", "expected"), [("北门", ["B", "B1"]), ("a", ["A", "A1", "A2"])]
    )
    def test_words_find_names_and_codes(self, world: World, login, words, expected) -> None:  # type: ignore[no-untyped-def]
        assert codes(login("chen").get(AREAS, {"q": words})) == expected

    def test_wildcards_are_letters(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        assert codes(login("chen").get(AREAS, {"q": "%"})) == []

    def test_pages_follow_each_other(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        chen = login("chen")

        first = chen.get(f"{AREAS}?page_size=5")
        second = chen.get(f"{AREAS}?page_size=5&page=2")

        assert (first.json()["more"], second.json()["more"]) == (True, False)
        assert codes(first) + codes(second) == ["D", "S", "A", "B", "A1", "A2", "B1"]

    def test_list_costs_three_queries(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        chen = login("chen")

        with CaptureQueriesContext(connection) as queries:
            chen.get(AREAS)

        assert len(queries) == 2  # session with its user, areas with their parents


class TestCard:
    """One area in full."""

    def test_card_tells_who_where_and_since_when(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        branch = PartyOrganisation.objects.create(code="P1", name="翠湖支部", kind=PartyKind.BRANCH)
        branch.areas.add(world.areas["A1"])

        card = login("zhao").get(f"{AREAS}/A1").json()

        assert [(w["name"], w["role"]) for w in card["workers"]] == [("Li", "grid_worker")]
        assert card["party"] == [{"code": "P1", "name": "翠湖支部", "kind": "branch"}]
        assert (card["valid_from"], card["valid_until"]) == (None, None)
        (only,) = card["boundaries"]
        assert (only["valid_from"], only["valid_until"], only["pieces"]) == (None, None, 1)
        # 0.004 degrees square at 31 degrees north: 382 m by 443.5 m
        assert only["area_m2"] == pytest.approx(382.0 * 443.5, rel=0.002)

    def test_people_of_the_past_are_not_on_duty(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        seat = world.areas["A1"].assignments.get()
        seat.during = (None, timezone.localdate())
        seat.save()

        assert login("zhao").get(f"{AREAS}/A1").json()["workers"] == []

    def test_foreign_area_looks_like_a_missing_one(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        wang = login("wang")

        foreign, missing = wang.get(f"{AREAS}/A1"), wang.get(f"{AREAS}/A9")

        bodies = [{**a.json(), "request_id": ""} for a in (foreign, missing)]
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert bodies[0] == bodies[1]

    def test_same_code_on_two_levels_is_told_apart(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        found(AreaDraft("S", "河东微网格", Level.MICRO_GRID, world.areas["A1"], Kind.EXCLUSIVE))
        chen = login("chen")

        assert chen.get(f"{AREAS}/S").json()["level"] == "micro-grid"
        assert chen.get(f"{AREAS}/S?level=street").json()["name"] == "河东街道"

    def test_code_with_a_slash_has_a_card(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        found(AreaDraft("A/3 东", "第三网格", Level.GRID, world.areas["A"]))

        assert login("chen").get(f"{AREAS}/A/3 东").json()["name"] == "第三网格"

    def test_card_costs_six_queries(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        chen = login("chen")

        with CaptureQueriesContext(connection) as queries:
            chen.get(f"{AREAS}/A1")

        # session with its user, area with its parent, people, party, boundaries
        assert len(queries) == 5


class TestRedraw:
    """A new boundary, by the administrator."""

    def test_new_boundary_ends_the_old_one(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        answer = redraw(login("root"))

        assert answer.status_code == 201, answer.content
        body = answer.json()
        assert (body["valid_from"], body["valid_until"]) == ("2026-05-01", None)
        assert (body["source"], body["pieces"], body["notes"]) == ("council decision 7", 1, [])
        assert body["area_m2"] == pytest.approx(1.5 * 382.0 * 443.5, rel=0.002)
        days = [b.during for b in world.areas["A1"].boundaries.order_by("during")]
        assert [(d.lower, d.upper) for d in days] == [
            (None, date(2026, 5, 1)),
            (date(2026, 5, 1), None),
        ]

    def test_first_boundary_may_be_valid_always(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        found(AreaDraft("A3", "第三网格", Level.GRID, world.areas["A"]))

        answer = redraw(login("root"), "A3", valid_from=None)

        assert (answer.status_code, answer.json()["valid_from"]) == (201, None)

    def test_height_is_dropped_and_told(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        ring = [[lon, lat, 431.5] for lon, lat in square(0).coords[0]]

        answer = redraw(login("root"), geometry={"type": "Polygon", "coordinates": [ring]})

        assert answer.status_code == 201
        assert len(answer.json()["notes"]) == 1
        assert not Boundary.objects.latest("pk").shape.hasz

    @pytest.mark.parametrize("name", ["li", "zhao", "chen", "sun"])
    def test_only_administrators_draw(self, world: World, login, name: str) -> None:  # type: ignore[no-untyped-def]
        answer = redraw(login(name))

        assert (answer.status_code, answer.json()["code"]) == (403, "role_required")
        assert world.areas["A1"].boundaries.count() == 1

    @pytest.mark.parametrize(
        ("valid_from", "code"),
        [("2026-05-01", "boundary_starts_that_day"), (None, "valid_from_missing")],
    )
    def test_repeat_is_a_conflict(self, world: World, login, valid_from, code: str) -> None:  # type: ignore[no-untyped-def]
        root = login("root")
        redraw(root)

        again = redraw(root, valid_from=valid_from)

        assert (again.status_code, again.json()["code"]) == (409, code)
        assert world.areas["A1"].boundaries.count() == 2

    def test_large_shapes_are_read_small_bodies_stay_small(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        # 20,000 vertices are about 900 kB: too much for a report, normal for a district.
        south = [[105 + i * 1e-7, 31 - (i % 2) * 1e-7] for i in range(20_000)]
        ring = [*south, [105.002, 31.004], [105, 31.004], south[0]]

        answer = redraw(login("root"), geometry={"type": "Polygon", "coordinates": [ring]})

        assert answer.status_code == 201, answer.content[:300]

    def test_redraw_costs_twelve_queries(self, world: World, login) -> None:  # type: ignore[no-untyped-def]
        root = login("root")

        with CaptureQueriesContext(connection) as queries:
            redraw(root)

        # session with its user, area with parent; is there a boundary above, does it touch it;
        # savepoint, lock, boundaries, end one, start one, release; the answer with its metres
        assert len(queries) == 11
