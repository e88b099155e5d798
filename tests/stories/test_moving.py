"""Another place, another owner, through the API: hand-over, pin, category, redrawn boundary."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from gis_grid.territory.actions import redraw
from gis_grid.territory.models import Level
from incidents import actions, relay
from incidents.actions import Order
from incidents.models import Competence, MatterListEntry
from tests.stories.town import Case, Json, Town, answered, at, dispatched, inside, photo
from tests.world import square

A1, A2, B1 = inside(0.5), inside(1.5), inside(2.5)


def told(town: Town, name: str, case: Case) -> str | None:
    """Return what somebody's map was last told of a case: put, drop, or nothing."""
    relay.stamp_all()
    client: Client = town.client(name)
    events: list[Json] = client.get("/api/command/events?after=0").json()["events"]
    mine = [e for e in events if str(case.pk) in (e.get("id"), e.get("row", {}).get("id"))]
    return mine[-1]["event"] if mine else None


class TestHandOver:
    """Between grids, by hand."""

    def test_the_old_grid_loses_it_and_the_new_one_has_it(self, town: Town) -> None:
        case = town.report("zhao")
        case.do("chen", "accept")
        assert case.hidden_from("wang")

        gone = case.do("li", "hand_over", area="B1", note="在对面小区")

        assert gone is None
        assert case.hidden_from("li")
        assert case.seen_by("wang")["method"] == "by_hand"
        assert (case.now.area.code, case.now.hand_overs, case.state) == ("B1", 1, "accepted")
        assert case.last.path_before == town.world.areas["A1"].path
        assert case.last.path_after == town.world.areas["B1"].path
        assert told(town, "feng", case) == "put"

    def test_both_sides_are_told(self, town: Town) -> None:
        case = town.report("wang", B1)
        assert told(town, "feng", case) == "put"

        case.do("chen", "hand_over", area="A1")

        assert told(town, "feng", case) == "drop"
        assert told(town, "chen", case) == "put"

    def test_a_dispatched_one_comes_back_to_the_desk(self, town: Town) -> None:
        case = dispatched(town)

        case.do("chen", "hand_over", area="A2")

        assert (case.state, case.given[0].outcome) == ("accepted", "redirected")
        case.refused("guo", "sign", 403, "not_yours")

    def test_not_to_who_has_it_nor_to_nowhere(self, town: Town) -> None:
        case = town.report()

        case.refused("chen", "hand_over", 409, "own_already", area="A1")
        case.refused("chen", "hand_over", 422, "area_unknown", area="Z9")

    def test_a_corrected_category_does_not_undo_it(self, town: Town) -> None:
        case = town.report()
        case.do("chen", "hand_over", area="A2")

        case.do("qian", "correct", category="manhole")

        assert (case.now.area.code, case.now.category.code) == ("A2", "manhole")

    def test_the_unrouted_is_handed_to_a_grid_by_the_desk(self, town: Town) -> None:
        case = town.report("li", inside(9, 9))
        assert case.watchers() == {"li", "chen", "lin", "luo"}  # Li reported it

        case.do("chen", "hand_over", area="A2")

        assert not case.hidden_from("qian")
        assert "outside" not in case.now.flags


class TestPin:
    """A corrected place is routed again."""

    def test_across_a_border_while_dispatched(self, town: Town) -> None:
        case = dispatched(town)
        before = case.now.route

        case.do("chen", "move", position=at(A2))

        body = case.last.body
        assert (case.now.area.code, case.state) == ("A2", "accepted")
        assert (body["route_before"], body["route"]["area"]["code"]) == (before, "A2")
        assert body["place_before"] == list(A1)
        assert case.given[0].outcome == "redirected"
        assert case.now.alarm_at is not None
        assert not case.hidden_from("qian")

    def test_within_the_grid_the_holder_keeps_it(self, town: Town) -> None:
        case = dispatched(town)
        due_at = case.now.due_at

        case.do("li", "move", position=at(inside(0.6)))

        assert (case.state, case.now.due_at, case.given[0].ended_at) == ("dispatched", due_at, None)

    def test_away_from_all_grids_it_waits_in_the_queue(self, town: Town) -> None:
        case = dispatched(town)

        assert case.do("li", "move", position=at(inside(9, 9))) is not None  # Li reported it

        assert (case.now.area, case.state) == (None, "accepted")
        assert "outside" in case.now.flags
        case.do("chen", "move", position=at(B1))
        assert case.now.area.code == "B1"
        assert "outside" not in case.now.flags

    @pytest.mark.parametrize(
        ("position", "code"),
        [
            (at((31.0, 105.0)), "axes_swapped"),
            (at((500.0, 31.0)), "out_of_range"),
            ({"type": "Point", "coordinates": []}, "empty"),
            ({"type": "LineString", "coordinates": [[105, 31], [105, 32]]}, "wrong_type"),
        ],
    )
    def test_only_to_a_place(self, town: Town, position: Json, code: str) -> None:
        town.report().refused("li", "move", 422, code, position=position)


class TestCategory:
    """A corrected category may take the case from its holder."""

    def test_who_does_not_receive_the_new_one_loses_it(self, town: Town) -> None:
        lamp = town.world.categories["street_lamp"]
        Competence.objects.create(unit=town.units["lamps"], category=lamp)
        case = dispatched(town)

        seen = case.do("chen", "correct", category="manhole")

        assert (case.state, case.given[0].outcome) == ("accepted", "redirected")
        body = seen["timeline"][-1]["body"]
        assert (body["category_before"], body["category"]) == ("street_lamp", "manhole")
        assert body["not_theirs"] == "unit_not_competent"
        assert case.now.alarm_at is not None

    def test_who_may_receive_it_keeps_case_and_clock(self, town: Town) -> None:
        case = dispatched(town)
        due_at = case.now.due_at

        case.do("guo", "sign")
        case.do("li", "correct", category="manhole")

        assert (case.state, case.now.due_at) == ("in_progress", due_at)
        case.do("guo", "answer", photos=[photo("after")])

    def test_the_matter_list_is_looked_at_again(self, town: Town) -> None:
        manhole = town.world.categories["manhole"]
        MatterListEntry.objects.create(category=manhole, level=Level.DISTRICT)
        case = town.report()
        case.do("chen", "accept")
        case.do("li", "start")

        seen = case.do("chen", "correct", category="manhole")

        assert case.state == "accepted"
        assert seen["timeline"][-1]["body"]["not_theirs"] == "not_on_matter_list"
        case.refused("li", "start", 422, "not_on_matter_list")

    def test_to_the_same_or_to_none(self, town: Town) -> None:
        case = town.report()

        case.refused("li", "correct", 409, "category_same", category="street_lamp")
        case.refused("li", "correct", 422, "category_unknown", category="facility")

    def test_routed_again_on_a_new_day_it_leaves_no_holder_behind(self, town: Town) -> None:
        case = dispatched(town)
        shrink_a1(town)

        case.do("chen", "correct", category="manhole")

        assert (case.now.area.code, case.state) == ("A2", "accepted")
        assert case.given[0].outcome == "redirected"


def shrink_a1(town: Town) -> None:
    """Redraw the border between A1 and A2 so that the middle of A1 lies in A2."""
    yesterday = timezone.localdate() - timedelta(days=1)
    redraw(town.world.areas["A1"], square(0, 0.25), valid_from=yesterday)
    redraw(town.world.areas["A2"], square(0.25, 1.75), valid_from=yesterday)


def reroute(case: Case) -> bool:
    """Let the product look at one incident again; returns whether it moved."""
    order = Order(by=None, at=timezone.now(), deed_id=uuid4())
    return actions.reroute(case.pk, order) is not None


class TestRedrawn:
    """A boundary is redrawn: open ones follow, ended ones keep their grid."""

    def test_open_ones_follow_and_the_old_route_stays_in_the_log(self, town: Town) -> None:
        case = dispatched(town)
        shrink_a1(town)

        assert reroute(case)

        assert (case.now.area.code, case.state, case.kinds[-1]) == ("A2", "accepted", "reroute")
        assert case.last.by is None
        assert case.last.body["route_before"]["area"]["code"] == "A1"
        assert not case.hidden_from("qian")

    def test_who_keeps_the_place_notices_nothing(self, town: Town) -> None:
        case = town.report(place=inside(0.1))
        shrink_a1(town)

        assert not reroute(case)

        assert case.events == 1
        assert case.now.boundary == town.world.areas["A1"].boundaries.latest("pk")

    def test_closed_ones_keep_their_grid(self, town: Town) -> None:
        case = town.report()
        case.do("li", "settle")
        shrink_a1(town)

        assert not reroute(case)

        assert case.now.area.code == "A1"
        assert case.now.boundary == town.world.areas["A1"].boundaries.earliest("pk")

    def test_what_was_handed_over_stays(self, town: Town) -> None:
        case = town.report()
        case.do("chen", "hand_over", area="B1")
        shrink_a1(town)

        assert not reroute(case)
        assert case.now.area.code == "B1"

    def test_an_answered_one_moves_with_its_answer(self, town: Town) -> None:
        case = answered(town)
        shrink_a1(town)

        assert reroute(case)

        assert (case.now.area.code, case.state) == ("A2", "answered")
        here = {"position": at(A1)}
        case.do("qian", "pass", spot=here, photos=[photo("verify")])

    def test_its_failure_goes_back_to_a_unit(self, town: Town) -> None:
        case = answered(town)
        shrink_a1(town)
        reroute(case)

        case.do("qian", "fail")

        assert case.state == "in_progress"
        case.do("guo", "answer")

    def test_but_not_to_people_who_cannot_see_it_any_more(self, town: Town) -> None:
        case = town.report("zhao")
        case.do("chen", "accept")
        case.do("li", "start")
        case.do("li", "answer")
        shrink_a1(town)
        reroute(case)
        assert case.hidden_from("li")

        case.do("qian", "fail")

        assert case.state == "accepted"
        case.do("qian", "start")
