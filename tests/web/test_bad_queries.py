"""Bad addresses: queries, pages, boxes, tiles, ids. Refused as JSON before anything is read."""

from collections.abc import Callable
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.web.contract import refused
from tests.world import World, inside, make_incident

Login = Callable[[str], Client]
INCIDENTS = "/api/incidents"
LON, LAT = inside()
NUL = "%00"


@pytest.fixture
def chen(world: World, login: Login) -> Client:
    """The command centre's client, with an incident to be found."""
    make_incident(world)
    return login("chen")


LIST = [
    ("42-nan", "bbox=nan,nan,nan,nan", "not_numbers"),
    ("43-infinite", "bbox=1e400,0,1,1", "not_numbers"),
    ("43-reversed", "bbox=106,31,105,32", "bbox_out_of_range"),
    ("43-upside-down", "bbox=105,32,106,31", "bbox_out_of_range"),
    ("43-no-size", "bbox=105,31,105,31", "bbox_out_of_range"),
    ("43-three-numbers", "bbox=105,31,106", "not_numbers"),
    ("43-five-numbers", "bbox=105,31,106,32,0", "not_numbers"),
    ("43-antimeridian", "bbox=170,30,-170,32", "bbox_out_of_range"),
    ("43-off-the-globe", "bbox=105,31,106,320", "bbox_out_of_range"),
    ("43-empty", "bbox=", "not_numbers"),
    ("43-words", "bbox=a,b,c,d", "not_numbers"),
    ("14-sql", f"bbox={quote('105,31,106,32); DROP TABLE incidents_incident;--')}", "not_numbers"),
    ("44-1e30-metres", f"near={LON},{LAT}&within_m=1e30", "field_invalid"),
    ("44-negative", f"near={LON},{LAT}&within_m=-1", "field_invalid"),
    ("44-zero", f"near={LON},{LAT}&within_m=0", "field_invalid"),
    ("44-nan", f"near={LON},{LAT}&within_m=nan", "not_finite"),
    ("44-over-50-km", f"near={LON},{LAT}&within_m=50001", "field_invalid"),
    ("44-near-nan", "near=nan,31", "not_numbers"),
    ("44-near-off-the-globe", "near=105,91", "point_out_of_range"),
    ("14-near-sql", f"near={quote('1,1) OR 1=1--')}", "not_numbers"),
    ("46-page", "page=1000000000", "field_invalid"),
    ("46-page-0", "page=0", "field_invalid"),
    ("46-page-half", "page=1.5", "field_invalid"),
    ("46-page-size", "page_size=1000000000", "field_invalid"),
    ("46-page-size-201", "page_size=201", "field_invalid"),
    ("46-ordering", "ordering=password", "unknown_parameter"),
    ("05-fields", "fields=reporter,phone", "unknown_parameter"),
    ("05-expand", "expand=reporter", "unknown_parameter"),
    ("14-lookup", "words__contains=x", "unknown_parameter"),
    ("48-nul", f"q={NUL}", "text_not_allowed"),
    ("48-too-long", f"q={'x' * 5000}", "field_invalid"),
    ("state", "state=nope", "field_invalid"),
    ("state-nul", f"state={NUL}", "field_invalid"),
    ("category-nul", f"category={NUL}", "text_not_allowed"),
]


@pytest.mark.parametrize(("query", "code"), [row[1:] for row in LIST], ids=[row[0] for row in LIST])
def test_bad_filters(chen: Client, query: str, code: str) -> None:
    refused(chen.get(f"{INCIDENTS}?{query}"), 400, code)


@pytest.mark.parametrize("words", ["%", "_", "路灯%", "(a+)+$", "';--", "\\", "*"])
def test_48_search_takes_every_sign_as_a_letter(chen: Client, words: str) -> None:
    answer = chen.get(INCIDENTS, {"q": words})

    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_48_a_hundred_characters_are_fine(chen: Client) -> None:
    assert chen.get(INCIDENTS, {"q": "灯" * 100}).status_code == 200


ROUTE = [
    ("nan", f"lon=nan&lat={LAT}", 400, "not_finite"),
    ("1e400", f"lon=1e400&lat={LAT}", 400, "not_finite"),
    ("missing", f"lat={LAT}", 400, "field_missing"),
    ("empty", f"lon=&lat={LAT}", 400, "field_invalid"),
    ("comma", f"lon=105,2&lat={LAT}", 400, "field_invalid"),
    ("nul", f"lon={NUL}&lat={LAT}", 400, "field_invalid"),
    ("off-the-globe", "lon=181&lat=31", 422, "out_of_range"),
    ("pole", "lon=-105&lat=90", 422, "out_of_range"),
    ("swapped", f"lon={LAT}&lat={LON}", 422, "axes_swapped"),
    ("accuracy-negative", f"lon={LON}&lat={LAT}&accuracy_m=-1", 400, "field_invalid"),
    ("accuracy-1e30", f"lon={LON}&lat={LAT}&accuracy_m=1e30", 400, "field_invalid"),
    ("accuracy-nan", f"lon={LON}&lat={LAT}&accuracy_m=nan", 400, "not_finite"),
    ("datum", f"lon={LON}&lat={LAT}&datum=xian80", 400, "field_invalid"),
    ("unknown", f"lon={LON}&lat={LAT}&area=A2", 400, "unknown_parameter"),
]


@pytest.mark.parametrize(
    ("query", "status", "code"), [row[1:] for row in ROUTE], ids=[row[0] for row in ROUTE]
)
def test_bad_places(world: World, login: Login, query: str, status: int, code: str) -> None:
    refused(login("li").get(f"/api/field/route?{query}"), status, code)


@pytest.mark.parametrize("after", ["-1", "x", "1e3", "9" * 30, NUL, "", "1.5"])
def test_50_bad_positions_in_the_log(chen: Client, after: str) -> None:
    refused(chen.get(f"/api/command/events?after={after}"), 400, "field_invalid")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f"q={NUL}", "text_not_allowed"),
        ("level=planet", "level_unknown"),
        (f"level={NUL}", "level_unknown"),
        ("page=0", "field_invalid"),
        ("page_size=1000", "field_invalid"),
        ("parent=1", "unknown_parameter"),
    ],
)
def test_bad_lists_of_areas(chen: Client, query: str, code: str) -> None:
    refused(chen.get(f"/api/place/areas?{query}"), 400, code)


TILES = ["99/0/0", "21/0/0", "-1/0/0", "3/8/0", "3/0/8", "3/1.5/0", f"3/{'9' * 400}/0", "3/1/１"]


@pytest.mark.parametrize("tile", TILES)
def test_45_tiles_that_do_not_exist_are_not_looked_up(chen: Client, tile: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = chen.get(f"/tiles/base/{tile}.pbf")

    code = "tile_not_found" if tile in {"99/0/0", "21/0/0", "3/8/0", "3/0/8"} else "not_found"
    refused(answer, 404, code)
    assert not [query for query in queries if "basemap" in query["sql"]]


A_UUID = UUID("5f0c5a3e-7a51-4b9c-8f5e-0d1f6f0b2c11")
IDS = [str(10**20), "-1", NUL, "%2e%2e%2f%2e%2e", "../", "0123", A_UUID.hex, f"{{{A_UUID}}}"]


@pytest.mark.parametrize("prefix", [f"{INCIDENTS}/", "/photos/"])
@pytest.mark.parametrize("name", IDS)
def test_47_ids_in_a_wrong_form_are_404(chen: Client, prefix: str, name: str) -> None:
    refused(chen.get(f"{prefix}{name}"), 404, "not_found")


@pytest.mark.parametrize("name", [NUL, "%0a", "x" * 41, ""])
def test_47_codes_no_area_can_have_are_404(chen: Client, name: str) -> None:
    refused(chen.get(f"/api/place/areas/{name}"), 404, "not_found")


def test_47_a_missing_incident_is_404(chen: Client) -> None:
    refused(chen.get(f"{INCIDENTS}/{uuid4()}"), 404, "incident_not_found")


@pytest.mark.parametrize("value", ["x" * 5000, '"aaaaaaaa\\000"', "é" * 40, "' OR 1=1--aaaa"])
def test_a_forged_session_is_nobody(world: World, client: Client, value: str) -> None:
    answer = client.get("/api/field/me", headers={"cookie": f"sessionid={value}"})

    refused(answer, 401, "login_required")
