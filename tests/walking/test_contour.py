"""The reached area for display: as large as it should be, with its courtyards."""

import math

import pytest
import shapely

from gis_grid.walking.contour import BESIDE_M, reached_area
from gis_grid.walking.snap import Ground
from gis_grid.walking.streets import Streets
from tests.walks import Spot, lattice, lonlat, reach_of, streets


def area_of(drawn: Streets, facility: Spot, limit_m: float) -> shapely.MultiPolygon:
    """Return the reached area in plane metres."""
    reach = reach_of(drawn)
    clinic = Ground(reach.network).place(lonlat([facility]))
    found = reached_area(reach.network, reach.field(clinic), clinic, limit_m)
    return shapely.transform(found, reach.network.plane.to_metres)


@pytest.mark.parametrize("bend", [0.0, 150.0])
@pytest.mark.parametrize("limit_m", [70.0, 333.0, 600.0])
def test_along_one_street_it_is_a_stadium(limit_m: float, bend: float) -> None:
    drawn = streets([(-1000.0, bend), (0.0, 0.0), (1000.0, -bend)])

    area = area_of(drawn, (0, 0), limit_m)

    stadium = 2 * limit_m * 2 * BESIDE_M + math.pi * BESIDE_M**2
    assert area.area == pytest.approx(stadium, rel=0.05)
    assert area.is_valid
    assert len(area.geoms) == 1


def test_it_goes_round_the_corner_to_the_metre() -> None:
    drawn = streets([(0.0, 0.0), (300.0, 0.0)], [(300.0, 0.0), (300.0, 900.0)])

    area = area_of(drawn, (0, 0), 500)

    assert area.bounds[3] - area.bounds[1] == pytest.approx(200 + 2 * BESIDE_M, abs=3)


def test_courtyards_stay_holes() -> None:
    area = area_of(streets(*lattice(4, 4, 300.0)), (0, 0), 5000)

    assert [len(each.interiors) for each in area.geoms] == [9]
    (polygon,) = area.geoms
    holes = [shapely.Polygon(ring).area for ring in polygon.interiors]
    assert holes == pytest.approx([(300 - 2 * BESIDE_M) ** 2] * 9, rel=0.05)


def test_what_is_reached_from_both_ends_leaves_a_gap_between() -> None:
    drawn = streets([(0.0, 0.0), (2000.0, 0.0)])
    reach = reach_of(drawn)
    clinics = Ground(reach.network).place(lonlat([(100, 0), (1900, 0)]))

    area = reached_area(reach.network, reach.field(clinics), clinics, 300)

    assert len(area.geoms) == 2


def test_nowhere_is_empty() -> None:
    reach = reach_of(streets(*lattice(4, 4)))
    nowhere = Ground(reach.network).place(lonlat([(9000, 9000)]))

    assert reached_area(reach.network, reach.field(nowhere), nowhere, 900).is_empty
