"""Many want one incident at the same moment: one gets it, the others learn who did. Real races."""

import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from gis_grid.errors import GridError
from gis_grid.people.models import HandlingUnit, UnitMember, Worker
from incidents import actions
from incidents.actions import To
from incidents.grounds import NoCase
from incidents.models import Dispatch, Event, Incident
from tests.deedtable import at_state, settle_people
from tests.product import Product
from tests.world import World, build_world, do, make_incident, order_of

CLAIMS = 200
# So many hold a connection of their own at once; a small PostgreSQL takes a hundred in all.
AT_ONCE = 40

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> World:
    world = build_world()
    settle_people(world)
    return world


def race(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run all calls in threads with connections of their own, as many at once as may be."""
    gate = threading.Barrier(min(AT_ONCE, len(calls)))

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        finally:
            connections.close_all()

    def start() -> None:
        gate.wait()  # no thread is given work before all are there

    with ThreadPoolExecutor(gate.parties, initializer=start) as pool:
        return list(pool.map(run, calls))


def outcome(call: Callable[[], Any]) -> str:
    try:
        call()
    except GridError as refusal:
        return refusal.code
    return "done"


def test_of_200_who_claim_one_incident_one_gets_it(town: World) -> None:
    incident = do(town, "accept", make_incident(town), by="chen")
    orders = [order_of(town, "li" if n % 2 else "zhao", incident) for n in range(CLAIMS)]

    codes = race(
        [
            lambda order=order: outcome(lambda: actions.DEEDS["start"](incident.pk, order))
            for order in orders
        ]
    )

    assert Counter(codes) == {"done": 1, "stale": CLAIMS - 1}
    now = Incident.objects.get(pk=incident.pk)
    assert (now.state, now.version) == ("in_progress", incident.version + 1)
    assert Event.objects.filter(kind="start").count() == 1
    given = Dispatch.objects.get()
    winner = orders[codes.index("done")].by
    assert winner is not None
    assert given.signed_by == winner.user


def test_two_hundred_deeds_of_every_kind_leave_one(town: World) -> None:
    """Refuse, merge, file, hand over: whatever came first, the others saw an old version."""
    other, incident = make_incident(town), make_incident(town)
    kinds: list[tuple[str, str, dict[str, Any]]] = [
        ("accept", "li", {}),
        ("refuse", "chen", {"reason": NoCase.TEST}),
        ("merge", "chen", {"into": other.pk}),
        ("ask_check", "chen", {}),
        ("hand_over", "zhao", {"area": "B1"}),
    ]
    calls = []
    for n in range(CLAIMS):
        deed, name, form = kinds[n % len(kinds)]
        order = order_of(town, name, incident)
        calls.append(
            lambda deed=deed, order=order, form=form: outcome(
                lambda: actions.DEEDS[deed](incident.pk, order, **form)
            )
        )

    codes = Counter(race(calls))

    # After a hand-over the incident is out of Li's sight.
    assert codes["done"] == 1
    assert set(codes) <= {"done", "stale", "incident_not_found"}
    assert sum(codes.values()) == CLAIMS
    assert Event.objects.filter(incident=incident).count() == 2
    assert Incident.objects.get(pk=incident.pk).version == 2


def test_one_member_of_a_unit_signs(town: World) -> None:
    lamps = HandlingUnit.objects.get(code="lamps")
    for n in range(8):
        user = User.objects.create(username=f"m{n}")
        town.users[f"m{n}"] = user
        worker = Worker.objects.create(code=f"m{n}", name=f"M{n}", user=user)
        UnitMember.objects.create(unit=lamps, worker=worker)
    incident = at_state(town, "dispatched")
    orders = [order_of(town, f"m{n % 8}", incident) for n in range(40)]

    codes = race(
        [
            lambda order=order: outcome(lambda: actions.DEEDS["sign"](incident.pk, order))
            for order in orders
        ]
    )

    assert Counter(codes) == {"done": 1, "stale": 39}


def test_two_desks_that_give_it_away_leave_one_holder(town: World) -> None:
    incident = do(town, "accept", make_incident(town), by="chen")
    calls = []
    for n in range(40):
        order = order_of(town, "chen" if n % 2 else "luo", incident)
        to = To(unit=("lamps", "garden", "office")[n % 3])
        calls.append(
            lambda order=order, to=to: outcome(
                lambda: actions.DEEDS["dispatch"](incident.pk, order, to=to)
            )
        )

    assert Counter(race(calls)) == {"done": 1, "stale": 39}
    assert Dispatch.objects.filter(ended_at__isnull=True).count() == 1


def test_merged_into_each_other_at_once_one_is_left(town: World) -> None:
    for _ in range(10):
        one, other = make_incident(town), make_incident(town)
        orders = order_of(town, "chen", one), order_of(town, "luo", other)

        codes = race(
            [
                lambda order=orders[0], a=one, b=other: outcome(
                    lambda: actions.DEEDS["merge"](a.pk, order, into=b.pk)
                ),
                lambda order=orders[1], a=one, b=other: outcome(
                    lambda: actions.DEEDS["merge"](b.pk, order, into=a.pk)
                ),
            ]
        )

        assert codes.count("done") == 1
        assert set(codes) - {"done"} <= {"has_duplicates", "merge_impossible"}
        states = Incident.objects.filter(pk__in=[one.pk, other.pk]).values_list("state", flat=True)
        assert sorted(states) == ["reported", "void"]


def test_one_tap_that_arrives_forty_times_is_one_deed(town: World) -> None:
    incident = make_incident(town)
    order = order_of(town, "li", incident)

    codes = race([lambda: outcome(lambda: actions.DEEDS["accept"](incident.pk, order))] * 40)

    assert codes == ["done"] * 40
    assert Event.objects.filter(kind="accept").count() == 1


def test_200_requests_to_the_running_product(product: Product, town: World) -> None:
    """The same over HTTP, through the real server: 199 are told 409 and what is true now."""
    incident = do(town, "accept", make_incident(town), by="chen")
    cookies = {name: _cookies(town, name) for name in ("li", "zhao")}
    url = f"{product.url}/api/incidents/{incident.pk}/deeds/start"

    def claim(number: int) -> Callable[[], tuple[int, dict[str, Any]]]:
        name = "li" if number % 2 else "zhao"
        body = {"id": str(uuid4()), "seen_version": incident.version}
        return lambda: _post(url, body, cookies[name])

    answers = race([claim(number) for number in range(CLAIMS)])

    assert Counter(status for status, _body in answers) == {200: 1, 409: CLAIMS - 1}
    won = next(body for status, body in answers if status == 200)["incident"]
    told = [body["current"] for status, body in answers if status == 409]
    assert {body["code"] for status, body in answers if status == 409} == {"stale"}
    assert {(each["version"], each["state"]) for each in told} == {(won["version"], "in_progress")}
    assert {each["timeline"][-1]["by"] for each in told} == {won["timeline"][-1]["by"]}
    assert Event.objects.filter(kind="start").count() == 1


def _cookies(town: World, name: str) -> str:
    client = Client()
    client.force_login(town.users[name])
    client.get("/field/")
    return "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())


def _post(url: str, body: dict[str, Any], cookies: str) -> tuple[int, dict[str, Any]]:
    token = cookies.partition("csrftoken=")[2].partition(";")[0]
    request = urllib.request.Request(
        url,
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Cookie": cookies,
            "X-CSRFToken": token,
            "Referer": url,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
