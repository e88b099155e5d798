"""What is known on the spot changes where one can walk: paths, walls, gates, closures."""

from collections.abc import Iterable

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.errors import Invalid
from gis_grid.walking.hours import minute_of, spans_of
from gis_grid.walking.network import Network
from gis_grid.walking.overlay import Change, Overlay
from gis_grid.walking.reach import Reach
from gis_grid.walking.rules import Way
from gis_grid.walking.snap import Ground
from gis_grid.walking.streets import Streets
from tests.walks import Spot, lattice, lonlat, streets

TOWN = streets(*lattice(12, 12))


def line(*spots: Spot, code: str = "x") -> Change:
    return Change(code, shapely.LineString(lonlat(spots)))


def gate(spot: Spot, hours: str = "", code: str = "g") -> Change:
    return Change(code, shapely.Point(lonlat([spot])[0]), spans_of(hours))


def metres(drawn: Streets, start: Spot, end: Spot, **how: object) -> float:
    """Return how far it is from one place to another, inf without a way."""
    network = Network.of(drawn)
    ground, reach = Ground(network), Reach(network, **how)  # type: ignore[arg-type]
    points, entrances = (ground.place(lonlat([spot])) for spot in (start, end))
    return float(reach.walk(points, entrances, reach.field(entrances)).metres[0])


def noted(notes: Iterable[object]) -> list[str]:
    return [str(note) for note in notes]


class TestPaths:
    """Surveyed paths."""

    # Two banks, each with enough streets to be no island, and nothing across.
    banks = streets(
        *lattice(12, 12),
        *[[(x, y + 1500.0) for x, y in way] for way in lattice(12, 12)],
        barriers=[[(-500.0, 1300.0), (1700.0, 1300.0)]],
    )

    def test_a_path_across_a_river_joins_the_banks(self) -> None:
        assert metres(self.banks, (500, 1050), (500, 1550)) == np.inf

        drawn, notes = Overlay([line((500, 1092), (500, 1300), (500, 1510))]).on(self.banks)

        assert metres(drawn, (500, 1050), (500, 1550)) == pytest.approx(500, abs=2)
        assert notes == []
        assert (drawn.way_kind == Way.SURVEYED).sum() == 1

    def test_a_path_joins_every_street_it_crosses(self) -> None:
        drawn, _notes = Overlay([line((5, 5), (1095, 1095))]).on(TOWN)

        assert metres(drawn, (300, 310), (800, 790)) < 730

    def test_paths_that_cross_meet(self) -> None:
        paths = [line((310, 350), (390, 350)), line((350, 310), (350, 390), code="y")]
        drawn, _notes = Overlay(paths).on(TOWN)

        assert Network.of(drawn).component.max() == 0

    def test_a_bridge_is_passed_under(self) -> None:
        bridge = [(0.0, 0.0), (0.0, -200.0), (1100.0, -200.0), (1100.0, 0.0)]
        town = streets(*lattice(12, 12), bridge)
        town = Streets(**{**vars(town), "way_over": np.arange(25) == 24})
        drawn, _notes = Overlay([line((500, 0), (500, -400))]).on(town)

        assert metres(drawn, (500, -390), (500, 5)) == pytest.approx(395, abs=2)
        assert metres(drawn, (500, -300), (600, -200)) > 900

    def test_an_end_without_a_street_is_told(self) -> None:
        drawn, notes = Overlay([line((500, 10), (500, -300))]).on(TOWN)

        assert len(notes) == 1
        assert "x" in noted(notes)[0]
        assert metres(drawn, (500, -299), (500, 1)) == pytest.approx(300, abs=2)


class TestWalls:
    """Walls and the gates in them."""

    @settings(max_examples=40, deadline=None)
    @given(
        across=st.floats(110, 990).filter(lambda x: abs(x % 100 - 50) < 45),
        lean=st.floats(-60, 60),
        which=st.integers(0, 10),
    )
    def test_a_wall_separates_but_for_its_gate(
        self, across: float, lean: float, which: int
    ) -> None:
        wall = line((across - lean, -300), (across + lean, 1400))
        crossed = shapely.intersection(
            shapely.LineString([(across - lean, -300), (across + lean, 1400)]),
            shapely.LineString([(-10, which * 100), (1200, which * 100)]),
        )
        left, right = (10.0, 540.0), (1090.0, 540.0)

        walled, _notes = Overlay(walls=[wall]).on(TOWN)
        opened, notes = Overlay(walls=[wall], gates=[gate((crossed.x + 1, crossed.y))]).on(TOWN)

        assert metres(walled, left, right) == np.inf
        assert metres(opened, left, right) < 3000
        assert notes == []
        # Who lives inside goes out by a shut gate; nobody comes in.
        shut = [metres(opened, *way, gates_open=False) for way in ((left, right), (right, left))]
        assert max(shut) == np.inf

    @settings(max_examples=40, deadline=None)
    @given(x=st.floats(20, 1080), y=st.floats(20, 1080), size=st.floats(30, 400))
    def test_no_way_and_no_connector_crosses_a_wall(self, x: float, y: float, size: float) -> None:
        ring = [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]
        drawn, _notes = Overlay(walls=[line(*ring)]).on(TOWN)
        network = Network.of(drawn)

        runs = np.repeat(np.arange(len(network.ends)), np.diff(network.shape_from))
        ways = shapely.linestrings(network.shape, indices=runs)
        assert not shapely.crosses(ways, shapely.LineString(lonlat(ring))).any()
        homes = lonlat(np.random.default_rng(1).uniform(0, 1100, (60, 2)))
        placed = Ground(network).place(homes)
        legs = shapely.linestrings(
            np.stack((homes[placed.stands], placed.spot[placed.stands]), axis=1)
        )
        assert not shapely.crosses(legs, shapely.LineString(lonlat(ring))).any()

    def test_a_bridge_leads_over_a_wall(self) -> None:
        town = Streets(**{**vars(TOWN), "way_over": np.arange(24) == 5})
        drawn, _notes = Overlay(walls=[line((550, -300), (550, 1400))]).on(town)

        assert metres(drawn, (10, 510), (1090, 510)) == pytest.approx(1140, abs=5)

    def test_a_wall_that_ends_at_a_street_leaves_it_whole(self) -> None:
        drawn, _notes = Overlay(walls=[line((550, 500), (550, 560))]).on(TOWN)

        assert metres(drawn, (510, 505), (590, 505)) == pytest.approx(90, abs=1)

    def test_a_gate_that_was_drawn_keeps_its_way(self) -> None:
        town = streets(*lattice(12, 12), [(500, 500), (550, 500), (600, 500)], gates=[(550, 500)])
        drawn, notes = Overlay(
            walls=[line((550, -300), (550, 1400))], gates=[gate((551, 501), "06:00-22:00")]
        ).on(town)

        assert notes == []
        assert metres(drawn, (10, 540), (1090, 540)) < 2000
        assert metres(drawn, (10, 540), (1090, 540), minute=23 * 60) == np.inf

    def test_a_gate_is_open_in_its_hours(self) -> None:
        wall, way = line((550, -300), (550, 1400)), ((10.0, 510.0), (1090.0, 510.0))
        there = gate((550, 500), "05:30-11:00,13:00-22:30")
        drawn, _notes = Overlay(walls=[wall], gates=[there]).on(TOWN)
        found = {
            text: np.isfinite(metres(drawn, *way, minute=minute_of(text)))
            for text in ("05:29", "05:30", "11:00", "12:00", "22:29", "22:30")
        }

        assert found == {
            "05:29": False,
            "05:30": True,
            "11:00": False,
            "12:00": False,
            "22:29": True,
            "22:30": False,
        }
        assert np.isfinite(metres(drawn, *way))

    def test_gates_that_open_nothing_are_told(self) -> None:
        far, blind = gate((300, 300), code="far"), gate((550, 550), code="blind")
        _drawn, notes = Overlay(walls=[line((550, 510), (550, 590))], gates=[far, blind]).on(TOWN)

        assert ["far" in noted(notes)[0], "blind" in noted(notes)[1]] == [True, True]


class TestClosures:
    """Closed streets."""

    def test_a_closure_removes_what_it_lies_on_and_nothing_it_crosses(self) -> None:
        drawn, notes = Overlay(closures=[line((220, 502), (480, 499))]).on(TOWN)

        assert metres(drawn, (210, 505), (490, 505)) > 400
        assert metres(drawn, (303, 410), (303, 590)) == pytest.approx(186, abs=1)
        assert notes == []

    def test_one_that_lies_nowhere_is_told(self) -> None:
        _drawn, notes = Overlay(closures=[line((220, 550), (280, 550), code="c9")]).on(TOWN)

        assert "c9" in noted(notes)[0]

    @settings(max_examples=30, deadline=None)
    @given(start=st.floats(5, 900), length=st.floats(20, 190), row=st.integers(1, 10))
    def test_as_much_is_gone_as_was_closed(self, start: float, length: float, row: int) -> None:
        closure = line((start, row * 100), (start + length, row * 100))
        drawn, _notes = Overlay(closures=[closure]).on(TOWN)

        assert TOWN.length_km - drawn.length_km == pytest.approx(length / 1000, abs=1e-4)


class TestHours:
    """How opening hours are written."""

    @pytest.mark.parametrize(
        ("text", "spans"),
        [
            ("", ()),
            ("24/7", ()),
            ("06:00-22:30", ((360, 1350),)),
            ("Mo-Fr 06:30-21:00", ((390, 1260),)),
            ("13:00-18:00, 8:00-12:00", ((480, 720), (780, 1080))),
            ("22:00-06:00", ((0, 360), (1320, 1440))),
            ("06：00－24：00", ((360, 1440),)),
        ],
    )
    def test_read(self, text: str, spans: object) -> None:
        assert spans_of(text) == spans

    @pytest.mark.parametrize(
        "text", ["always", "6-22", "25:00-26:00", "06:00", "06:00-06:00", "24:30-08:00", "a-b-c"]
    )
    def test_refused(self, text: str) -> None:
        with pytest.raises(Invalid, match="bad_hours"):
            spans_of(text)


class TestKept:
    """Raw streets as a file."""

    def test_what_is_read_is_what_was_kept(self, tmp_path) -> None:  # type: ignore[no-untyped-def]
        drawn, _notes = Overlay(
            walls=[line((550, -300), (550, 1400))], gates=[gate((550, 500), "06:00-22:00")]
        ).on(TestPaths.banks)
        read = Streets.load(tmp_path / drawn.save(tmp_path))

        assert Network.of(read).version == Network.of(drawn).version
        assert read.save(tmp_path / "again") == drawn.save(tmp_path)

    def test_the_order_of_changes_is_without_meaning(self) -> None:
        paths = [line((5, 5), (1095, 1095), code="a"), line((5, 1095), (1095, 5), code="b")]
        one, other = (Overlay(order).on(TOWN)[0] for order in (paths, paths[::-1]))

        assert one.length_km == pytest.approx(other.length_km)
