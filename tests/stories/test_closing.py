"""核查, 结案, 评价, 回访 through the API: somebody else looks; the reporter has the last word."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from gis_grid.errors import Conflict
from incidents import actions, states
from incidents.actions import Order
from incidents.models import Category, Rating
from tests.stories.town import Case, Town, answered, at, dispatched, hours_between, inside, photo

HERE = {"position": at(inside()), "accuracy_m": 10}
FAR = {"position": at(inside(0.5, 0.9))}  # some 170 m to the north


def passed(town: Town) -> Case:
    """A case that Li reported, Guo handled and Zhao verified."""
    case = answered(town)
    case.do("zhao", "pass", spot=HERE, photos=[photo("verify")])
    return case


class TestVerification:
    """A second person, a photo, and how far from the spot it was."""

    def test_it_fails_goes_back_in_the_old_time_and_passes(self, town: Town) -> None:
        case = answered(town)
        due_at = case.now.due_at
        case.do("chen", "ask_verify")

        case.do("li", "fail", spot=HERE, note="仍不亮")

        now = case.now
        assert (now.state, now.reworks, now.answered_at) == ("in_progress", 1, None)
        assert now.due_at == now.stage_due_at == case.given[0].due_at == due_at
        assert (case.given[0].ended_at, case.given[0].outcome) == (None, "")
        assert now.alarm_at is not None
        case.do("guo", "answer", note="已更换线路")
        case.do("li", "pass", spot=HERE, photos=[photo("verify")])
        assert (case.state, case.now.reworks) == ("closed", 1)
        assert case.given[0].answer == "已更换线路"

    def test_who_handled_it_never_verifies(self, town: Town) -> None:
        case = town.report("zhao")
        case.do("chen", "accept")
        case.do("chen", "dispatch", to={"area": "A1"})
        case.do("li", "sign")
        case.do("li", "answer")

        for deed in ("pass", "fail"):
            assert deed not in case.seen_by("li")["deeds"]
            case.refused("li", deed, 403, "second_person", spot=HERE, photos=[photo("verify")])
        case.do("zhao", "pass", spot=HERE, photos=[photo("verify")])

    def test_not_even_who_only_signed(self, town: Town) -> None:
        case = town.report()
        case.do("chen", "accept")
        case.do("chen", "dispatch", to={"area": "A1"})
        case.do("li", "sign")
        case.do("zhao", "answer")  # the street's chief answers for all its areas

        case.refused("li", "pass", 403, "second_person", spot=HERE, photos=[photo("verify")])
        case.refused("zhao", "pass", 403, "second_person", spot=HERE, photos=[photo("verify")])
        case.do("chen", "pass", spot=HERE, photos=[photo("verify")])

    def test_it_takes_a_place_and_a_photo(self, town: Town) -> None:
        case = answered(town)

        assert set(case.refused("li", "pass", 422, "spot_missing")["fields"]) == {"spot"}
        body = case.refused("li", "pass", 422, "verify_photo_missing", spot=HERE)
        assert "photos" in body["fields"]
        wrong = [photo("after")]
        case.refused("li", "pass", 422, "verify_photo_missing", spot=HERE, photos=wrong)

    def test_the_distance_is_told_and_never_refuses(self, town: Town) -> None:
        near, far = answered(town), answered(town)

        seen_near = near.do("li", "pass", spot=HERE, photos=[photo("verify")])
        seen_far = far.do("li", "pass", spot=FAR, photos=[photo("verify")])

        assert seen_near["timeline"][-1]["body"]["distance_m"] == pytest.approx(0, abs=0.1)
        assert not seen_near["timeline"][-1]["body"]["far"]
        assert seen_far["timeline"][-1]["body"]["distance_m"] == pytest.approx(177, abs=3)
        assert seen_far["timeline"][-1]["body"]["far"]

    def test_a_phone_that_speaks_another_datum_is_converted(self, town: Town) -> None:
        case = answered(town)

        spot = {"position": at(inside()), "datum": "gcj02"}
        seen = case.do("li", "pass", spot=spot, photos=[photo("verify")])

        assert 300 < seen["timeline"][-1]["body"]["distance_m"] < 700


class TestByEvidence:
    """Categories that need nobody on the spot."""

    @pytest.fixture(autouse=True)
    def _by_desk(self, town: Town) -> None:
        Category.objects.update(verify="desk")

    def test_the_desk_closes_on_what_was_sent_in(self, town: Town) -> None:
        case = answered(town)

        case.do("chen", "close")

        assert (case.state, case.kinds[-1]) == ("closed", "close")

    def test_a_verifier_needs_neither_place_nor_photo(self, town: Town) -> None:
        case = answered(town)
        case.do("chen", "ask_verify")

        case.do("lin", "pass")

        assert case.state == "closed"

    def test_who_is_asked_to_look_is_waited_for(self, town: Town) -> None:
        case = answered(town)
        case.do("chen", "ask_verify")

        case.refused("chen", "close", 409, "not_now")


def test_what_is_verified_on_the_spot_is_not_closed_at_the_desk(town: Town) -> None:
    answered(town).refused("chen", "close", 409, "verify_on_site")


class TestReopen:
    """Within the window it goes on; after it, it is reported anew."""

    def test_within_the_window_it_is_dispatched_anew(self, town: Town) -> None:
        case = passed(town)
        case.let_pass(days=settings.REOPEN_DAYS - 1)

        case.do("li", "reopen", note="又不亮了")

        now = case.now
        assert (now.state, now.reopenings) == ("accepted", 1)
        assert (now.closed_at, now.answered_at, now.dispatch) == (None, None, None)
        assert now.alarm_at is not None
        case.do("chen", "dispatch", to={"unit": "lamps"})
        assert hours_between(case.given[-1].started_at, case.given[-1].due_at) == 24

    def test_after_the_window_it_is_reported_anew(self, town: Town) -> None:
        case = passed(town)
        case.let_pass(days=settings.REOPEN_DAYS, minutes=1)

        case.refused("li", "reopen", 409, "reopen_too_late", note="又不亮了")

        assert "reopen" not in case.seen_by("li")["deeds"]

    def test_what_was_returned_before_counts_for_nothing_then(self, town: Town) -> None:
        case = dispatched(town)
        back = {"reason": "not_our_duty", "note": "不属于"}
        case.do("guo", "return", proposed={"unit": "garden"}, **back)
        case.do("chen", "dispatch", to={"unit": "garden"})
        case.do("he", "return", proposed={"unit": "lamps"}, **back)
        case.do("luo", "decide", to={"unit": "office"})
        case.do("hua", "sign")
        case.do("hua", "answer")
        case.do("li", "pass", spot=HERE, photos=[photo("verify")])
        case.let_pass(days=3)

        case.do("li", "reopen")

        assert not case.seen_by("chen")["objection"]
        case.do("chen", "dispatch", to={"unit": "garden"})
        case.do("chen", "dispatch", to={"unit": "lamps"})
        last = case.given[-1]
        assert last.started_at == last.at
        assert hours_between(last.at, last.due_at) == 24

    def test_what_was_settled_alone_is_reopened_too(self, town: Town) -> None:
        case = town.report("li")
        case.do("li", "settle")

        case.do("chen", "reopen", note="居民反映未解决")

        assert (case.state, case.now.settled, case.now.closed_level) == ("accepted", False, None)

    def test_only_reporter_and_desk_reopen(self, town: Town) -> None:
        case = passed(town)

        case.refused("zhao", "reopen", 403, "not_your_step")
        case.refused("guo", "reopen", 403, "not_your_step")


class TestRating:
    """1 to 5 stars by the reporter, once for each closing."""

    def test_once_for_each_closing(self, town: Town) -> None:
        case = passed(town)
        case.do("li", "rate", stars=2)
        case.refused("li", "rate", 409, "rated_before", stars=5)

        case.do("li", "reopen", note="又不亮了")
        case.do("li", "settle")
        case.do("li", "rate", stars=5)

        assert list(Rating.objects.values_list("closing", "stars")) == [(0, 2), (1, 5)]

    @pytest.mark.parametrize("stars", [0, 6, -1, 2.5, "5", True, None])
    def test_nothing_but_1_to_5(self, town: Town, stars: object) -> None:
        body = passed(town).refused("li", "rate", 422, "field_invalid", stars=stars)

        assert "stars" in body["fields"]

    def test_only_the_reporter_rates(self, town: Town) -> None:
        case = passed(town)

        for name in ("zhao", "chen", "luo", "guo"):
            case.refused(name, "rate", 403, "not_your_step", stars=5)

    def test_who_has_the_signed_link_rates_without_a_login(self, town: Town) -> None:
        case = passed(town)
        order = Order(
            by=None, at=timezone.now(), deed_id=uuid4(), note="谢谢", side=states.REPORTER
        )

        actions.DEEDS["rate"](case.pk, order, stars=5)

        assert case.last.kind == "rate"
        assert case.last.by is None
        assert case.seen_by("chen")["ratings"][0]["words"] == "谢谢"
        with pytest.raises(Conflict, match="not_now"):
            actions.DEEDS["accept"](case.pk, Order(None, timezone.now(), uuid4(), side="reporter"))


class TestCallBack:
    """回访: what the reporter said on the telephone."""

    def test_it_is_stored_and_may_be_tried_again(self, town: Town) -> None:
        case = passed(town)

        case.do("chen", "call_back", reached=False, note="无人接听")
        case.do("lin", "call_back", reached=True, resolved=True, satisfied=False)

        calls = case.now.call_backs.values_list("by__username", "reached", "resolved", "satisfied")
        assert list(calls) == [("chen", False, None, None), ("lin", True, True, False)]

    def test_who_was_not_reached_said_nothing(self, town: Town) -> None:
        case = passed(town)

        case.refused("chen", "call_back", 422, "nobody_answered", reached=False, resolved=True)


def test_a_closed_case_is_left_alone(town: Town) -> None:
    case = passed(town)

    for deed, form in (
        ("accept", {}), ("sign", {}), ("answer", {}), ("remark", {}), ("escalate", {}),
        ("hand_over", {"area": "A2"}), ("correct", {"category": "manhole"}),
    ):  # fmt: skip
        case.refused("chen", deed, 409, "not_now", **form)
