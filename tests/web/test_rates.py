"""The doors to the rates: who may, what they answer, what they refuse; the page, the files."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from gis_grid.exchange.workbooks import Sheet, write_xlsx
from gis_grid.people.models import Role
from gis_grid.territory.models import Area
from incidents.models import Incident
from incidents.rates import QUOTIENTS
from incidents.rates.tables import THEMES
from tests.incidents.past_cases import case, on, store, store_tianmen
from tests.web.contract import refused
from tests.world import World, _person, make_incident

As = Callable[[str], Client]
MONTH = "from=2016-12-01&to=2016-12-31"
MARCH = "from=2026-03-01&to=2026-03-31"


@pytest.fixture
def month(world: World) -> World:
    """The published month, all of it in grid A1."""
    store_tianmen(world)
    return world


def asked(client: Client, query: str = MONTH) -> dict[str, Any]:
    answer = client.get(f"/api/rates?{query}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def page(client: Client, query: str = MONTH, status: int = 200) -> str:
    answer = client.get(f"/rates/?{query}")
    assert answer.status_code == status
    return answer.content.decode()


# --- the API ----------------------------------------------------------------------------------


def test_the_whole_and_a_row_for_each_area_below(month: World, login: As) -> None:
    found = asked(login("chen"))

    assert (found["by"], found["level"], found["closing_rate"]) == ("area", "street", 0.937243)
    assert [(row["code"], row["closed"]) for row in found["rows"]] == [("S", 911)]
    assert found["rows"][0]["basis"]["in_time_closing_rate"] == {
        "numerator": 737,
        "denominator": 972,
        "reason": None,
    }


@pytest.mark.parametrize("by", ["major", "category", "unit", "source", "month", "week", "day"])
def test_by_everything_else(month: World, login: As, by: str) -> None:
    rows = asked(login("sun"), f"{MONTH}&by={by}")["rows"]

    assert sum(row["reported"] for row in rows) == 1054


def test_filters_narrow(month: World, login: As) -> None:
    chen = login("chen")

    assert asked(chen, f"{MONTH}&category=street_lamp")["reported"] == 1054
    assert asked(chen, f"{MONTH}&category=manhole")["reported"] == 0
    assert asked(chen, f"{MONTH}&area=B")["reported"] == 0
    assert asked(chen, f"{MONTH}&area=A1&by=month")["reported"] == 1054


def test_without_days_it_is_this_month(world: World, login: As) -> None:
    found = asked(login("chen"), "")

    assert re.fullmatch(r"\d{4}-\d\d-01", found["from"])


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("from=2026-03-05&to=2026-03-01", "period_reversed", "from"),
        ("from=yesterday", "field_invalid", "from"),
        ("from=1772640000", "field_invalid", "from"),
        ("to=1999-01-01", "field_invalid", "to"),
        ("from=2026-02-30", "field_invalid", "from"),
        ("by=worker", "field_invalid", "by"),
        ("level=house", "field_invalid", "level"),
        ("level=50", "field_invalid", "level"),
        ("category=nothing", "category_unknown", "category"),
        ("unit=nothing", "unit_unknown", "unit"),
        ("area=A%00", "text_not_allowed", None),
        ("from=2000-01-01&to=2099-12-31&by=day", "period_too_long", "to"),
        ("worker=li", "unknown_parameter", "worker"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    world: World, login: As, query: str, code: str, field: str | None
) -> None:
    body = refused(login("chen").get(f"/api/rates?{query}"), 400, code)

    assert set(body["fields"]) == ({field} if field else set())


def test_another_territory_is_no_such_area(world: World, login: As) -> None:
    world.users["hu"] = _person("hu", world.areas["B"], Role.LEADER)
    make_incident(world)

    refused(login("hu").get("/api/rates?area=A1"), 404, "area_not_found")
    found = asked(login("hu"), "")
    assert found["reported"] == 0
    assert [row["code"] for row in found["rows"]] == ["B1"]


@pytest.mark.parametrize("name", ["li", "wang", "zhao"])
def test_it_is_not_for_the_field(world: World, login: As, name: str) -> None:
    refused(login(name).get("/api/rates"), 403, "role_required")
    assert login(name).get("/rates/").status_code == 403
    assert login(name).get("/rates/table.csv").status_code == 403
    assert login(name).get("/burden/").status_code == 403


@pytest.mark.parametrize("cases", [1, 40])
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        # who asks; levels; ten kinds of fact; names
        ("/api/rates?from=2026-03-01&to=2026-03-31", 13),
        ("/api/rates?from=2026-03-01&to=2026-03-31&by=category", 12),
        # the whole is counted by itself
        ("/api/rates?from=2026-03-01&to=2026-03-31&by=week", 21),
        # and categories and units to choose from, levels to go to
        ("/rates/?from=2026-03-01&to=2026-03-31", 16),
        ("/burden/", 7),
    ],
)
def test_the_queries_are_the_same_for_one_and_for_many(
    world: World, login: As, address: str, expected: int, cases: int
) -> None:
    store(case(world, on(2 + n % 20), area="A1", closed_at=on(25)) for n in range(cases))
    client = login("root" if "burden" in address else "chen")
    client.get(address)

    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200

    assert len(queries) == expected


# --- the page ---------------------------------------------------------------------------------


def test_the_page_has_the_numbers_beside_every_rate(month: World, login: As) -> None:
    text = page(login("sun"))

    assert "75.82 %" in text
    assert "737/972" in text
    assert "93.72 %" in text
    assert "94.50 %" in text


def test_under_ten_the_page_shows_the_numbers_and_no_rate(world: World, login: As) -> None:
    store(case(world, on(2), closed_at=on(3)) for _ in range(3))

    text = page(login("sun"), MARCH)

    assert "3/3" in text
    assert "100.00 %" not in text


def test_links_lead_from_the_district_down_to_the_grid(month: World, login: As) -> None:
    chen, seen, query = login("chen"), [], f"{MONTH}&level=district"
    for _ in range(4):
        view = chen.get(f"/rates/?{query}").context["view"]
        (line, *_rest) = view.lines
        seen.append(line.row.code)
        query = line.url.partition("?")[2]

    assert seen == ["D", "S", "A", "A1"]
    assert query == ""  # nothing below a grid
    assert [link.label for link in view.crumbs][1:] == ["示范区", "河东街道", "翠湖社区"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["A1", "A2", "B1"]),
        ("-closing_rate", ["A2", "A1", "B1"]),
        ("closing_rate", ["B1", "A1", "A2"]),
        ("-reported", ["A1", "A2", "B1"]),
        ("name", ["B1", "A1", "A2"]),
    ],
)
def test_columns_sort_and_too_few_stands_lowest(
    world: World, login: As, sort: str, expected: list[str]
) -> None:
    for area, cases, closed in (("A1", 20, 10), ("A2", 12, 12), ("B1", 3, 3)):
        store(
            case(world, on(2), area=area, closed_at=on(3) if n < closed else None)
            for n in range(cases)
        )
    store([case(world, on(2), area=None)])

    view = login("chen").get(f"/rates/?{MARCH}&level=grid&sort={sort}").context["view"]

    assert [line.row.code for line in view.lines] == [*expected, None]


def test_a_heading_says_how_it_sorts_and_turns_round(month: World, login: As) -> None:
    text = page(login("chen"), f"{MONTH}&sort=-closing_rate")

    assert 'aria-sort="descending"><a href="/rates/?from=2016-12-01' in text
    assert "sort=closing_rate#table" in text


@pytest.mark.parametrize("show", THEMES)
def test_every_figure_of_a_theme_has_its_meaning_and_formula(
    month: World, login: As, show: str
) -> None:
    text = page(login("chen"), f"{MONTH}&show={show}")

    for name in THEMES[show].names:
        if name in QUOTIENTS:
            assert str(QUOTIENTS[name].help) in text


def test_every_figure_that_is_a_rate_stands_in_a_theme() -> None:
    shown = {name for theme in THEMES.values() for name in theme.names}

    assert QUOTIENTS.keys() <= shown


def test_presets_keep_what_is_looked_at(month: World, login: As) -> None:
    view = login("chen").get(f"/rates/?{MONTH}&area=A&show=voice").context["view"]

    assert len(view.presets) == 4
    assert all("area=A" in link.url and "show=voice" in link.url for link in view.presets)


def test_a_bad_question_is_told_on_the_page(month: World, login: As) -> None:
    text = page(login("chen"), "from=2016-12-31&to=2016-12-01", status=400)

    assert 'role="alert"' in text
    assert "Traceback" not in text


@pytest.mark.parametrize("query", ["area=nothing", "area=A1&level=community"])
def test_a_page_of_an_area_that_is_not_there(world: World, login: As, query: str) -> None:
    assert login("chen").get(f"/rates/?{query}").status_code == 404
    assert login("chen").get(f"/rates/table.csv?{query}").status_code == 404


def test_a_quiet_period_says_what_to_do(world: World, login: As) -> None:
    text = page(login("chen"), "from=2020-01-01&to=2020-01-31")

    assert "import_incidents" in text
    assert "<table" not in text


def test_no_worker_is_named(month: World, login: As) -> None:
    make_incident(month)
    chen = login("chen")

    for address in (f"/rates/?{MONTH}", "/rates/?by=unit", "/api/rates?by=area&level=grid"):
        assert "Li" not in re.sub(r"<[^>]+>", " ", chen.get(address).content.decode()).split()


def test_the_page_has_no_script_and_no_style_of_its_own(month: World, login: As) -> None:
    for name, address in (("chen", f"/rates/?{MONTH}"), ("root", "/burden/")):
        text = login(name).get(address).content.decode()
        assert "<script" not in text
        assert "style=" not in text


# --- the files --------------------------------------------------------------------------------


def test_the_csv_has_what_the_page_shows(month: World, login: As) -> None:
    answer = login("chen").get(f"/rates/table.csv?{MONTH}&level=community")

    text = answer.content.decode("utf-8-sig")
    header, whole, *rows = csv.reader(io.StringIO(text, newline=""))
    assert answer.headers["Content-Disposition"].endswith('"rates-2016-12-01-2016-12-31.csv"')
    assert whole[2:] == [
        *("1054", "94.5", "996", "1054", "93.72", "911", "972", "75.82", "737", "972", "0")
    ]
    assert [row[0] for row in rows] == ["A", "B"]
    assert rows[1][6] == ""  # B has too few for a rate
    assert len(header) == len(whole) == 13


def test_a_name_that_looks_like_a_formula_stays_a_name(month: World, login: As) -> None:
    Area.objects.filter(code="A").update(name="=HYPERLINK(1)", code="+A")
    chen = login("chen")

    rows = chen.get(f"/rates/table.csv?{MONTH}&level=community").content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(chen.get(f"/rates/table.xlsx?{MONTH}&level=community").content))

    assert "'+A,'=HYPERLINK(1)," in rows
    cells = [cell for row in book.worksheets[0] for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]


def test_the_workbook_has_rates_as_rates_and_says_what_they_mean(month: World, login: As) -> None:
    answer = login("chen").get(f"/rates/table.xlsx?{MONTH}")

    table, meaning = load_workbook(io.BytesIO(answer.content)).worksheets
    rate, closed_in_time = table["J2"], table["K2"]
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert (round(rate.value, 4), rate.number_format) == (0.7582, "0.00%")
    assert closed_in_time.value == 737
    # header, days, a row for each figure, the note
    assert meaning.max_row == 3 + len(THEMES["closing"].names)


def test_a_workbook_survives_any_text() -> None:
    out = io.BytesIO()

    write_xlsx(out, [Sheet("a/b:c" * 20, ["x\x07y"], [["\x00=1+1"], [None], [2.5]])])

    (sheet,) = load_workbook(out).worksheets
    assert [row[0].value for row in sheet] == ["xy", "=1+1", None, 2.5]
    assert len(sheet.title) == 31


# --- the burden -------------------------------------------------------------------------------


def test_the_burden_page_is_for_administrators(world: World, login: As) -> None:
    assert login("root").get("/burden/").status_code == 200
    for name in ("chen", "sun", "li"):
        assert login(name).get("/burden/").status_code == 403


def test_the_burden_page_names_nobody(world: World, login: As) -> None:
    for _ in range(3):
        make_incident(world)

    text = login("root").get("/burden/").content.decode()

    assert Incident.objects.filter(reporter__isnull=False).count() == 3
    assert not re.search(r"\bLi\b", re.sub(r"<[^>]+>", " ", text))
