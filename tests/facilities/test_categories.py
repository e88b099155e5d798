"""The categories that ship with the product."""

from io import StringIO

import pytest
from django.core.management import call_command

from gis_grid.facilities import categories
from gis_grid.facilities.models import FacilityCategory

pytestmark = pytest.mark.django_db


def said() -> str:
    out = StringIO()
    call_command("load_categories", stdout=out)
    return out.getvalue().strip()


def test_eight_are_required_and_each_has_minutes_metres_and_a_source() -> None:
    shipped = categories.load()

    assert len(shipped) == 15
    assert sum(each.required for each in shipped.values()) == 8
    tiers = {(each.minutes, each.metres) for each in shipped.values()}
    assert tiers == {(5, 300), (10, 500), (15, 1000)}
    for each in shipped.values():
        each.full_clean(validate_unique=False)
        assert each.source


def test_what_a_planner_changed_stays() -> None:
    FacilityCategory.objects.create(code="health", name="社区医院", minutes=10, metres=800)

    assert said() == "ok: 14 added, 1 were there"
    assert said() == "ok: 0 added, 15 were there"
    assert FacilityCategory.objects.get(code="health").metres == 800
