"""The staffing page: what is missing is counted, shown and handed out, to planners only."""

import re

import pytest
from django.contrib.auth.models import User

from gis_grid.people.models import PartyOrganisation
from gis_grid.territory.models import Area
from tests.world import World


@pytest.fixture
def town(world: World) -> World:
    """A2 and B1 lack a party organisation, A2 lacks a worker too."""
    branch = PartyOrganisation.objects.create(code="p1", name="第一党支部", kind="branch")
    branch.areas.add(world.areas["A1"])
    return world


def test_overview_lists_what_is_missing_worst_first(town: World, login) -> None:  # type: ignore[no-untyped-def]
    answer = login("sun").get("/planning/staffing/")

    assert [(r.code, r.workers, r.party) for r in answer.context["rows"]] == [
        ("A2", 0, 0),
        ("B1", 1, 0),
    ]
    assert (answer.context["without_worker"], answer.context["without_party"]) == (1, 2)


def test_overview_takes_the_same_queries_for_any_number_of_grids(  # type: ignore[no-untyped-def]
    town: World, login, django_assert_num_queries
) -> None:
    sun = login("sun")

    with django_assert_num_queries(2):  # session with its user, grids
        sun.get("/planning/staffing/")


@pytest.mark.parametrize("path", ["", "staffing/", "staffing/map", "staffing.csv"])
@pytest.mark.parametrize(("name", "status"), [("sun", 200), ("chen", 200), ("li", 403)])
def test_planning_is_for_planners(town: World, login, path: str, name: str, status: int) -> None:  # type: ignore[no-untyped-def]
    assert login(name).get(f"/planning/{path}").status_code == status


def test_map_asks_no_network_and_lives_in_a_sandbox(town: World, login) -> None:  # type: ignore[no-untyped-def]
    answer = login("sun").get("/planning/staffing/map")

    text = answer.content.decode()
    assert not re.search(r"<(?:script|link|img|iframe)[^>]*\s(?:src|href)=", text)
    assert "L.map(" in text
    assert "sandbox allow-scripts" in answer.headers["Content-Security-Policy"]
    assert "connect-src" not in answer.headers["Content-Security-Policy"]


def test_a_grid_s_name_is_only_text_in_the_map(town: World, login) -> None:  # type: ignore[no-untyped-def]
    Area.objects.filter(code="A1").update(name="<img src=x onerror=alert(1)>")

    text = login("sun").get("/planning/staffing/map").content.decode()

    assert "<img src=x" not in text
    assert "\\u0026lt;img" in text


def test_table_is_utf8_with_a_mark_for_spreadsheets(town: World, login) -> None:  # type: ignore[no-untyped-def]
    answer = login("sun").get("/planning/staffing.csv")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert lines[1].startswith("A2,")
    assert len(lines) == 4


def test_the_page_works_without_any_grid(db, client) -> None:  # type: ignore[no-untyped-def]
    client.force_login(User.objects.create_superuser("root"))
    assert client.get("/planning/").status_code == 200
    assert client.get("/planning/staffing/").status_code == 200
    assert client.get("/planning/staffing/map").status_code == 200
