"""派遣, 处置 through the API: who has it, for how long, and what if it is not theirs."""

from typing import Any

import pytest

from incidents.models import Category, Competence, LimitKind
from tests.stories.town import Case, Town, answered, dispatched, hours_between, photo
from tests.world import inside

RETURN = {"reason": "not_our_duty", "proposed": {"unit": "garden"}, "note": "不属于本单位职责"}
HOURS_2 = {"more": {"amount": 2, "kind": "hours"}, "note": "等待配件"}


def returned(town: Town) -> Case:
    """A case that the lamps gave back, proposing the garden."""
    case = dispatched(town)
    case.let_pass(hours=3)
    case.do("guo", "return", **RETURN)
    return case


class TestReturns:
    """退回: a legal reason, a proposed owner, and whose time it was."""

    def test_upheld_the_next_one_has_fresh_time(self, town: Town) -> None:
        case = returned(town)
        assert (case.state, case.now.returns) == ("accepted", 1)

        seen = case.do("chen", "dispatch", to={"unit": "garden"})

        first, second = case.given
        assert (first.outcome, first.return_reason, first.return_upheld) == (
            "returned", "not_our_duty", True,
        )  # fmt: skip
        assert first.proposed_unit == town.units["garden"]
        assert second.started_at == second.at
        assert hours_between(second.at, second.due_at) == 24
        assert "charged" not in seen["timeline"][-1]["body"]

    def test_overruled_the_time_was_the_returner_s(self, town: Town) -> None:
        case = returned(town)

        seen = case.do("chen", "dispatch", to={"unit": "lamps"})

        first, second = case.given
        assert first.return_upheld is False
        assert second.started_at == first.started_at
        assert second.due_at == first.due_at
        assert seen["timeline"][-1]["body"]["charged"] is True

    def test_who_gets_it_after_all_was_not_right_to_return_it(self, town: Town) -> None:
        case = returned(town)
        case.do("chen", "dispatch", to={"unit": "garden"})
        proposal = RETURN | {"proposed": {"unit": "lamps"}}
        case.do("he", "return", **proposal)

        case.do("luo", "decide", to={"unit": "lamps"})

        first, second, third = case.given
        assert [each.return_upheld for each in (first, second)] == [False, True]
        assert third.started_at == first.started_at

    def test_it_wants_a_reason_from_the_list_and_whose_it_is(self, town: Town) -> None:
        case = dispatched(town)

        for key, value in (("reason", "too far"), ("proposed", {}), ("proposed", None)):
            body = case.refused(
                "guo", "return", 422,
                "to_missing" if value == {} else "field_invalid",
                **(RETURN | {key: value}),
            )  # fmt: skip
            assert body["fields"]
        case.refused("guo", "return", 422, "note_missing", **(RETURN | {"note": " "}))

    def test_after_signing_it_can_still_be_returned(self, town: Town) -> None:
        case = dispatched(town)
        case.do("guo", "sign")

        case.do("guo", "return", **RETURN)

        assert case.state == "accepted"

    def test_who_gave_it_back_sees_it_but_does_nothing_more(self, town: Town) -> None:
        case = returned(town)

        assert case.seen_by("guo")["deeds"] == []
        case.refused("guo", "remark", 403, "not_yours")


class TestObjection:
    """异议审核: after two returns a leader decides, for good."""

    def objected(self, town: Town) -> Case:
        case = returned(town)
        case.do("chen", "dispatch", to={"unit": "garden"})
        case.do("he", "return", **(RETURN | {"proposed": {"unit": "lamps"}}))
        return case

    def test_the_desk_cannot_go_on_and_a_leader_decides(self, town: Town) -> None:
        case = self.objected(town)
        assert case.seen_by("chen")["objection"]
        case.refused("chen", "dispatch", 409, "in_objection", to={"unit": "office"})
        case.refused("li", "start", 409, "in_objection")
        case.refused("chen", "decide", 403, "not_your_step", to={"unit": "office"})

        case.do("luo", "decide", to={"unit": "office"}, note="由街道办理")

        assert case.state == "dispatched"
        assert not case.seen_by("chen")["objection"]
        assert case.given[-1].final

    def test_what_was_decided_is_not_returned(self, town: Town) -> None:
        case = self.objected(town)
        case.do("luo", "decide", to={"unit": "office"})

        case.refused("hua", "return", 409, "decided", **RETURN)

        assert "return" not in case.seen_by("hua")["deeds"]
        case.do("hua", "sign")

    def test_one_return_is_no_objection(self, town: Town) -> None:
        returned(town).refused("luo", "decide", 409, "no_objection", to={"unit": "office"})

    def test_handed_over_later_it_is_dispatched_as_usual(self, town: Town) -> None:
        case = self.objected(town)
        case.do("luo", "decide", to={"unit": "office"})
        case.do("chen", "hand_over", area="B1")

        assert not case.seen_by("chen")["objection"]
        case.do("chen", "dispatch", to={"unit": "office"})


class TestDispatch:
    """Whom it may go to, and that nobody gets fresh time by the way."""

    def test_to_the_people_of_an_area(self, town: Town) -> None:
        case = town.report("zhao")
        case.do("chen", "accept")

        case.do("chen", "dispatch", to={"area": "A1"})

        case.refused("qian", "sign", 404, "incident_not_found")
        case.do("li", "sign")
        assert case.given[0].signed_by.username == "li"

    def test_only_to_an_area_that_holds_the_place(self, town: Town) -> None:
        case = town.report()
        case.do("chen", "accept")

        body = case.refused("chen", "dispatch", 422, "area_elsewhere", to={"area": "B1"})

        assert "北门第一网格" in body["message"] or "B1" in body["message"]

    def test_a_unit_that_does_not_receive_the_category_is_refused(self, town: Town) -> None:
        manhole = town.world.categories["manhole"]
        Competence.objects.create(unit=town.units["garden"], category=manhole)
        case = town.report()
        case.do("chen", "accept")

        case.refused("chen", "dispatch", 422, "unit_not_competent", to={"unit": "garden"})

    def test_the_same_again_gives_no_fresh_time(self, town: Town) -> None:
        case = dispatched(town)

        case.refused("chen", "dispatch", 409, "theirs_already", to={"unit": "lamps"})

    def test_to_somebody_else_ends_the_first(self, town: Town) -> None:
        case = dispatched(town)

        case.do("chen", "dispatch", to={"unit": "garden"})

        assert [each.outcome for each in case.given] == ["redirected", ""]
        case.refused("guo", "sign", 403, "not_yours")
        case.do("he", "sign")

    def test_a_time_limit_of_one_s_own(self, town: Town) -> None:
        case = town.report()
        case.do("chen", "accept")

        limit = {"amount": 4, "kind": "hours"}
        case.do("chen", "dispatch", to={"unit": "lamps"}, limit=limit)

        assert hours_between(case.given[0].at, case.now.due_at) == 4

    def test_the_worker_handles_it_alone(self, town: Town) -> None:
        case = town.report()
        case.do("chen", "accept")

        case.do("li", "start")

        (given,) = case.given
        assert (case.state, given.area.code, given.signed_by.username) == (
            "in_progress", "A1", "li",
        )  # fmt: skip
        assert hours_between(given.at, given.due_at) == 24


class TestMoreTime:
    """延期: asked, granted or refused, used up; then 挂账."""

    def test_granted_it_begins_when_the_old_time_ends(self, town: Town) -> None:
        case = dispatched(town)
        due_at = case.now.due_at
        case.do("guo", "ask_extension", **HOURS_2)
        assert case.now.due_at == due_at
        case.refused("guo", "ask_extension", 409, "extension_asked", **HOURS_2)
        case.refused("guo", "grant_extension", 403, "not_your_step")

        case.do("chen", "grant_extension")

        assert hours_between(due_at, case.now.due_at) == 2
        assert case.now.stage_due_at == case.given[0].due_at == case.now.due_at

    def test_refused_it_changes_nothing_and_may_be_asked_again(self, town: Town) -> None:
        case = dispatched(town)
        due_at = case.now.due_at
        case.do("guo", "ask_extension", **HOURS_2)

        case.do("chen", "refuse_extension", note="配件已到")

        assert case.now.due_at == due_at
        case.refused("chen", "grant_extension", 409, "extension_not_asked")
        case.do("guo", "ask_extension", **HOURS_2)

    def test_exhausted_it_becomes_an_open_problem(self, town: Town) -> None:
        case = dispatched(town)
        case.do("guo", "sign")
        case.refused("chen", "register", 409, "extension_first")
        case.do("guo", "ask_extension", **HOURS_2)
        case.do("chen", "grant_extension")
        case.refused("guo", "ask_extension", 409, "extensions_used", **HOURS_2)

        case.do("chen", "register", note="需纳入年度计划")

        assert case.state == "in_progress"
        assert case.seen_by("chen")["open_problem"]
        assert case.now.alarm_at is None
        case.refused("chen", "register", 409, "registered")
        case.do("guo", "answer")
        assert case.now.alarm_at is not None


class TestSuspended:
    """The clock stops, the reason is told, and the pause is not counted."""

    SUSPEND: Any = {"reason": "weather", "note": "暴雨"}

    def test_the_pause_is_given_back(self, town: Town) -> None:
        case = dispatched(town)
        case.let_pass(hours=4)
        case.do("chen", "suspend", **self.SUSPEND)
        assert case.now.alarm_at is None
        assert case.seen_by("li")["suspended"]
        left = hours_between(case.now.suspended_at, case.now.due_at)
        case.let_pass(hours=10)

        case.do("chen", "resume")

        now = case.now
        assert hours_between(now.resumed_at, now.due_at) == pytest.approx(left, abs=0.001)
        assert left == pytest.approx(20, abs=0.01)
        assert now.stage_due_at == now.due_at == case.given[0].due_at
        assert now.alarm_at is not None

    def test_meanwhile_it_is_not_answered(self, town: Town) -> None:
        case = dispatched(town)
        case.do("guo", "sign")
        case.do("chen", "suspend", **self.SUSPEND)

        case.refused("guo", "answer", 409, "suspended")
        case.refused("chen", "suspend", 409, "suspended", **self.SUSPEND)
        case.do("chen", "resume")
        case.refused("chen", "resume", 409, "not_suspended")
        case.do("guo", "answer")

    @pytest.mark.parametrize("deed", ["hand_over", "return"])
    def test_who_loses_the_case_leaves_no_stopped_clock(self, town: Town, deed: str) -> None:
        case = dispatched(town)
        case.do("chen", "suspend", **self.SUSPEND)

        if deed == "return":
            case.do("guo", "return", **RETURN)
        else:
            case.do("chen", "hand_over", area="A2")

        assert (case.state, case.now.suspended_at) == ("accepted", None)
        assert case.now.alarm_at is not None


def test_escalated_step_by_step_to_the_top(town: Town) -> None:
    case = dispatched(town)

    told = [case.do("guo", "escalate", note="需上级协调")["escalated_to"] for _ in range(3)]

    areas = town.world.areas
    assert told == [areas["A"].name, areas["S"].name, areas["D"].name]
    case.refused("guo", "escalate", 409, "top_level")
    assert case.state == "dispatched"


def test_pressed_and_a_lead_named(town: Town) -> None:
    case = dispatched(town)

    case.do("chen", "press", note="请尽快")
    seen = case.do("chen", "name_lead", worker="zhao", note="")

    assert seen["lead"] == "Zhao"
    case.refused("chen", "name_lead", 422, "worker_unknown", worker="nobody")


class TestArrival:
    """到场: who has come says so; how far from the place is told in the timeline."""

    def arrive(self, case: Case, by: str, **form: Any) -> Any:
        """Return the step in the timeline. The case is as it was, so no version is counted."""
        before = case.now.version
        answer = case.send(by, "arrive", **form)
        assert (answer.status_code, case.now.version) == (200, before), answer.content
        return answer.json()["incident"]["timeline"][-1]

    def test_the_holder_is_there(self, town: Town) -> None:
        case = dispatched(town)

        step = self.arrive(case, "guo", spot=SPOT | {"accuracy_m": 5}, note="已到现场")

        assert (step["kind"], step["by"], step["note"]) == ("arrive", "Guo", "已到现场")
        assert step["body"] == {"distance_m": 0.0, "far": False, "accuracy_m": 5.0}
        assert case.state == "dispatched"

    def test_far_away_is_marked_and_not_refused(self, town: Town) -> None:
        case = dispatched(town)
        far = {"position": {"type": "Point", "coordinates": list(inside(1.5))}}

        step = self.arrive(case, "li", spot=far)

        assert step["body"]["far"] is True
        assert 370 < step["body"]["distance_m"] < 395
        assert step["body"]["accuracy_m"] is None

    def test_whoever_looked_before_may_still_go_on(self, town: Town) -> None:
        case = dispatched(town)
        looked_at = case.now.version
        self.arrive(case, "guo", spot=SPOT)

        case.do("guo", "sign", seen_version=looked_at)

        assert case.state == "in_progress"

    def test_no_other_step_waits_for_it(self, town: Town) -> None:
        case = dispatched(town)
        case.do("guo", "sign")
        case.do("guo", "answer", note="已换灯")

        case.refused("guo", "arrive", 409, "not_now", spot=SPOT)

    def test_it_says_where(self, town: Town) -> None:
        case = dispatched(town)

        case.refused("guo", "arrive", 422, "field_missing")
        case.refused("chen", "arrive", 403, "not_your_step", spot=SPOT)


class TestWhistle:
    """吹哨报到: a lead and two who help, each with their own clock and answer; both sides rate."""

    def called(self, town: Town) -> Case:
        case = town.report()
        case.do("chen", "accept")
        case.do("chen", "whistle", lead="lamps", assisting=["garden", "office"], note="联合处置")
        return case

    def test_everybody_called_sees_it_and_has_a_clock(self, town: Town) -> None:
        case = self.called(town)

        assert {"guo", "he", "hua"} <= case.watchers()
        assert [(each.part, each.unit.code) for each in case.given] == [
            ("lead", "lamps"), ("assist", "garden"), ("assist", "office"),
        ]  # fmt: skip
        assert len({each.whistle for each in case.given}) == 1
        assert {hours_between(each.at, each.due_at) for each in case.given} == {24}

    def test_each_reports_in_and_answers_for_itself(self, town: Town) -> None:
        case = self.called(town)
        case.refused("he", "sign", 403, "not_your_step")
        case.do("he", "report_in")
        case.refused("he", "report_in", 409, "reported_in")
        case.do("he", "assist", note="已修剪遮挡树枝")
        case.refused("he", "assist", 409, "answered_before")
        case.do("guo", "sign")
        case.do("guo", "answer", note="已换灯")
        case.do("hua", "assist", note="现场已清理")  # after the lead's answer, without reporting in

        lead, garden, office = case.given
        assert (lead.answer, garden.answer, office.answer) == (
            "已换灯", "已修剪遮挡树枝", "现场已清理",
        )  # fmt: skip
        assert garden.signed_at < garden.ended_at
        assert office.signed_at == office.ended_at
        assert {each.outcome for each in case.given} == {"answered"}
        assert case.state == "answered"

    def closed(self, town: Town) -> Case:
        case = self.called(town)
        case.do("he", "assist", note="已修剪")
        case.do("guo", "sign")
        case.do("guo", "answer")
        case.do("li", "pass", spot=SPOT, photos=[photo("verify")])
        return case

    def test_both_sides_are_rated(self, town: Town) -> None:
        case = self.closed(town)

        case.do("chen", "rate_help", unit="garden", stars=5)
        case.do("chen", "rate_help", unit="lamps", stars=4)
        case.do("he", "rate_help", unit="garden", stars=3)
        case.do("guo", "rate_help", unit="lamps", stars=2)

        lead, garden, _office = case.given
        assert (lead.stars_for_unit, lead.stars_for_caller) == (4, 2)
        assert (garden.stars_for_unit, garden.stars_for_caller) == (5, 3)

    def test_nobody_rates_for_another(self, town: Town) -> None:
        case = self.closed(town)

        case.refused("he", "rate_help", 403, "not_your_unit", unit="lamps", stars=1)
        case.refused("chen", "rate_help", 422, "unit_not_called", unit="x", stars=1)
        case.refused("li", "rate_help", 403, "not_your_step", unit="lamps", stars=1)

    def test_who_did_not_answer_is_told_closed(self, town: Town) -> None:
        case = self.closed(town)

        assert [each.outcome for each in case.given] == ["answered", "answered", "closed"]

    def test_the_holder_calls_for_help_and_keeps_the_clock(self, town: Town) -> None:
        case = dispatched(town)
        case.let_pass(hours=6)
        due_at = case.now.due_at

        case.do("chen", "whistle", lead="lamps", assisting=["garden"])

        assert case.now.due_at == due_at
        assert hours_between(case.given[2].at, case.given[2].due_at) == 24

    @pytest.mark.parametrize(
        "units", [("lamps", ["lamps"]), ("lamps", ["garden", "garden"])], ids=str
    )
    def test_each_is_called_once(self, town: Town, units: tuple[str, list[str]]) -> None:
        case = town.report()
        case.do("chen", "accept")

        case.refused("chen", "whistle", 422, "units_twice", lead=units[0], assisting=units[1])

    def test_when_the_lead_returns_it_the_others_are_free(self, town: Town) -> None:
        case = self.called(town)

        case.do("guo", "return", **RETURN)

        assert [each.outcome for each in case.given] == ["returned", "redirected", "redirected"]


SPOT = {"position": {"type": "Point", "coordinates": [105.002, 31.002]}}


def test_a_limit_in_working_time_is_counted_by_the_calendar(town: Town) -> None:
    Category.objects.update(limit_amount=2, limit_kind=LimitKind.WORKING_DAYS)

    case = dispatched(town)

    assert case.given[0].limit_kind == "working_days"
    assert hours_between(case.given[0].at, case.now.due_at) > 24


def test_answering_is_handling_by_name(town: Town) -> None:
    case = answered(town)

    assert case.seen_by("chen")["dispatches"][0]["answer"] == "已更换灯泡"
    assert case.now.answered_at == case.given[0].ended_at
