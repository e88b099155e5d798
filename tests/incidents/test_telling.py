"""Who is told of what: once each, only those concerned, never the doer, never twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from gis_grid.people.models import Assignment, HandlingUnit, Role, UnitMember
from incidents import actions, feed, relay, states
from incidents.actions import Order, Spot, To
from incidents.deadlines.sla import Limit, LimitKind
from incidents.grounds import Finding, NoCase, ReturnGround, SuspendGround
from incidents.models import Event, Incident, Message, Notice, Told, ToldAs
from incidents.reports import Photo
from incidents.telling import messages, teller
from tests.world import NOW, World, add_units, do, inside, make_incident

Heard = dict[str, str]
OUTSIDE = inside(0.5, 5)
DAY = timedelta(days=1)


class Case:
    """An incident that is taken through its life, a minute a step; `heard` is what a step told."""

    def __init__(self, world: World, incident: Incident) -> None:
        self.world, self.incident, self.at = world, incident, NOW
        self.heard: Heard = tell()

    def do(self, deed: str, by: str, **details: Any) -> Heard:
        """Do a deed and return who was told of it, and as what."""
        self.at += timedelta(minutes=1)
        self.incident = do(self.world, deed, self.incident, by=by, at=self.at, **details)
        return tell()


def tell() -> Heard:
    """Number and tell everything new; return who was told, and as what."""
    last = Notice.objects.order_by("pk").last()
    relay.stamp_all()
    teller.tell_new(at=NOW)
    new = Notice.objects.filter(pk__gt=last.pk if last else 0)
    return dict(new.values_list("user__username", "told_as"))


@pytest.fixture
def units(world: World) -> dict[str, HandlingUnit]:
    """The handling units, and Luo, who leads."""
    return add_units(world)


@pytest.fixture
def case(world: World, units: dict[str, HandlingUnit]) -> Case:
    """Zhao's report in Li's grid."""
    return Case(world, make_incident(world, by="zhao"))


def given_to_lamps(case: Case) -> Case:
    case.do("accept", "chen")
    case.heard = case.do("dispatch", "chen", to=To(unit="lamps"))
    return case


def answered(case: Case) -> Case:
    given_to_lamps(case).do("sign", "guo")
    case.heard = case.do("answer", "guo")
    return case


def closed(case: Case) -> Case:
    answered(case)
    photo = Photo(uuid4(), "5e" * 32, "verify")
    case.heard = case.do("pass", "li", spot=Spot(*inside()), photos=(photo,))
    return case


def test_a_report_is_told_to_its_grid(case: Case) -> None:
    assert case.heard == {"li": "area"}


def test_a_report_in_a_grid_without_staff_goes_to_the_next_level(world: World) -> None:
    make_incident(world, place=inside(1.5))

    assert tell() == {"zhao": "area"}


def test_a_report_outside_all_grids_waits_at_the_desk(world: World, units: Any) -> None:
    make_incident(world, place=OUTSIDE)

    assert tell() == {"chen": "desk", "luo": "desk"}


def test_a_dispatch_is_told_to_the_unit_and_the_reporter(case: Case) -> None:
    assert given_to_lamps(case).heard == {"guo": "holder", "zhao": "reporter"}


def test_a_dispatch_to_an_area_is_told_to_its_people(case: Case) -> None:
    case.do("accept", "chen")

    assert case.do("dispatch", "chen", to=To(area="A1")) == {"li": "holder", "zhao": "reporter"}


def test_who_holds_a_case_that_goes_to_another_is_told(case: Case) -> None:
    given_to_lamps(case)

    assert case.do("dispatch", "chen", to=To(unit="garden")) == {"he": "holder", "guo": "left"}


def test_a_whistle_is_told_to_the_lead_and_the_assisting(case: Case) -> None:
    case.do("accept", "chen")

    heard = case.do("whistle", "chen", lead="office", assisting=("lamps", "garden"))

    assert heard == {"hua": "holder", "guo": "assisting", "he": "assisting", "zhao": "reporter"}


def test_what_waits_for_the_desk_is_told_to_the_desk(case: Case) -> None:
    given_to_lamps(case).do("sign", "guo")
    desk = {"chen": "desk", "luo": "desk"}

    more = Limit(2, LimitKind.WORKING_DAYS)
    assert case.do("ask_extension", "guo", more=more) == desk
    returned = case.do("return", "guo", reason=ReturnGround.NOT_OUR_AREA, proposed=To(area="A1"))
    assert returned == {**desk, "zhao": "reporter"}


def test_an_answer_waits_for_the_desk(case: Case) -> None:
    assert answered(case).heard == {"chen": "desk", "luo": "desk", "zhao": "reporter"}


def test_granted_time_is_told_to_who_asked_and_who_waits(case: Case) -> None:
    given_to_lamps(case).do("ask_extension", "guo", more=Limit(2, LimitKind.WORKING_DAYS))

    assert case.do("grant_extension", "chen") == {"guo": "holder", "zhao": "reporter"}


def test_a_pause_is_told_to_the_holder_and_the_reporter(case: Case) -> None:
    given_to_lamps(case)

    heard = case.do("suspend", "chen", reason=SuspendGround.MATERIALS)

    assert heard == {"guo": "holder", "zhao": "reporter"}


def test_a_hand_over_is_told_on_both_sides(case: Case) -> None:
    assert case.do("hand_over", "chen", area="B1") == {"wang": "area", "li": "left"}


def test_a_unit_loses_what_is_handed_over(case: Case) -> None:
    given_to_lamps(case)

    heard = case.do("hand_over", "chen", area="B1")

    assert heard == {"wang": "area", "li": "left", "guo": "left", "zhao": "reporter"}


def test_a_pin_moved_across_a_border_is_told_on_both_sides(case: Case) -> None:
    lon, lat = inside(2.5)

    heard = case.do("move", "chen", lon=lon, lat=lat)

    assert heard["wang"] == "area"
    assert heard["li"] == "left"


def test_escalation_is_told_where_it_arrives(world: World, case: Case) -> None:
    worker = world.users["sun"].worker  # type: ignore[attr-defined]
    Assignment.objects.create(worker=worker, area=world.areas["S"], role=Role.LEADER)
    case.do("escalate", "li")  # to community A: the next desk above it is the street's

    assert case.do("escalate", "li") == {"sun": "above"}
    assert case.do("escalate", "li") == {"chen": "above", "luo": "above"}


def test_the_named_lead_is_told_if_they_may_see_it(case: Case) -> None:
    assert case.do("name_lead", "chen", worker="li") == {"li": "lead"}
    assert case.do("name_lead", "chen", worker="wang") == {}


def test_overdue_is_told_to_the_holder_and_the_desk(case: Case) -> None:
    given_to_lamps(case)
    feed.append(case.incident, "overdue", by=None, at=case.at, state_before=case.incident.state)

    assert tell() == {"guo": "holder", "chen": "desk", "luo": "desk"}


def test_the_end_is_told_to_the_handler_and_the_reporter(case: Case) -> None:
    assert closed(case).heard == {"guo": "holder", "zhao": "reporter"}


def test_a_failed_verification_is_told_to_the_holder(case: Case) -> None:
    answered(case)

    heard = case.do("fail", "chen", spot=None)

    assert heard == {"guo": "holder", "luo": "desk", "zhao": "reporter"}


def test_a_reporter_who_reopens_by_link_is_not_told_of_it(case: Case) -> None:
    closed(case)
    order = Order(None, case.at + DAY, uuid4(), note="又不亮了", side=states.REPORTER)
    actions.DEEDS["reopen"](case.incident.pk, order)

    assert tell() == {"chen": "desk", "luo": "desk"}


def test_the_reporter_is_told_of_every_change_of_state(case: Case) -> None:
    closed(case)
    told = Notice.objects.filter(user__username="zhao").values_list("event__kind", flat=True)
    changes = Event.objects.exclude(kind="report").values("kind", "state_before", "state_after")

    assert set(told) == {e["kind"] for e in changes if e["state_before"] != e["state_after"]}


def test_the_doer_is_never_told(world: World) -> None:
    case = Case(world, make_incident(world, by="li"))

    assert case.heard == {}
    assert case.do("accept", "li") == {}


def test_who_has_several_parts_is_told_once_in_the_first(world: World) -> None:
    case = Case(world, make_incident(world, by="li"))
    case.do("accept", "chen")

    assert case.do("dispatch", "chen", to=To(area="A1")) == {"li": "holder"}


def test_members_who_left_and_logins_that_are_closed_are_not_told(
    case: Case, units: dict[str, HandlingUnit]
) -> None:
    UnitMember.objects.create(unit=units["lamps"], worker=case.world.users["he"].worker)  # type: ignore[attr-defined, misc]
    UnitMember.objects.filter(worker__code="guo").update(during=(None, NOW.date()))
    User.objects.filter(username="zhao").update(is_active=False)

    assert given_to_lamps(case).heard == {"he": "holder"}


def test_a_photo_is_no_news(case: Case) -> None:
    feed.append(case.incident, "photo", by=None, at=NOW)

    assert tell() == {}
    assert Told.objects.get().sequence == feed.last_sequence()


class TestExactlyOnce:
    """The mark, the notices and the messages are one."""

    def test_telling_again_tells_nothing(self, case: Case) -> None:
        before = Notice.objects.count()

        assert teller.tell_new(at=NOW) == 0
        assert Notice.objects.count() == before

    def test_what_is_not_numbered_yet_waits(self, world: World) -> None:
        make_incident(world, by="zhao")

        assert teller.tell_new(at=NOW) == 0
        assert tell() == {"li": "area"}

    def test_a_crash_before_the_commit_neither_loses_nor_doubles(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_incident(world, by="zhao")
        relay.stamp_all()
        with monkeypatch.context() as broken:
            broken.setattr(messages, "put_out", _cut)
            with pytest.raises(OSError, match="cut"):
                teller.tell_new(at=NOW)
        assert (Notice.objects.count(), Told.objects.count()) == (0, 0)

        assert teller.tell_new(at=NOW) == 1
        assert Notice.objects.count() == 1

    def test_the_limit_goes_on_where_it_stopped(self, world: World) -> None:
        for _ in range(3):
            make_incident(world, by="zhao")
        relay.stamp_all()

        assert [teller.tell_new(2, at=NOW) for _ in range(3)] == [2, 1, 0]
        assert Notice.objects.count() == 3

    def test_nobody_is_told_twice_of_one_event(self, case: Case) -> None:
        notice = Notice.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.create(user=notice.user, event=notice.event, told_as="desk", at=NOW)

    def test_off_means_no_message(self, case: Case, settings: Any) -> None:
        assert settings.WEBHOOK_URL == ""
        assert Message.objects.count() == 0


@pytest.mark.parametrize("incidents", [1, 8])
def test_telling_takes_a_fixed_number_of_queries(world: World, units: Any, incidents: int) -> None:
    for _ in range(incidents):
        incident = make_incident(world, by="zhao")
        incident = do(world, "accept", incident, by="chen")
        do(world, "dispatch", incident, by="chen", to=To(unit="lamps"))
    relay.stamp_all()
    Told.objects.create(pk=teller.MARK)

    with CaptureQueriesContext(connection) as queries:
        teller.tell_new(at=NOW)

    # mark, anything after it; savepoint, mark, events; dispatches, areas, roots, seats, members;
    # notices, mark, release
    assert len(queries) == 13


def test_every_deed_has_its_line_in_the_table() -> None:
    assert set(teller.TABLE) == {*states.DEEDS, "report"}


def test_every_part_of_the_table_is_one(world: World) -> None:
    known = {*ToldAs.values, teller.NEXT}

    assert {part for parts in teller.TABLE.values() for part in parts} <= known


REFUSALS: list[tuple[str, dict[str, Any], Callable[[Heard], bool]]] = [
    ("refuse", {"reason": NoCase.TEST}, lambda heard: heard == {"zhao": "reporter"}),
    ("ask_check", {}, lambda heard: heard == {"li": "area", "zhao": "reporter"}),
]


@pytest.mark.parametrize(("deed", "details", "fits"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_before_a_case_is_filed(
    case: Case, deed: str, details: dict[str, Any], fits: Callable[[Heard], bool]
) -> None:
    assert fits(case.do(deed, "chen", **details))


def test_a_finding_goes_to_the_desk(case: Case) -> None:
    case.do("ask_check", "chen")

    heard = case.do("check", "li", finding=Finding.EXISTS)

    assert heard == {"chen": "desk", "luo": "desk", "zhao": "reporter"}


def _cut(*args: object) -> None:
    raise OSError("cut")
