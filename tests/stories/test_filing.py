"""受理, 立案 through the API: is it a case, and is it the same one?"""

import pytest

from incidents.models import DispatchRule
from tests.stories.town import Town, at, dispatched, hours_between, inside, photo
from tests.world import body_of, make_report


def test_the_happy_way_from_report_to_five_stars(town: Town) -> None:
    case = town.report("li")
    assert case.watchers() == {"li", "zhao", "chen", "lin", "luo", "sun"}

    case.do("chen", "accept")
    case.do("chen", "dispatch", to={"unit": "lamps"})
    assert case.watchers() == {"li", "zhao", "chen", "lin", "luo", "sun", "guo"}
    after = photo("after")
    case.do("guo", "sign")
    case.do("guo", "answer", note="已更换灯泡", photos=[after])
    assert case.upload("guo", after) == 201
    case.do("chen", "ask_verify")
    there = photo("verify", 120)
    seen = case.do("li", "pass", spot={"position": at(inside(0.5001))}, photos=[there])
    assert case.upload("li", there, 120) == 201
    case.do("chen", "call_back", reached=True, resolved=True, satisfied=True)
    case.do("li", "rate", stars=5, note="很快")

    assert case.kinds == [
        "report", "accept", "dispatch", "sign", "answer", "photo",
        "ask_verify", "pass", "photo", "call_back", "rate",
    ]  # fmt: skip
    assert seen["state"] == "closed"
    now, (given,) = case.now, case.given
    assert now.accepted_at < now.dispatched_at < now.answered_at < now.closed_at
    assert hours_between(given.at, given.due_at) == 24
    assert now.due_at == given.due_at
    assert (given.signed_by.username, given.answer) == ("guo", "已更换灯泡")
    assert now.closed_level == town.units["lamps"].level
    assert case.seen_by("li")["ratings"][0]["stars"] == 5


def test_the_clock_runs_from_the_dispatch_not_from_signing(town: Town) -> None:
    case = dispatched(town)
    due_at = case.now.due_at
    case.let_pass(hours=5)

    case.do("guo", "sign")

    now, (given,) = case.now, case.given
    assert now.due_at == given.due_at
    assert hours_between(now.due_at, due_at) == 5  # all of it moved into the past, not the sign
    assert hours_between(given.started_at, given.due_at) == 24


class TestSettledOnTheSpot:
    """自行处置: one report, closed."""

    def test_with_before_and_after_photos_it_is_closed_by_its_report(self, town: Town) -> None:
        body = body_of(make_report(category="manhole")) | {"settled": True}
        before, after = photo("before"), photo("after")

        case = town.report(**body | {"photos": [before, after]})

        now = case.now
        assert (now.state, now.settled, case.kinds) == ("closed", True, ["settle"])
        assert now.accepted_at == now.answered_at == now.closed_at == now.reported_at
        assert now.closed_level == town.world.areas["A1"].level
        assert now.alarm_at is None
        assert case.upload("li", before) == case.upload("li", after) == 201

    def test_a_category_that_wants_photos_wants_one_from_after(self, town: Town) -> None:
        body = body_of(make_report(category="manhole")) | {"settled": True}

        answer = town.client("li").post("/api/field/reports", body, "application/json")

        assert (answer.status_code, answer.json()["code"]) == (422, "after_photo_missing")

    def test_what_was_reported_before_can_still_be_settled_alone(self, town: Town) -> None:
        case = town.report()

        case.do("li", "settle", note="已扶正")

        assert (case.state, case.now.settled) == ("closed", True)
        assert case.now.accepted_at == case.now.closed_at

    def test_only_the_field_settles(self, town: Town) -> None:
        town.report().refused("chen", "settle", 403, "not_your_step")


def test_a_pre_check_is_asked_for_and_answered_before_filing(town: Town) -> None:
    case = town.report("wang")  # reported by Wang in Li's grid
    case.do("chen", "ask_check", note="请核实")
    assert case.state == "pre_check"
    case.refused("wang", "check", 403, "not_your_step", finding="exists")

    look = photo("check")
    case.do("li", "check", finding="exists", photos=[look])

    assert case.upload("li", look) == 201
    assert case.state == "reported"
    assert [e["body"].get("finding") for e in case.seen_by("chen")["timeline"]][2] == "exists"
    case.do("chen", "accept")
    assert case.now.accepted_at is not None


class TestNotACase:
    """作废, and back."""

    def test_it_leaves_the_map_s_open_ones_and_comes_back_unfiled(self, town: Town) -> None:
        case = town.report()
        seen = case.do("chen", "refuse", reason="not_found", note="现场未发现")
        assert (case.state, seen["timeline"][-1]["body"]["reason"]) == ("void", "not_found")
        assert case.now.alarm_at is None
        case.refused("chen", "accept", 409, "not_now")

        case.do("lin", "restore")

        assert (case.state, case.now.accepted_at) == ("reported", None)
        assert case.now.alarm_at is not None

    def test_a_filed_one_comes_back_filed(self, town: Town) -> None:
        case = town.report()
        case.do("chen", "accept")
        case.do("chen", "refuse", reason="settled_before")

        case.do("chen", "restore")

        assert case.state == "accepted"

    def test_a_photo_that_arrives_late_does_not_file_it(self, town: Town) -> None:
        announced = photo("report")
        case = town.report(photos=[announced])
        case.do("chen", "refuse", reason="test")
        assert case.upload("li", announced) == 201

        case.do("chen", "restore")

        assert case.state == "reported"

    @pytest.mark.parametrize("missing", ["reason", "note"])
    def test_it_asks_why(self, town: Town, missing: str) -> None:
        form = {"reason": "test", "note": "x"} | {missing: "" if missing == "note" else None}
        code = "note_missing" if missing == "note" else "field_invalid"

        body = town.report().refused("chen", "refuse", 422, code, **form)

        assert missing in body["fields"]


class TestMerge:
    """Duplicates: both show it, and it can be undone."""

    def test_both_ways_visible_and_undone(self, town: Town) -> None:
        first, second = town.report(), town.report("zhao")

        second.do("chen", "merge", into=str(first.pk))

        assert second.state == "void"
        assert second.seen_by("zhao")["merged_into"]["id"] == str(first.pk)
        assert [each["id"] for each in first.seen_by("li")["merged"]] == [str(second.pk)]
        assert first.events == 1

        second.do("chen", "restore")

        assert (second.state, second.now.merged_into) == ("reported", None)
        assert first.seen_by("li")["merged"] == []

    def test_a_dispatched_one_leaves_its_holder(self, town: Town) -> None:
        first, second = town.report(), dispatched(town)

        second.do("chen", "merge", into=str(first.pk))

        assert second.given[0].outcome == "redirected"
        second.do("chen", "restore")
        assert second.state == "accepted"
        second.do("chen", "dispatch", to={"unit": "lamps"})

    def test_what_has_ended_takes_no_duplicate(self, town: Town) -> None:
        first, second = town.report(), town.report()
        first.do("chen", "refuse", reason="test")

        second.refused("chen", "merge", 409, "merge_impossible", into=str(first.pk))
        second.refused("chen", "merge", 409, "merge_impossible", into=str(second.pk))

    def test_there_are_no_chains(self, town: Town) -> None:
        first, second, third = town.report(), town.report(), town.report()
        second.do("chen", "merge", into=str(first.pk))

        first.refused("chen", "merge", 409, "has_duplicates", into=str(third.pk))
        third.refused("chen", "merge", 409, "merge_impossible", into=str(second.pk))

    def test_not_into_what_one_cannot_see(self, town: Town) -> None:
        elsewhere, here = town.report("li"), town.report("wang", inside(2.5))

        here.refused("feng", "merge", 404, "incident_not_found", into=str(elsewhere.pk))


def test_a_rule_dispatches_and_says_so(town: Town) -> None:
    case = town.report()
    case.do("chen", "accept")
    case.refused("chen", "dispatch", 409, "no_rule")
    DispatchRule.objects.create(name="灯归路灯所", unit=town.units["lamps"], live=True)

    seen = case.do("chen", "dispatch")

    assert seen["dispatches"][0]["why"]["rule"] == "灯归路灯所"
    assert not case.hidden_from("guo")
