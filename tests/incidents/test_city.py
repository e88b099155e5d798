"""The demo city in tiny numbers: rows as the deeds would have left them."""

from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
import shapely
from django.core.management import call_command
from django.db.models import F, Q
from django.utils import timezone

from gis_grid.demo.city import build_city
from gis_grid.people.models import Assignment, Worker
from gis_grid.territory import simplified
from gis_grid.territory.models import Area, Level
from incidents import relay, states
from incidents.models import Dispatch, Event, Incident
from tests.incidents.test_tiles import pyramid


def test_the_areas_of_a_level_tile_the_one_above() -> None:
    city = build_city(200)
    shapes = {
        level: [area.shape for area in city.areas if area.level == level]
        for level in ("district", "street", "community", "grid")
    }
    assert [len(each) for each in shapes.values()] == [1, 2, 20, 200]
    whole = shapely.union_all(shapes["district"])
    for parts in shapes.values():
        assert shapely.coverage_is_valid(parts)
        assert shapely.union_all(parts).equals(whole)


@pytest.mark.django_db
def test_a_city_is_whole_and_seeded_once() -> None:
    said = StringIO()
    call_command("seed_demo", scale="city", grids=100, incidents=400, stdout=said)
    now = timezone.now()

    assert (Area.objects.filter(level=Level.GRID).count(), Worker.objects.count()) == (100, 100)
    assert Assignment.objects.filter(role="grid_worker").count() == 99
    found = Incident.objects.all()
    assert found.count() == 400
    stands = Counter(found.values_list("state", flat=True))
    assert stands[states.CLOSED] > 350
    assert 0 < found.open().count() < 30
    # Each lies in its grid, with times in order and none to come.
    assert not found.exclude(boundary__shape__covers=F("point")).exists()
    assert not found.filter(reported_at__lt=now - timedelta(days=367)).exists()
    out_of_order = (
        Q(accepted_at__lt=F("reported_at"))
        | Q(dispatched_at__lt=F("accepted_at"))
        | Q(answered_at__lt=F("dispatched_at"))
        | Q(closed_at__lt=F("answered_at"))
        | Q(closed_at__gt=now)
    )
    assert not found.filter(out_of_order).exists()
    # Whoever has a case was given it; what has ended is nobody's.
    held = found.filter(state__in=states.WITH_HOLDER)
    assert held.filter(dispatch__ended_at__isnull=True).count() == held.count() > 0
    assert not Dispatch.objects.filter(
        ended_at__isnull=True, incident__state__in=states.ENDED_STATES
    ).exists()
    # The log is whole, the map's clusters are counted, the areas simplified.
    assert relay.first_break() is None
    assert relay.stamp_all() == 0
    assert Event.objects.filter(kind="report").count() == 400
    assert sum(row[6] for row in pyramid() if (row[0], row[3]) == (13, _root())) == 400
    assert simplified.marks()[1]

    call_command("seed_demo", scale="city", stdout=said)
    assert said.getvalue().endswith("skipped: the database already has areas\n")
    assert found.count() == 400


def _root() -> int:
    return Area.objects.get(parent=None).pk
