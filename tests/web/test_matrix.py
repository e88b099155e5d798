"""Every address x nobody, the wrong role, the wrong territory, the wrong verb. Generated.

The table below names each address of the URL configuration with what it must refuse. An address
that is missing from it fails the test, so a new endpoint cannot be forgotten.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.db.models import Count, Value
from django.test import Client
from django.urls import URLPattern, get_resolver

from gis_grid.web.errors import wants_json
from incidents.boards import board_url
from incidents.models import Attachment, Event, Incident
from incidents.telling.links import token_of
from tests.deedtable import FORMS, TABLE, expected
from tests.web.contract import refused
from tests.world import World, announced, body_of, make_incident, make_report

Login = Callable[[str], Client]
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PHOTO = UUID(int=42)
EVERYBODY = frozenset({"li", "wang", "zhao", "chen", "sun", "root"})
FIELD = frozenset({"li", "wang", "zhao"})
DESK = frozenset({"chen", "root"})
PLAN = frozenset({"chen", "sun", "root"})


@dataclass(frozen=True)
class Door:
    """One address and verb. `open_to`: whose role is right; nobody at all is never right.

    `foreign`: who has the right role but not this territory, and so gets 404, or a list without
    it (`lists`). Without `login` it is public.
    """

    route: str
    verb: str = "GET"
    query: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    open_to: frozenset[str] = EVERYBODY
    foreign: frozenset[str] = frozenset()
    lists: bool = False
    login: bool = True

    def __str__(self) -> str:
        return f"{self.verb} /{self.route}"


REPORT = body_of(make_report())
PLACE = "?lon=105.002&lat=31.002"
GAP = {
    "id": str(uuid4()),
    "category": "street_lamp",
    "lon": 105.002,
    "lat": 31.002,
    "recorded_at": "2026-03-05T14:30:00+08:00",
}
SHAPE = {
    "type": "Polygon",
    "coordinates": [[[105, 31], [105.001, 31], [105.001, 31.001], [105, 31]]],
}
BROWSER = {"endpoint": "https://push.example.org/x", "p256dh": "A" * 87, "auth": "A" * 22}
DEED = {"id": str(uuid4()), "seen_version": 1}
WHERE = {"position": {"type": "Point", "coordinates": [105.001, 31.002]}}
VIEW = {"name": "夜班", "hash": "#15/31/105"}
MERGE = {"into": str(uuid4())}
NOTHING = UUID(int=0)
JOB = {"kind": "rebuild", "question": {"network": "town"}}
PAIR = f"?a={NOTHING}&b={NOTHING}"
WALK = "?network=town&category=clinic"
WHAT_IF = {"network": "town", "category": "clinic"}
SCENARIO = {
    "name": "方案",
    "network": "town",
    "content": {"category": "clinic", "minutes": 15, "speed": 1.2, "gates_open": True},
}
HANDLERS = ("li", "zhao", "chen")


def _may_knock(deed: str, name: str) -> bool:
    """Whether a deed on a reported incident is anything but another side's step."""
    return expected(deed, "reported", name).status != 403


DOORS = [
    Door("", login=False),
    Door("login/", login=False),
    Door("login/", "POST", login=False),
    Door("logout/", "POST", login=False),
    Door("healthz", login=False),
    Door("readyz", login=False),
    Door("i18n/setlang/", "POST", login=False),
    Door("field/", open_to=FIELD),
    Door("field/sw.js", login=False),
    Door("field/app.webmanifest", login=False),
    Door("command/", open_to=DESK),
    Door("command/wall", open_to=DESK),
    Door("command/figures/", open_to=DESK),
    Door("command/export/", open_to=DESK),
    Door("command/export/<uuid:job_id>/file", open_to=DESK),
    Door("notices/"),
    Door("notices/", "POST"),
    Door("t/<str:token>", login=False),
    Door("t/<str:token>", "POST", login=False),
    Door("r/<str:token>", login=False),
    Door("r/<str:token>", "POST", login=False),
    Door("r/<str:token>/sent/<str:link>", login=False),
    Door("posters/<code:code>/", open_to=DESK),
    Door("posters/<code:code>/", "POST", open_to=DESK),
    Door("planning/", open_to=PLAN),
    Door("planning/areas.csv", open_to=PLAN),
    Door("planning/areas.xlsx", open_to=PLAN),
    Door("planning/staffing/", open_to=PLAN),
    Door("planning/runs/", open_to=PLAN),
    Door("planning/runs/<uuid:run_id>/cells.csv", open_to=PLAN),
    Door("planning/runs/<uuid:run_id>/cells.gpkg", open_to=PLAN),
    Door("planning/runs/<uuid:run_id>/map.html", open_to=PLAN),
    Door("planning/runs/<uuid:run_id>/print", open_to=PLAN),
    Door("planning/staffing/map", open_to=PLAN),
    Door("planning/staffing.csv", open_to=PLAN),
    Door("rates/", open_to=PLAN),
    Door("rates/table.csv", open_to=PLAN),
    Door("rates/table.xlsx", open_to=PLAN),
    Door("burden/", open_to=frozenset({"root"})),
    Door("photos/<uuid:photo_id>", foreign=frozenset({"wang"})),
    Door("tiles/base/<tile:z>/<tile:x>/<tile:y>.pbf"),
    Door("tiles/incidents/<tile:z>/<tile:x>/<tile:y>.pbf", open_to=DESK),
    Door("tiles/areas/<tile:z>/<tile:x>/<tile:y>.pbf", open_to=DESK),
    Door("tiles/areas/<slug:level>/<code:code>.json", open_to=DESK),
    Door("api/openapi.json"),
    Door("api/docs"),
    Door("api/planning/start", open_to=PLAN),
    Door("api/planning/people", query=WALK, open_to=PLAN),
    Door("api/planning/streets", query=f"{WALK}&bbox=105,31,106,32", open_to=PLAN),
    Door("api/planning/walk", query=f"{WALK}&lon=105&lat=31", open_to=PLAN),
    Door("api/planning/what-if", "POST", body=WHAT_IF, open_to=PLAN),
    Door("api/planning/sites", "POST", body={**WHAT_IF, "sites": 1}, open_to=PLAN),
    Door(
        "api/planning/reach",
        query="?network=town&category=clinic&facility=c1",
        open_to=PLAN,
    ),
    Door("api/planning/outline", query="?code=A1", open_to=PLAN),
    Door("api/planning/scenarios", open_to=PLAN),
    Door("api/planning/scenarios", "POST", body=SCENARIO, open_to=PLAN),
    Door("api/planning/scenarios/<uuidstr:scenario_id>", open_to=PLAN),
    Door(
        "api/planning/scenarios/<uuidstr:scenario_id>",
        "PUT",
        body={**SCENARIO, "version": 1},
        open_to=PLAN,
    ),
    Door("api/planning/scenarios/<uuidstr:scenario_id>", "DELETE", open_to=PLAN),
    Door("api/planning/compare", query=PAIR, open_to=PLAN),
    Door("api/planning/jobs", open_to=PLAN),
    Door("api/planning/jobs", "POST", body=JOB, open_to=PLAN),
    Door("api/planning/jobs/<uuidstr:job_id>", open_to=PLAN),
    Door("api/planning/jobs/<uuidstr:job_id>/cancel", "POST", open_to=PLAN),
    Door("api/planning/runs", open_to=PLAN),
    Door("api/planning/runs/compare", query=PAIR, open_to=PLAN),
    Door("api/field/duty", open_to=FIELD),
    Door("api/field/duty", "POST", open_to=FIELD),
    Door("api/field/duty", "PUT", body=WHERE, open_to=FIELD),
    Door("api/field/duty", "DELETE", open_to=FIELD),
    Door("api/field/me", open_to=FIELD),
    Door("api/field/route", query=PLACE, open_to=FIELD),
    Door(
        "api/field/similar",
        query=f"{PLACE}&category=street_lamp",
        open_to=FIELD,
        foreign=frozenset({"wang"}),
        lists=True,
    ),
    Door("api/field/reports", open_to=FIELD, foreign=frozenset({"wang", "zhao"}), lists=True),
    Door("api/field/reports", "POST", body=REPORT, open_to=FIELD),
    Door(
        "api/field/reports/<uuidstr:report_id>/photos/<uuidstr:photo_id>",
        "PUT",
        foreign=EVERYBODY - {"li"},
    ),
    Door("api/field/pack", open_to=FIELD),
    Door("api/field/tasks", open_to=FIELD, foreign=frozenset({"wang"}), lists=True),
    Door("api/command/incidents", open_to=DESK),
    Door("api/command/replay", query="?day=2026-03-05", open_to=DESK),
    Door("api/command/roster", open_to=DESK),
    Door("api/command/on-call", open_to=DESK),
    Door("api/command/gaps", open_to=DESK),
    Door("api/command/snapshot", open_to=DESK),
    Door("api/command/views", open_to=DESK),
    Door("api/command/views", "POST", body=VIEW, open_to=DESK),
    Door("api/command/views/<uuidstr:view_id>", "PUT", body=VIEW, open_to=DESK, foreign=DESK),
    Door("api/command/views/<uuidstr:view_id>", "DELETE", open_to=DESK, foreign=DESK),
    Door("api/command/events", open_to=DESK),
    Door("api/command/areas", open_to=DESK),
    Door("api/incidents", foreign=frozenset({"wang"}), lists=True),
    Door("api/incidents/<uuidstr:incident_id>", foreign=frozenset({"wang"})),
    Door("api/incidents/<uuidstr:incident_id>/gaps", foreign=frozenset({"wang"})),
    Door("api/incidents/gaps", "POST", body=GAP, open_to=PLAN),
    Door("api/incidents/<uuidstr:incident_id>/choices", foreign=frozenset({"wang"})),
    Door(
        "api/incidents/<uuidstr:incident_id>/choices/areas",
        query="?q=A",
        foreign=frozenset({"wang"}),
    ),
    Door("api/incidents/deeds/open", "POST", body={"deed": "accept", "ids": [str(UUID(int=0))]}),
    *(
        Door(
            f"api/incidents/<uuidstr:incident_id>/deeds/{deed}",
            "POST",
            body={**DEED, "note": "好的", **FORMS.get(deed, MERGE if deed == "merge" else {})},
            open_to=frozenset({"wang", *(n for n in HANDLERS if _may_knock(deed, n))}),
            foreign=frozenset({"wang"}),
        )
        for deed in TABLE
    ),
    Door("api/command/figures", open_to=DESK),
    Door("api/command/trends", open_to=DESK),
    Door("api/command/outlines", open_to=DESK),
    Door("api/exports", "POST", body={"form": "csv"}, open_to=DESK),
    Door("api/exports/<uuidstr:job_id>", open_to=DESK),
    Door("api/exports/<uuidstr:job_id>/cancel", "POST", open_to=DESK),
    Door("api/notices"),
    Door("api/notices/unread"),
    Door("api/notices/push", "POST", body=BROWSER),
    Door("api/notices/push/stop", "POST", body={"endpoint": "https://push.example.org/x"}),
    Door("api/notices/read", "POST", body={"all_before": 1}),
    Door("api/rates", open_to=PLAN),
    Door("api/place/areas", foreign=frozenset({"wang"}), lists=True),
    Door("api/place/areas/<code:code>", foreign=frozenset({"wang"})),
    Door(
        "api/place/areas/<code:code>/boundaries",
        "POST",
        body={"geometry": SHAPE, "valid_from": "2026-05-01"},
        open_to=frozenset({"root"}),
    ),
]
LIVE = [
    Door("live/events", open_to=DESK),
    Door("live/healthz", login=False),
]
API_ROOT = "api/"  # ninja's own mark; it answers 404
DOCS = {"api/openapi.json", "api/docs"}  # pages, though they lie under the API
IDS = [str(door) for door in DOORS]


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every address of a URL configuration as it is written, with its pattern."""
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from routes(pattern.url_patterns, route)


def written(configuration: str) -> list[tuple[str, Any]]:
    return list(routes(get_resolver(configuration).url_patterns))


@pytest.fixture
def incident(world: World) -> Incident:
    """Li's incident in A1, with a photo that is still to come. All of it is foreign to Wang."""
    return make_incident(world, photos=announced(PHOTO, "a" * 64))


def address(door: Door, incident: Incident) -> str:
    """Fill the address with what is in grid A1."""
    filled = door.route
    for name, value in {
        "<uuid:photo_id>": PHOTO,
        "<uuid:run_id>": NOTHING,
        "<uuidstr:job_id>": NOTHING,
        "<uuidstr:scenario_id>": NOTHING,
        "<uuidstr:view_id>": NOTHING,
        "<uuid:job_id>": NOTHING,
        "<uuidstr:photo_id>": PHOTO,
        "<uuidstr:report_id>": incident.pk,
        "<uuidstr:incident_id>": incident.pk,
        "r/<str:token>": board_url(incident.area)[1:],
        "<str:token>": token_of(incident.pk),
        "<str:link>": token_of(incident.pk),
        "<code:code>": "A1",
        "<slug:level>": "grid",
        "<tile:z>": 0,
        "<tile:x>": 0,
        "<tile:y>": 0,
    }.items():
        filled = filled.replace(name, str(value))
    assert "<" not in filled, f"say what to put into {door.route}"
    return f"/{filled}{door.query}"


def knock(client: Client, door: Door, incident: Incident, verb: str | None = None) -> Any:
    kind = "application/json" if door.route.startswith("api/") else "application/octet-stream"
    return client.generic(
        verb or door.verb,
        address(door, incident),
        json.dumps(door.body) if door.body else b"",
        content_type=kind,
    )


def changed() -> list[Any]:
    """Return what no refusal may change: how many events and stored photos, which incidents."""
    events = Event.objects.values_list(Value(0), Count("pk"))
    photos = Attachment.objects.filter(stored_at__isnull=False).values_list(Value(1), Count("pk"))
    versions = Incident.objects.values_list(Value(2), "version")
    return sorted(events.union(photos, versions, all=True))


def test_every_address_is_in_the_table() -> None:
    known = {door.route for door in DOORS} | {API_ROOT}

    found = {route for route, _ in written("gis_grid.urls") if not route.startswith("admin/")}

    assert found == known


def test_every_live_address_is_in_the_table() -> None:
    assert {route for route, _ in written("gis_grid.live_urls")} == {door.route for door in LIVE}


def test_a_name_leads_to_one_address() -> None:
    names: dict[str, set[str]] = {}
    for route, pattern in written("gis_grid.urls"):
        if pattern.name and not route.startswith("admin/"):
            space = "api:" if route.startswith("api/") else ""
            names.setdefault(f"{space}{pattern.name}", set()).add(route)

    assert {name: found for name, found in names.items() if len(found) > 1} == {}


@pytest.mark.parametrize("door", DOORS, ids=IDS)
def test_nobody(world: World, client: Client, incident: Incident, door: Door) -> None:
    before = changed()

    answer = knock(client, door, incident)

    if not door.login:
        assert answer.status_code in (200, 302, 422)
    elif wants_json(answer.wsgi_request) and door.route not in DOCS:
        refused(answer, 401, "login_required")
    else:
        assert answer.status_code == 302
        assert answer.url.startswith("/login/?next=/")
    assert changed() == before


@contextmanager
def undone(who: str) -> Iterator[None]:
    """Let somebody knock and take back what it did; say who it was when it goes wrong."""
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    except AssertionError as fault:
        raise AssertionError(f"{who}: {fault}") from fault


@pytest.mark.parametrize("door", [door for door in DOORS if door.login], ids=str)
def test_roles(world: World, login: Login, incident: Incident, door: Door) -> None:
    for name in sorted(EVERYBODY):
        with undone(name):
            _knock_as(name, door, login(name), incident)


def _knock_as(name: str, door: Door, client: Client, incident: Incident) -> None:
    before = changed()

    answer = knock(client, door, incident)

    if name in door.open_to:
        assert answer.status_code not in (401, 403, 405, 500), answer.content[:300]
        return
    assert changed() == before
    if wants_json(answer.wsgi_request):
        refused(answer, 403, answer.json()["code"])
        assert answer.json()["code"] in {"role_required", "not_yours", "not_your_step"}
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize("door", [door for door in DOORS if door.foreign], ids=str)
def test_territories(world: World, login: Login, incident: Incident, door: Door) -> None:
    for name in sorted(door.foreign):
        with undone(name):
            _knock_from_outside(door, login(name), incident)


def _knock_from_outside(door: Door, client: Client, incident: Incident) -> None:
    before = changed()

    answer = knock(client, door, incident)

    assert changed() == before
    if door.lists:
        told = answer.content.decode()
        assert answer.status_code == 200
        assert not [
            secret for secret in (str(incident.pk), '"A1"', incident.words) if secret in told
        ]
    else:
        assert refused(answer, 404, answer.json()["code"])["code"].endswith(("found", "announced"))


@pytest.mark.parametrize("door", [door for door in DOORS if door.route not in DOCS], ids=str)
def test_verbs(world: World, login: Login, incident: Incident, door: Door) -> None:
    taken = {other.verb for other in DOORS if other.route == door.route}
    before = changed()
    root = login("root")

    for verb in sorted(set(VERBS) - taken):
        answer = knock(root, door, incident, verb)
        if door.route.startswith(("api/", "tiles/", "photos/")):
            refused(answer, 405, "method_not_allowed")
            assert answer.headers["Allow"]
        else:
            assert answer.status_code in (302, 403, 405), verb
    assert changed() == before


ADMIN_OPEN = {"admin/login/", "admin/logout/", "admin/jsi18n/"}
ADMIN = sorted(
    route
    for route, _ in written("gis_grid.urls")
    if route.startswith("admin/") and route not in ADMIN_OPEN
)


def admin_path(route: str) -> str:
    """Fill an address of the administration: the first row, the first app, a page that is not."""
    route = re.sub(r"\^?\(\?P<app_label>(\w+)[^)]*\)/\$", r"\1/", route)
    route = route.replace("(?P<url>.*)$", "nothing/")
    return "/" + re.sub(r"<[^>]*>", "1", route)


@pytest.mark.parametrize("name", ["", "li", "zhao", "chen", "sun"])
def test_the_administration_is_for_administrators(world: World, client: Client, name: str) -> None:
    if name:
        client.force_login(world.users[name])

    for path in map(admin_path, ADMIN):
        for verb in ("GET", "POST"):
            answer = client.generic(verb, path)
            assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/"), path


def test_the_administrator_s_addresses_all_answer(world: World, login: Login) -> None:
    root = login("root")

    for path in map(admin_path, ADMIN):
        assert root.get(path).status_code in (200, 302, 403, 404, 405), path
